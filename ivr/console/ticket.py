"""A ticket: what is known, what was answered, what happened, and what an engineer can do with it."""

import io
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from flask import Response, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ivr.console import ticket_work as work
from ivr.console.elsewhere import elsewhere
from ivr.console.frame import page
from ivr.console.live import digest, is_seen
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.timeline import entries_of
from ivr.console.visit import Visit
from ivr.console.words import ARTICLES, VIA
from ivr.desk import relating
from ivr.key_ring import NotOpened
from ivr.paging import handling
from ivr.paging.handling import Hand, Told
from ivr.paging.handover import ringing
from ivr.privacy.vault import kept_audio
from ivr.recordings import RecordingFailed, fetched
from ivr.store.alerts import alerts_of, count_alerts
from ivr.store.calls import find_call
from ivr.store.details import RESOLUTION
from ivr.store.messages import find_recording, recordings_of
from ivr.store.tickets import find_ticket, tickets_of_incident
from routing.screening import explain
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

logger = structlog.get_logger()

SIBLINGS_SHOWN = 30
ALERTS_SHOWN = 100
LONGEST_TEXT = 2000

TEXTS = {
    "note": "Note",
    "judge": "Why",
    "resolve": "What was done",
    "close": "Last words",
    "follow-up": "What is wrong now",
}
"""How the text that an action asks for is called."""


@dataclass(frozen=True)
class Chance:
    """What the reader can do now: `take`, `pass_on` (it rings them, or they have it), `judge`, `resolve`, `close`."""

    take: bool
    pass_on: bool
    judge: bool
    upgrade: bool
    downgrade: bool
    resolve: bool
    close: bool
    note: bool
    follow: bool

    def has_form(self, action: str) -> bool:
        """Whether the page has the form into which the words of an action are typed."""
        forms = {"fields": self.note, "note": self.note, "judge": self.judge, "resolve": self.resolve}
        return {**forms, "close": self.close, "follow-up": self.follow}.get(action, True)


Action = Callable[[Visit, int], Told]


def typed(name: str = "text") -> str:
    """What was typed into a field. Browsers send a line's end as two signs, and count it as one."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()[:LONGEST_TEXT]


def by_hand(act: Callable[[Hand, int], Told]) -> Action:
    """An action that needs no more than whose hand it is."""
    return lambda visit, number: act(work.hand_of(visit), number)


def judged(hand: Hand, number: int) -> Told:
    """The class of service as the engineer found it."""
    try:
        wanted = ClassOfService(typed("class"))
    except ValueError:
        return Told("Choose one of the classes.", done=False)
    return handling.judge(hand, number, wanted, typed())


ACTIONS: dict[str, Action] = {
    "take": by_hand(handling.take),
    "pass": by_hand(handling.pass_on),
    "split": by_hand(handling.split),
    "judge": by_hand(judged),
    "note": by_hand(lambda hand, number: handling.note(hand, number, typed(), typed("key") or uuid.uuid4().hex)),
    "resolve": by_hand(lambda hand, number: handling.resolve(hand, number, typed(), typed("how") or RESOLUTION)),
    "close": by_hand(lambda hand, number: handling.close(hand, number, typed())),
    "fields": work.save_fields,
    "related": work.relate,
    "attachments": work.add_file,
    "remove-file": work.remove_file,
}


@page("/tickets/<int:number>", Role.VIEWER)
def ticket(visit: Visit, number: int) -> ResponseReturnValue:
    """Everything about one ticket."""
    return shown(visit, wanted(visit, number))


@page("/tickets/<int:number>/live", Role.VIEWER)
def ticket_live(visit: Visit, number: int) -> ResponseReturnValue:
    """Where it stands and its timeline, for the page that is open; nothing when nothing changed since."""
    found = wanted(visit, number)
    head, line = live_parts(visit, found)
    if is_seen(head, line):
        return Response(status=204)
    news = f"Ticket {number} is {found.state} now." if request.args.get("said") != found.state else ""
    return render("ticket_part.html", head=head, line=line, seen=digest(head, line), said=found.state, news=news)


@page(f"/tickets/<int:number>/<any({', '.join(map(repr, ACTIONS))}):action>", Role.ENGINEER, methods=("POST",))
def ticket_action(visit: Visit, number: int, action: str) -> ResponseReturnValue:
    """Do something with it; whoever comes too late is told how it stands."""
    found = wanted(visit, number)
    return answered(visit, found, ACTIONS[action](visit, number), action)


@page("/tickets/<int:number>/follow-up", Role.ENGINEER, methods=("POST",))
def follow_ticket(visit: Visit, number: int) -> ResponseReturnValue:
    """Open a new ticket that refers to a closed one."""
    found = wanted(visit, number)
    told, fresh = relating.follow_up(work.hand_of(visit), number, typed())
    return answered(visit, found, told, "follow-up", leads_to=fresh)


@page("/tickets/<int:number>/messages/<sid>", Role.ENGINEER)
def ticket_message(visit: Visit, number: int, sid: str) -> ResponseReturnValue:
    """The caller's own message: as it is kept here, or fetched from the carrier."""
    stored = find_recording(visit.connection, sid)
    if stored is None or stored.ticket != number:
        abort(404, "There is no such message.")
    try:
        kept = kept_audio(visit.connection, visit.house.settings, sid)
        visit.connection.commit()  # nothing is held while the carrier is asked
        content, kind = kept or fetched(visit.house.settings, stored.url)
    except (RecordingFailed, NotOpened, OSError) as failure:
        logger.warning("a recording could not be played", ticket=number, why=str(failure))
        abort(502, "The message cannot be had now. Try again in a moment.")
    return send_file(io.BytesIO(content), mimetype=kind, conditional=True, etag=False)


