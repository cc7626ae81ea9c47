"""The outbox: texts are handed to the carrier, and what waited too long is left out or becomes one summary."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.messages import summary
from ivr.paging.phone import Phone, PhoneFailed
from ivr.store.figures import ALARM
from ivr.store.messages import (
    WAITING,
    TextRecord,
    find_text,
    hold_waiting,
    newer_texts,
    tell_instead,
    text_is_stale,
    text_sent,
    texts_told_by,
    who_waits,
)
from ivr.store.optouts import stop_texts, wants_no_texts
from ivr.store.reminders import is_withdrawn
from ivr.store.tickets import find_ticket
from routing.configuration import Configuration
from routing.tickets import Ticket, TicketState

logger = structlog.get_logger()

STOPPED = "stopped"
"""The state of a text that was not sent because its reader texted STOP."""

OPTED_OUT = "21610"
"""The carrier's error for such a reader."""

OLD_AFTER = timedelta(minutes=10)
"""A text that waited longer is not sent by itself."""

MACHINES_MAY_NEED = timedelta(minutes=1)
"""Less than this is never old, however fast a rehearsal runs."""

ASKS_TO_TAKE = re.compile(r"-ring$|-busy-|-unanswered-")
ONLY_TELLS = re.compile(r"^(remind|handoff|gaps|goal|feedback)-")
"""Texts that ask for no ticket: one that is late is dropped, and so is one about a shift that has moved."""

OF_GOALS = re.compile(r"^goal-")

RAISES_ALARM = re.compile(rf"^\d+-{ALARM}")
MOST_TICKETS = 8
"""A text of the carrier holds 1,600 characters."""


def deliver(house: House, phone: Phone, key: str) -> None:
    """Hand one text of the outbox to the carrier. Raises PhoneFailed for a failure that may pass."""
    with house.engine.begin() as connection:
        text = still_to_send(house, connection, key)
        configuration = house.configuration.current(connection)
        if text is not None and wants_no_texts(connection, text.to):
            text_sent(connection, key, "", STOPPED)
            return
    if text is None:
        return
    try:
        sid, status = phone.text(text.to, configuration.default_region.number, text.body)
    except PhoneFailed as failure:
        if not failure.permanent:
            raise
        logger.warning("text refused", key=key, why=str(failure))
        sid, status = "", STOPPED if str(failure).startswith(OPTED_OUT) else "failed"
    with house.engine.begin() as connection:
        if status == STOPPED:
            stop_texts(connection, text.to, house.clock())
        text_sent(connection, key, sid, status)


def still_to_send(house: House, connection: Connection, key: str) -> TextRecord | None:
    """The text, when it waits and still says what is so; an old one is summarised with others instead."""
    text, at = find_text(connection, key), house.clock()
    if text is None or text.status != WAITING:
        return None
    if is_stale(house, connection, text, at):
        text_is_stale(connection, key)
        return None
    if text.at < is_old_before(house, at) and not RAISES_ALARM.search(key):
        summarise(house, connection, text.to, at)
        return None
    return text


def is_old_before(house: House, at: datetime) -> datetime:
    """The instant before which a text that still waits at `at` is old."""
    return at - max(OLD_AFTER / house.settings.pace, MACHINES_MAY_NEED)


def is_stale(house: House, connection: Connection, text: TextRecord, at: datetime) -> bool:
    """Whether nobody needs a text any more at `at`.

    One that asks to take a ticket: the ticket is not paged for, or was asked for again since. An alarm: somebody
    has the ticket, or there is a newer alarm. While nobody has it, an alarm is sent however old it is.
    """
    if ONLY_TELLS.search(text.key):
        late = text.at < is_old_before(house, at)
        return late or is_withdrawn(connection, text.key) or _is_answered(connection, text)
    kind = next((kind for kind in (ASKS_TO_TAKE, RAISES_ALARM) if kind.search(text.key)), None)
    ticket = find_ticket(connection, text.ticket) if text.ticket is not None else None
    if kind is None or ticket is None:
        return False
    wanted = {TicketState.PAGING} if kind is ASKS_TO_TAKE else {TicketState.OPEN, TicketState.PAGING}
    return ticket.state not in wanted or any(kind.search(key) for key in newer_texts(connection, text))


def _is_answered(connection: Connection, text: TextRecord) -> bool:
    """Whether somebody has the ticket whose goal a text warns of."""
    ticket = find_ticket(connection, text.ticket) if OF_GOALS.search(text.key) and text.ticket is not None else None
    return ticket is not None and ticket.state not in {TicketState.OPEN, TicketState.PAGING}


def summarise_old(house: House) -> None:
    """Summarise the old texts of everybody, those too whose sending was given up."""
    at = house.clock()
    with house.engine.connect() as connection:
        numbers = who_waits(connection, is_old_before(house, at))
    for number in numbers:
        with house.engine.begin() as connection:
            summarise(house, connection, number, at)


def summarise(house: House, connection: Connection, to: str, at: datetime) -> None:
    """Replace all old texts to a number that wait by one, which names each ticket as it is now. Once."""
    old = [text for text in hold_waiting(connection, to, is_old_before(house, at)) if not RAISES_ALARM.search(text.key)]
    for text in (text for text in old if is_stale(house, connection, text, at)):
        text_is_stale(connection, text.key)
    untold = [text for text in old if not is_stale(house, connection, text, at)]
    if not untold:
        return
    key = f"summary-{to}-{untold[-1].at:%Y%m%dT%H%M%S%f}"
    texts = [one for text in untold for one in (texts_told_by(connection, text.key) or [text])]
    body = summary_text(house.configuration.current(connection), len(texts), tickets_of(connection, texts))
    house.pager.text(connection, TextRecord(key, None, to, body, at))
    tell_instead(connection, [text.key for text in untold], key)
    logger.warning("old texts were summarised", text=key, texts=len(texts))


def tickets_of(connection: Connection, texts: Iterable[TextRecord]) -> Sequence[Ticket]:
    """The tickets that texts are about, as they are now: those that page first."""
    numbers = sorted({text.ticket for text in texts if text.ticket is not None})
    found = [ticket for number in numbers if (ticket := find_ticket(connection, number))]
    return sorted(found, key=lambda ticket: ticket.state is not TicketState.PAGING)


def summary_text(known: Configuration, count: int, tickets: Sequence[Ticket]) -> str:
    """What somebody reads instead of so many texts."""
    messages = "1 message" if count == 1 else f"{count} messages"
    lines = [
        f"{summary(one, known.regions.get(one.region, known.default_region).name)}: {state_of(known, one)}."
        for one in tickets
    ]
    left = len(lines) - MOST_TICKETS
    more = [f"And {left} more."] if left > 0 else []
    paging = next((ticket.number for ticket in tickets if ticket.state is TicketState.PAGING), None)
    reply = [f'Reply with a number and 1 to take a ticket, such as "{paging} 1".'] if paging else []
    begin = f"While Nightline was away: {messages} for you."
    return " ".join([begin, *lines[:MOST_TICKETS], *more, *reply])


def state_of(known: Configuration, ticket: Ticket) -> str:
    """Where a ticket stands, in words."""
    if ticket.state is TicketState.PAGING:
        return "nobody has it yet, engineers are being called"
    if ticket.acknowledged_by is None:
        return f"is {ticket.state}"
    person = known.engineers.get(ticket.acknowledged_by)
    return f"was taken by {person.name if person else ticket.acknowledged_by}"
