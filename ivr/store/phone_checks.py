"""Checks of phones: codes and tests that were asked for, where they are, and what was answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from ivr.store.setup_tables import phone_checks

WAITING, SENT, RINGING, ANSWERED = "waiting", "sent", "ringing", "answered"
ENDED = "ended"
"""The call is over; whether anybody confirmed is told apart."""

NO_ANSWER, BUSY, FAILED, STOPPED, DELIVERED, LATE = "no answer", "busy", "failed", "stopped", "delivered", "late"
"""`stopped`: the phone texted STOP; `late`: no worker sent it while it was good."""

ON_THE_WAY = frozenset({WAITING, SENT, RINGING, ANSWERED})


@dataclass(frozen=True)
class PhoneCheck:
    """One code or test of one phone (E.164). `kind` is code or test, `channel` call or text. Instants are UTC."""

    id: int
    engineer: str
    phone: str
    kind: str
    channel: str
    salt: str
    code_hash: str
    asked_at: datetime
    asked_by: str
    tries: int
    status: str
    detail: str
    sid: str | None
    confirmed_at: datetime | None


def add_check(connection: Connection, **values: Any) -> int:
    """Write down what was asked for; returns its id."""
    row = {"status": WAITING, "detail": "", "tries": 0, **values}
    inserted = connection.execute(insert(phone_checks).values(**row)).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def find_check(connection: Connection, id_: int) -> PhoneCheck | None:
    """One check by its id."""
    row = connection.execute(select(phone_checks).where(phone_checks.c.id == id_)).mappings().first()
    return _check(row) if row else None


def latest_check(connection: Connection, engineer: str, phone: str, kind: str = "") -> PhoneCheck | None:
    """The newest check of a phone for an engineer, of one kind or of either."""
    query = select(phone_checks).where(phone_checks.c.phone == phone, phone_checks.c.engineer == engineer)
    if kind:
        query = query.where(phone_checks.c.kind == kind)
    row = connection.execute(query.order_by(phone_checks.c.id.desc()).limit(1)).mappings().first()
    return _check(row) if row else None


def checks_since(connection: Connection, phone: str, kind: str, since: datetime) -> int:
    """How many codes or tests were asked for a phone since an instant."""
    query = select(func.count()).select_from(phone_checks)
    of_phone = (phone_checks.c.phone == phone, phone_checks.c.kind == kind, phone_checks.c.asked_at > since)
    return connection.execute(query.where(*of_phone)).scalar_one()


def take_try(connection: Connection, id_: int, most: int) -> bool:
    """Use up one try of a code; False when none is left or it was confirmed. Two at once take two."""
    left = (phone_checks.c.id == id_, phone_checks.c.tries < most, phone_checks.c.confirmed_at.is_(None))
    taken = update(phone_checks).where(*left).values(tries=phone_checks.c.tries + 1)
    return connection.execute(taken.returning(phone_checks.c.id)).first() is not None


def confirm_check(connection: Connection, id_: int, at: datetime) -> bool:
    """Somebody confirmed; True for the first time."""
    first = (phone_checks.c.id == id_, phone_checks.c.confirmed_at.is_(None))
    done = update(phone_checks).where(*first).values(confirmed_at=at)
    return connection.execute(done.returning(phone_checks.c.id)).first() is not None


def note_check(connection: Connection, id_: int, status: str, *, sid: str | None = None, detail: str = "") -> None:
    """Where a check is now. A report that comes late does not take back what came after it."""
    still = phone_checks.c.status.in_(_before(status))
    values: dict[str, Any] = {"status": status, "detail": detail[:300]}
    connection.execute(update(phone_checks).where(phone_checks.c.id == id_, still).values(**values))
    if sid:
        first = (phone_checks.c.id == id_, phone_checks.c.sid.is_(None))
        connection.execute(update(phone_checks).where(*first).values(sid=sid))


def note_text(connection: Connection, sid: str, status: str) -> None:
    """What the carrier reports of a text that it took."""
    still = (phone_checks.c.sid == sid, phone_checks.c.channel == "text", phone_checks.c.status.in_(_before(status)))
    connection.execute(update(phone_checks).where(*still).values(status=status))


def _before(status: str) -> list[str]:
    """The states that this one may follow."""
    order = [WAITING, SENT, RINGING, ANSWERED]
    return order[: order.index(status)] if status in order else order


def _check(row: RowMapping) -> PhoneCheck:
    return PhoneCheck(**row)