def wanted(visit: Visit, number: int) -> Ticket:
    """The ticket that the address names, or 404."""
    found = find_ticket(visit.connection, number)
    return found or abort(404, f"There is no ticket {number}.")


def answered(visit: Visit, found: Ticket, told: Told, action: str, leads_to: int | None = None) -> ResponseReturnValue:
    """The page of the ticket, or of the one that `leads_to` names; when nothing was done it keeps what was typed."""
    if not told.done:
        return shown(visit, find_ticket(visit.connection, found.number) or found, refused=told.text, action=action), 409
    flash(told.text)
    return redirect(url_for("console.ticket", number=leads_to or found.number), 303)


def shown(visit: Visit, found: Ticket, *, refused: str = "", action: str = "") -> str:
    """The page. `refused` says why nothing was done, and what was typed for `action` is kept."""
    head, line = live_parts(visit, found)
    work_ = work.work_of(visit, found, request.form if action == "fields" else None)
    can = chance_of(visit, found)
    return render(
        "ticket.html",
        ticket=found,
        head=head,
        line=line,
        seen=digest(head, line),
        refused=refused,
        action=action,
        unsaved=[] if can.has_form(action) else unsaved(action, work_),
        texts=TEXTS,
        typed=typed() if refused else "",
        chosen=typed("class") if refused else "",
        how=typed("how") if refused else "",
        other=typed("other") if refused and typed("do") != "unlink" else "",
        work=work_,
        can=can,
        messages=recordings_of(visit.connection, found.number),
        call=find_call(visit.connection, found.call) if found.call else None,
        path=explain(found.answers),
        article=ARTICLES.get(found.article, ""),
        siblings=siblings_of(visit, found),
        most=SIBLINGS_SHOWN,
        alerts=alerts_of(visit.connection, found.number, ALERTS_SHOWN),
        alerts_in_all=count_alerts(visit.connection, found.number),
        places=elsewhere(visit.connection, found.number),
        key=uuid.uuid4().hex,
    )


def unsaved(action: str, work_: work.Work) -> list[tuple[str, str]]:
    """What was typed for an action that came too late for its form: pairs of label and text."""
    if action == "fields":
        return work_.unsaved()
    return [(TEXTS[action], typed())] if typed() else []


def live_parts(visit: Visit, found: Ticket) -> tuple[str, str]:
    """Where the ticket stands, with what can be done at once, and its timeline."""
    head = render("ticket_head.html", ticket=found, can=chance_of(visit, found), via=VIA)
    return head, render("ticket_line.html", entries=entries_of(visit, found))


def siblings_of(visit: Visit, found: Ticket) -> Sequence[Ticket]:
    """The other tickets of an incident, its lead first; one more than are shown tells that there are more."""
    lead = find_ticket(visit.connection, found.incident) if found.incident else found
    others = tickets_of_incident(visit.connection, lead.number, SIBLINGS_SHOWN + 2) if lead else []
    return [one for one in (lead, *others) if one is not None and one.number != found.number]


def chance_of(visit: Visit, found: Ticket) -> Chance:
    """What this reader can do with a ticket as it stands."""
    may, me, state = visit.may(Role.ENGINEER), visit.account.engineer, found.state
    has_it = state is TicketState.ACKNOWLEDGED and found.acknowledged_by == me
    rings = state is TicketState.PAGING and me and ringing(visit.connection, found.number, me) is not None
    settled = state in {TicketState.ACKNOWLEDGED, TicketState.RESOLVED}
    waits = state is TicketState.OPEN
    return Chance(
        take=may and bool(me) and state in {TicketState.OPEN, TicketState.PAGING},
        pass_on=may and bool(me) and bool(has_it or rings),
        judge=may and (settled or waits),
        upgrade=not found.is_critical and (settled or waits),
        downgrade=found.is_critical and settled,
        resolve=may and (waits or state is TicketState.ACKNOWLEDGED),
        close=may and (state is TicketState.RESOLVED or (waits and not found.is_critical)),
        note=may and state is not TicketState.CLOSED,
        follow=may and state is TicketState.CLOSED,
    )
