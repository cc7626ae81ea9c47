"""The replay: what happened on the standby goes into the database once it is back, each thing exactly once."""

from typing import Any

import structlog
from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, or_, select, update

from ivr.house import House
from ivr.standby.journal import hold
from ivr.standby.mirror import Mirror
from ivr.store import tickets as ticket_store
from ivr.store.event_tables import events
from ivr.store.messages import WAITING, TextRecord
from ivr.store.once import insert_once
from ivr.store.optouts import start_texts
from ivr.store.tables import (
    answers,
    attempts,
    calls,
    incoming_messages,
    messages,
    opted_out,
    pin_failures,
    recordings,
    ticket_log,
    tickets,
)
from routing.escalation import Outcome
from routing.numbers import e164
from routing.replies import ForCarrier, understand
from routing.tickets import Ticket, TicketEvent, TicketState

logger = structlog.get_logger()

MOVES_ON = (
    "state",
    "escalation",
    "round",
    "ring_first",
    "acknowledged_at",
    "acknowledged_by",
    "acknowledged_via",
    "responded_at",
    "missed_join",
)
"""What a page changes of its ticket."""


def replay(main: House, journal: House, mirror: Mirror) -> int:
    """Move every call of the journal into the database; returns how many.

    A call is moved in one transaction of the database, while nobody else writes the journal, and leaves the
    journal after that commit: a crash in between only moves it again, which changes nothing. The mirror is told, so
    that a request which still thinks the database away does not begin the call here anew. Raises what the database
    raises.
    """
    with journal.engine.begin() as connection:
        sids = list(connection.execute(select(calls.c.sid).order_by(calls.c.started_at)).scalars())
    for sid in sids:
        with journal.engine.begin() as here:
            hold(here)
            numbers = list(here.execute(select(tickets.c.number).where(tickets.c.call == sid)).scalars())
            with main.engine.begin() as there:
                _move_call(here, there, sid)
                for number in numbers:
                    _move_ticket(main, here, there, number)
                _move_events(here, there, _of(sid, numbers))
            mirror.note_moved(sid, numbers, main.clock())
            _forget(here, sid, numbers)
        logger.warning("a call of the standby is in the database now", call=sid, tickets=numbers)
    _move_tickets_alone(main, journal, mirror)
    _move_texts(main, journal)
    return len(sids)


def _move_tickets_alone(main: House, journal: House, mirror: Mirror) -> None:
    """Tickets of calls that are not in the journal: a later caller took one up, whom the standby never heard."""
    alone = select(tickets.c.number, tickets.c.call).where(tickets.c.call.not_in(select(calls.c.sid)))
    with journal.engine.begin() as here:
        hold(here)
        for number, sid in here.execute(alone).all():
            with main.engine.begin() as there:
                _move_ticket(main, here, there, number)
                _move_events(here, there, _of(sid, [number]))
            mirror.note_moved(sid, [number], main.clock())
            _forget(here, sid, [number])
            logger.warning("a ticket of the standby is in the database now", ticket=number)


def _move_call(here: Connection, there: Connection, sid: str) -> None:
    for row in _rows(here, calls, calls.c.sid == sid):
        merge(there, calls, row)
    for row in _rows(here, answers, answers.c.call == sid):
        insert_once(there, answers, **row)
    for row in _rows(here, recordings, recordings.c.call == sid):
        insert_once(there, recordings, **row)


def _move_ticket(main: House, here: Connection, there: Connection, number: int) -> None:
    local = ticket_store.find_ticket(here, number)
    assert local is not None
    _settle_ticket(main, there, local)
    for row in _rows(here, attempts, attempts.c.ticket == number):
        _merge_attempt(main, there, row)
    for row in _rows(here, ticket_log, ticket_log.c.ticket == number):
        del row["id"]
        insert_once(there, ticket_log, **row)
    ticket_store.log(there, number, "standby", main.clock(), "standby", "the database was away for a part of this")
    stands = ticket_store.find_ticket(there, number)
    if stands is not None and stands.escalation:
        main.pager.escalate(there, number, stands.escalation)
        main.pager.ring_bell(there, stands)


def _of(sid: str, numbers: list[int]) -> ColumnElement[bool]:
    return or_(events.c.call == sid, events.c.ticket.in_(numbers))


def _move_events(here: Connection, there: Connection, mine: ColumnElement[bool]) -> None:
    for row in _rows(here, events, mine):
        del row["id"]
        insert_once(there, events, **row)


