"""Webhook endpoints: where signed webhooks go, which events each wants, and the secrets that sign them."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from ivr.store.delivery_tables import deliveries, endpoints

KIND = "webhook:"
SECRET_BYTES = 32
BOTH_SIGN_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Endpoint:
    """Where webhooks go. `types` empty: all events; secrets are as they are kept, sealed or not. Instants are UTC."""

    id: int
    url: str
    description: str
    types: tuple[str, ...]
    with_numbers: bool
    secret: str
    previous_secret: str
    previous_until: datetime | None
    by: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str

    @property
    def target(self) -> str:
        """Its name as a recipient of deliveries."""
        return f"{KIND}{self.id}"

    def secrets_at(self, at: datetime) -> tuple[str, ...]:
        """The secrets that sign at an instant, the newest first, as they are kept."""
        old = self.previous_until is not None and at < self.previous_until
        return (self.secret, self.previous_secret) if old else (self.secret,)


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def add_endpoint(connection: Connection, url: str, by: str, at: datetime, **values: Any) -> Endpoint:
    """A new endpoint, with a secret of its own."""
    row = {"url": url, "by": by, "created_at": at, "secret": new_secret(), "types": [], "with_numbers": False}
    row |= {"description": "", "previous_secret": "", "disabled_why": "", **values}
    made = connection.execute(insert(endpoints).values(**row)).inserted_primary_key
    assert made is not None
    found = find_endpoint(connection, _without_deliveries(connection, int(made[0])))
    assert found is not None
    return found


def find_endpoint(connection: Connection, id_: int, *, hold: bool = False) -> Endpoint | None:
    """One endpoint by its id. `hold`: others who would change it wait until this transaction is over."""
    if hold:
        change_endpoint(connection, id_, id=id_)  # takes SQLite's lock, too, before anything is read
    row = connection.execute(select(endpoints).where(endpoints.c.id == id_)).mappings().first()
    return _endpoint(row) if row else None


def list_endpoints(connection: Connection) -> Sequence[Endpoint]:
    """Every endpoint, the oldest first."""
    return [_endpoint(row) for row in connection.execute(select(endpoints).order_by(endpoints.c.id)).mappings()]


def change_endpoint(connection: Connection, id_: int, **values: Any) -> None:
    """Set columns of an endpoint."""
    connection.execute(update(endpoints).where(endpoints.c.id == id_).values(**values))


def rotate_secret(connection: Connection, id_: int, secret: str, previous: str, at: datetime) -> None:
    """Another secret, as it is kept; the one before (empty: none) signs too for a day."""
    until = at + BOTH_SIGN_FOR if previous else None
    change_endpoint(connection, id_, secret=secret, previous_secret=previous, previous_until=until)


def disable_endpoint(connection: Connection, id_: int, at: datetime, why: str) -> bool:
    """Nothing is sent there any more; True the first time."""
    living = (endpoints.c.id == id_, endpoints.c.disabled_at.is_(None))
    return connection.execute(update(endpoints).where(*living).values(disabled_at=at, disabled_why=why)).rowcount == 1


def remove_endpoint(connection: Connection, id_: int) -> None:
    """The endpoint is gone; what was delivered to it stays on record."""
    connection.execute(delete(endpoints).where(endpoints.c.id == id_))


def _without_deliveries(connection: Connection, id_: int) -> int:
    """The id of a new endpoint; a higher one when SQLite gave it that of a removed one, and so its deliveries."""
    targets = select(deliveries.c.target).distinct()
    if connection.execute(targets.where(deliveries.c.target == f"{KIND}{id_}")).first() is None:
        return id_
    sent_to = connection.execute(targets.where(deliveries.c.target.startswith(KIND))).scalars()
    free = max(id_, *(int(target.removeprefix(KIND)) for target in sent_to)) + 1
    change_endpoint(connection, id_, id=free)
    return free


def _endpoint(row: RowMapping) -> Endpoint:
    values = dict(row)
    values["types"] = tuple(values["types"])
    return Endpoint(**values)
