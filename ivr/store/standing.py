"""How a call stands: all that every request of a caller's leg needs to know first, read in one statement."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, literal_column, or_, select

from ivr.store.calls import CallRecord
from ivr.store.tables import calls, counters, partner_phones, partners, tickets
from ivr.store.tickets import ticket_from
from ivr.store.types import Instant
from ivr.store.versions import ANNOUNCEMENTS, CONFIGURATION
from routing.partners import Partner, Tier
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

CALLS_AGAIN_WITHIN = timedelta(hours=24)
"""How old an open ticket may be for its partner to be asked about it."""


@dataclass(frozen=True)
class Standing:
    """What is stored of a call, and which versions of the configuration and of the announcements hold.

    `call` is None before its first request. `ticket` is the one that it opened, or called again about. `partner`, whose
    phones are not loaded, is who was recognised; of a call that is not stored yet, whoever has the caller's number.
    `open_before` is the newest Critical ticket of that partner that is still worked on.
    """

    configuration: int
    announcements: int
    call: CallRecord | None = None
    ticket: Ticket | None = None
    partner: Partner | None = None
    open_before: int | None = None


def _columns(table: Any, of: type) -> list[Any]:
    return [table.c[field.name] for field in fields(of)]


CALL, TICKET = _columns(calls, CallRecord), _columns(tickets, Ticket)
TICKET_NAMES = [column.name for column in TICKET]
PARTNER = [partners.c[name] for name in ("number", "name", "tier", "country", "refer_to", "pbx")]


def _statement() -> Select[Any]:
    """Every row is found by an index; what is not there leaves its columns empty."""
    sid: Any = bindparam("sid")
    announced = counters.alias()
    opened = select(tickets.c.number).where(tickets.c.call == sid).scalar_subquery()
    caller = select(partner_phones.c.partner).where(partner_phones.c.phone == bindparam("caller")).scalar_subquery()
    earlier = tickets.alias()
    alive = or_(  # no IN: its list is written into the statement anew each time
        earlier.c.state == TicketState.PAGING,
        earlier.c.state == TicketState.ACKNOWLEDGED,
        and_(earlier.c.state == TicketState.OPEN, earlier.c.incident.is_not(None)),
    )
    # In so many words: a parameter that an index's condition compares makes SQLite plan the statement anew each time.
    critical = earlier.c.class_of_service == literal_column(f"'{ClassOfService.CRITICAL}'")
    since = earlier.c.opened_at >= bindparam("since", type_=Instant)
    open_before = (
        select(earlier.c.number)
        .where(earlier.c.partner == partners.c.number, since, alive, critical)
        .order_by(earlier.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(counters.c.value, announced.c.value, open_before, *CALL, *TICKET, *PARTNER)
        .select_from(counters)
        .outerjoin(announced, announced.c.name == ANNOUNCEMENTS)
        .outerjoin(calls, calls.c.sid == sid)
        .outerjoin(tickets, tickets.c.number == func.coalesce(opened, calls.c.ticket))
        .outerjoin(partners, partners.c.number == case((calls.c.sid.is_(None), caller), else_=calls.c.partner))
        .where(counters.c.name == CONFIGURATION)
    )


STATEMENT = _statement()


def standing_of(connection: Connection, sid: str, caller: str | None, at: datetime) -> Standing:
    """How the call with this sid stands at an instant (UTC). `caller` is E.164, None when withheld."""
    row = connection.execute(STATEMENT, {"sid": sid, "caller": caller, "since": at - CALLS_AGAIN_WITHIN}).first()
    if row is None:
        return Standing(0, 0)
    version, announced, open_before, *values = row
    call, values = values[: len(CALL)], values[len(CALL) :]
    ticket, partner = values[: len(TICKET)], values[len(TICKET) :]
    return Standing(
        configuration=version,
        announcements=announced or 0,
        call=CallRecord(*call) if call[0] is not None else None,
        ticket=ticket_from(dict(zip(TICKET_NAMES, ticket, strict=True))) if ticket[0] is not None else None,
        partner=_partner(*partner) if partner[0] is not None else None,
        open_before=open_before,
    )


def _partner(number: str, name: str, tier: str, country: str, refer_to: str | None, pbx: str) -> Partner:
    return Partner(number, name, Tier(tier), country, refer_to=refer_to, pbx=pbx)