def _settle_ticket(main: House, there: Connection, local: Ticket) -> None:
    """The ticket as it stands afterwards: new, moved on by the standby, or left to whoever took it meanwhile."""
    row: dict[str, Any] = dict(local.__dict__)
    other = ticket_store.ticket_of_call(there, local.call) if local.call else None
    is_second = other is not None and other.number != local.number
    if is_second:
        row["call"] = None  # this call has a ticket that the standby did not know: both stay
    if insert_once(there, tickets, **row):
        if other is not None and is_second:
            for one, two in ((local.number, other.number), (other.number, local.number)):
                ticket_store.log(there, one, f"same-call-{two}", main.clock(), "same call", f"as ticket {two}")
        return
    stands = ticket_store.hold_ticket(there, local.number)
    assert stands is not None
    if stands.state is TicketState.PAGING and local.state is TicketState.ACKNOWLEDGED:
        ticket_store.move_ticket(
            there,
            local.number,
            TicketEvent.ACKNOWLEDGE,
            acknowledged_at=local.acknowledged_at,
            acknowledged_by=local.acknowledged_by,
            acknowledged_via=local.acknowledged_via,
        )
    if local.escalation > stands.escalation or (local.round > stands.round and stands.state is TicketState.PAGING):
        ticket_store.update_ticket(there, local.number, **{name: row[name] for name in MOVES_ON})
    elif stands.acknowledged_by not in {None, local.acknowledged_by} and local.acknowledged_by:
        detail = f"{local.acknowledged_by} took it too, while the database was away"
        ticket_store.log(there, local.number, "taken-twice", main.clock(), "taken twice", detail)


def _merge_attempt(main: House, there: Connection, row: dict[str, Any]) -> None:
    merge(there, attempts, row)
    known = there.execute(select(attempts.c.id).where(attempts.c.id == row["id"])).first()
    if known is None:  # its owner is on another call by now: this leg counts as over, and is not placed any more
        outcome = row["outcome"] or (Outcome.CANCELED if row["tried_at"] is None else None)
        insert_once(there, attempts, **{**row, "ended_at": row["ended_at"] or main.clock(), "outcome": outcome})


def merge(there: Connection, table: Table, row: dict[str, Any]) -> None:
    """Write a row, or fill what is still empty in the one that is there: state only moves forward."""
    if insert_once(there, table, **row):
        return
    key = and_(*(column == row[column.name] for column in table.primary_key))
    for column in table.columns:
        if row[column.name] is not None and _may_be_empty(column):
            there.execute(update(table).where(key, column.is_(None)).values({column.name: row[column.name]}))


def _may_be_empty(column: Column[Any]) -> bool:
    return bool(column.nullable) and not column.primary_key


def _rows(here: Connection, table: Table, where: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in here.execute(select(table).where(where)).mappings()]


def _forget(here: Connection, sid: str, numbers: list[int]) -> None:
    for number in numbers:
        for table in (attempts, ticket_log):
            here.execute(delete(table).where(table.c.ticket == number))
        here.execute(delete(tickets).where(tickets.c.number == number))
    here.execute(delete(events).where(_of(sid, numbers)))
    for table in (answers, recordings):
        here.execute(delete(table).where(table.c.call == sid))
    here.execute(delete(calls).where(calls.c.sid == sid))


def _move_texts(main: House, journal: House) -> None:
    with journal.engine.begin() as here:
        hold(here)
        with main.engine.begin() as there:
            for row in _rows(here, messages, messages.c.key.is_not(None)):
                if row["status"] == WAITING:
                    main.pager.text(there, TextRecord(**row))
                else:
                    insert_once(there, messages, **row)
            for row in _rows(here, incoming_messages, incoming_messages.c.sid.is_not(None)):
                if insert_once(there, incoming_messages, **row):
                    _allow_texts(there, row["from"], row["body"])
            for row in _rows(here, opted_out, opted_out.c.phone.is_not(None)):
                insert_once(there, opted_out, **row)
            for row in _rows(here, pin_failures, pin_failures.c.key.is_not(None)):
                insert_once(there, pin_failures, **row)
        here.execute(delete(opted_out))
        here.execute(delete(pin_failures))
        here.execute(delete(messages))
        here.execute(delete(incoming_messages))


def _allow_texts(there: Connection, sender: str, body: str) -> None:
    """A START lifts the STOP from before, which the standby did not know; one that came after it is moved by itself."""
    meant, phone = understand(body), e164(sender)
    if isinstance(meant, ForCarrier) and meant.texts and phone is not None:
        start_texts(there, phone)
