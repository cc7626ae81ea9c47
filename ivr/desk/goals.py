"""The warning before a response goal is missed (art. 16.3): managers and whoever is on call are told once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ivr.house import House
from ivr.reminders.occasions import key_of
from ivr.reminders.telling import tell
from ivr.reminders.words import when
from ivr.store.desk import unanswered_due
from ivr.store.reminders import ReminderRecord
from ivr.store.tickets import log
from routing.configuration import Configuration
from routing.goals import Goal, goal_of
from routing.screening import SPOKEN_SYMPTOM
from routing.service import ClassOfService
from routing.tickets import Ticket

KIND = "goal"
MOST = 1000
"""So many tickets are looked at in one round: those of a day are due together."""

NAMED = 8


def warn_of_goals(house: House) -> int:
    """Tell of every goal that is about to be missed; returns how many people were told. Twice, or elsewhere: once.

    A goal that was changed (the class was) is another one. One that is past is not told: the console shows it.
    """
    at = house.clock()
    with house.engine.begin() as connection:
        known = house.configuration.current(connection)
        soon = [ticket for ticket in about_to_miss(connection, known, at) if _is_news(connection, ticket, at)]
        people: dict[str, list[Ticket]] = {}
        for ticket in soon:
            for person in people_told(known, ticket, at):
                people.setdefault(person, []).append(ticket)
        return sum(_warn(house, connection, known, person, found, at) for person, found in people.items())


def about_to_miss(connection: Connection, known: Configuration, at: datetime) -> list[Ticket]:
    """The tickets that nobody has and whose goal is missed soon, the first due first."""
    longest = max(known.rules.warning_of(one) for one in ClassOfService)
    found = unanswered_due(connection, at, at + longest, MOST) if longest else ()
    return [one for one in found if goal_of(one, at, known.rules.warning_of(one.class_of_service)) is Goal.SOON]


def _is_news(connection: Connection, ticket: Ticket, at: datetime) -> bool:
    """Whether nobody told of this goal yet: the line in the timeline is what of two workers only one writes."""
    key = f"goal-{ticket.response_due_at:%Y%m%dT%H%M%S}"
    return log(connection, ticket.number, key, at, "goal warning", "managers and whoever is on call are told")


def _warn(
    house: House, connection: Connection, known: Configuration, person: str, found: Sequence[Ticket], at: datetime
) -> bool:
    due_at = min(ticket.response_due_at for ticket in found if ticket.response_due_at)
    key = key_of(KIND, person, *(f"{ticket.number} {ticket.response_due_at}" for ticket in found))
    record = ReminderRecord(key, KIND, "", person, due_at, None, at, "")
    only = found[0].number if len(found) == 1 else None
    return tell(house, connection, known, record, words(known, found, due_at), ticket=only)


def people_told(known: Configuration, ticket: Ticket, at: datetime) -> list[str]:
    """The keys of the managers, and of whoever is on call at the region's first level; each once."""
    managers = [one.key for one in known.engineers.values() if one.manager and one.active]
    levels = known.people_at(known.policy_of(ticket.region, ticket.policy), at)
    on_call = [one.person for level in levels[:1] for one in level.candidates if one.person in known.engineers]
    return list(dict.fromkeys([*managers, *on_call]))


def words(known: Configuration, found: Sequence[Ticket], due_at: datetime) -> str:
    """What they read: one text, however many tickets are due together. `due_at`: the first of them."""
    first, zone = found[0], known.regions.get(found[0].region, known.default_region).hours.zone
    reply = f'Reply "{first.number} 1" to take {"it" if len(found) == 1 else "the first"}.'
    if len(found) == 1:
        who = first.partner_name or "unverified caller"
        about = f"{first.class_of_service.title()} ticket {first.number} ({who}: {SPOKEN_SYMPTOM[first.symptom]})"
        return f"Nightline: nobody has answered {about}. Response due {when(due_at, zone)}. {reply}"
    named = ", ".join(str(ticket.number) for ticket in found[:NAMED]) + (" and more" if len(found) > NAMED else "")
    about = f"{len(found)} tickets ({named})"
    return f"Nightline: nobody has answered {about}. Responses are due from {when(due_at, zone)} on. {reply}"
