"""Writing down what article 17.7 asks for of a ticket: never over what somebody else wrote meanwhile."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from ivr.paging.handling import CLOSED, NO_TICKET, Hand, Told
from ivr.store import tickets
from ivr.store.attachments import count_attachments
from ivr.store.desk_tables import ticket_details
from ivr.store.details import NAMES, Details, details_of, write_essentials
from ivr.store.messages import recordings_of
from routing.essentials import LABELS, Essentials, missing
from routing.tickets import Ticket, TicketState

LONGEST = {
    name: getattr(ticket_details.c[name].type, "length", None) or 4000 for name in NAMES if name != "call_at"
} | {"pbx": 200}
"""How many letters a field holds."""

MEANWHILE = Told(
    "Somebody else wrote into these fields meanwhile. Look at what they wrote, then save yours.", done=False
)


def write_down(hand: Hand, number: int, wanted: Essentials, pbx: str, seen: int) -> Told:
    """Keep the fields of a ticket, as edited from version `seen` of them; the timeline says which were changed."""
    ticket = tickets.hold_ticket(hand.connection, number)
    if ticket is None:
        return NO_TICKET
    if ticket.state is TicketState.CLOSED:
        return CLOSED
    fitting = _fitting(wanted)
    before = details_of(hand.connection, number)
    changed = list(_changed(before.essentials, fitting, ticket.pbx, pbx[: LONGEST["pbx"]]))
    if before.version != seen:
        return MEANWHILE
    if not changed:
        return Told("Nothing was changed.")
    write_essentials(hand.connection, number, fitting, seen)
    tickets.update_ticket(hand.connection, number, pbx=pbx[: LONGEST["pbx"]])
    hand.log(number, f"fields-{seen + 1}", "fields", ", ".join(LABELS[name] for name in changed))
    return Told("The fields are saved.")


def missing_of(connection: Connection, ticket: Ticket, details: Details) -> tuple[str, ...]:
    """What a ticket still lacks, in words."""
    spoken = bool(recordings_of(connection, ticket.number))
    traces = count_attachments(connection, ticket.number) > 0
    names = missing(details.essentials, pbx=ticket.pbx, spoken=spoken, traces=traces)
    return tuple(LABELS[name] for name in names)


def _fitting(wanted: Essentials) -> Essentials:
    return replace(wanted, **{name: getattr(wanted, name)[:most] for name, most in LONGEST.items() if name != "pbx"})


def _changed(before: Essentials, after: Essentials, pbx_before: str, pbx_after: str) -> Iterator[str]:
    yield from ("pbx",) if pbx_before != pbx_after else ()
    yield from (name for name in NAMES if getattr(before, name) != getattr(after, name))
