"""What if: somebody calls a region at an instant. Is it open, what is heard and decided, and who is rung, and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from ivr.console.asked import Asked, Caller, caller_choices, caller_of, region_and_instant, region_choices
from ivr.console.frame import page
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.console.walk import Walk, walk
from ivr.store.configuration import PartnerEntry, partner_by_number
from routing.configuration import Configuration
from routing.escalation import Line, Policy, last_resort, managers_line
from routing.screening import FIRST, QUESTIONS, explain
from schedules.hours import support_at
from schedules.wallclock import to_local

ANSWER = "answer-"
"""Before a question's name in the form."""


@page("/what-if", Role.VIEWER, menu="What if")
def what_if(visit: Visit) -> ResponseReturnValue:
    """The question, whose address can be passed on, and its answer."""
    asked, caller = region_and_instant(visit, request.args), caller_of(visit, request.args)
    desk_answers = request.args.get("desk") == "answers"
    answers = answers_in(request.args)
    found = walked(visit, asked, caller, answers, desk_answers)
    known = visit.configuration
    policy, levels, after = rung(known, asked)
    support = support_at(asked.region.hours, asked.at)
    shown = render(
        "what_if.html",
        asked=asked,
        caller=caller,
        chosen=request.args,
        regions=region_choices(visit),
        callers=caller_choices(visit),
        support=support,
        found=found,
        path=explain({question.name: key for question, key in found.asked if key}),
        policy=policy,
        levels=levels,
        after=after,
        desk_answers=desk_answers,
        is_paged=found.pages,
        is_open_question=found.is_open,
        summary=summary(found, support.is_open, levels),
        local=lambda at: on_wall(at, asked),
    )
    return shown, 422 if asked.fault else 200


def summary(found: Walk, is_open: bool, levels: tuple[Line, ...]) -> str:
    """The answer in one sentence: open or closed, the verdict, and who is rung first."""
    hours = "open" if is_open else "closed"
    if found.is_open:
        return f"Support is {hours}; the verdict waits for an answer."
    if not found.pages:
        return f"Support is {hours}, and nobody is woken."
    first = next((one.name for line in levels for one in line.candidates), "the fallback policy")
    return f"Support is {hours}, it is Critical, and {first} is rung first."


def on_wall(at: datetime, asked: Asked) -> str:
    """An instant on the region's wall clock; the day only where it is another one."""
    local = to_local(at, asked.region.hours.zone)
    return local.strftime("%H:%M %Z" if local.date() == asked.local.date() else "%A %d %B, %H:%M %Z")


def answers_in(form: Mapping[str, str]) -> dict[str, str]:
    """The keys that were chosen, by question; the platform is down unless something else is."""
    found = {name: form[ANSWER + name] for name in QUESTIONS if form.get(ANSWER + name)}
    return found if ANSWER + FIRST in form else {FIRST: "1", **found}


def walked(visit: Visit, asked: Asked, caller: Caller, answers: Mapping[str, str], desk_answers: bool) -> Walk:
    """The call, walked through on a copy of the present configuration."""
    partners = tuple(about(visit, caller))
    return walk(
        visit.house, visit.connection, partners, caller, asked.region, asked.at, answers, desk_answers=desk_answers
    )


def about(visit: Visit, caller: Caller) -> list[PartnerEntry]:
    """The partner who calls, known by the number that is called from, and the one it is referred to."""
    if caller.entry is None:
        return []
    partner = caller.entry.partner
    phones = partner.phones if caller.number in partner.phones else (*partner.phones, caller.number)
    mine = replace(caller.entry, partner=replace(partner, phones=phones))
    other = partner_by_number(visit.connection, partner.refer_to) if partner.refer_to else None
    return [mine, *([other] if other and other.partner.number != partner.number else [])]


def rung(known: Configuration, asked: Asked) -> tuple[Policy, tuple[Line, ...], tuple[Line, ...]]:
    """The region's policy, who is rung level by level, and who beyond the levels.

    The last are rung after the policy's repeats, or at once where its levels have nobody.
    """
    policy = known.policy_of(asked.region.key)
    lines = known.people_at(policy, asked.at)
    fallback = known.people_at(known.fallback_policy, asked.at)
    every = last_resort(
        lines, fallback, managers_line(known.engineers.values()), policy.repeat + 1, policy, frozenset()
    )
    return policy, lines, every[len(lines) :]
