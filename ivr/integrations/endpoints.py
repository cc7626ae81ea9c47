"""Setting up webhooks: what the console and the API do to endpoints, with sealed secrets and a line in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ivr.house import House
from ivr.integrations.webhooks import fault_of_endpoint
from ivr.key_ring import NotOpened
from ivr.sealing import Sealer
from ivr.store.audit import Author, record
from ivr.store.deliveries import drop_waiting
from ivr.store.endpoints import (
    Endpoint,
    add_endpoint,
    change_endpoint,
    disable_endpoint,
    find_endpoint,
    new_secret,
    remove_endpoint,
    rotate_secret,
)
from ivr.store.events import EventType

KIND = "webhook"
LONGEST_DESCRIPTION = 200


class NotUsable(Exception):
    """An address to which no webhook is sent; the text says why. Nothing was changed."""


@dataclass(frozen=True)
class Wish:
    """An endpoint as somebody wants it. `types` empty: all events."""

    url: str
    description: str = ""
    types: Sequence[str] = ()
    with_numbers: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        """As it is stored. All events is the same as none chosen. Raises NotUsable."""
        if fault := fault_of_endpoint(self.url):
            raise NotUsable(fault)
        types = [str(type_) for type_ in EventType if type_ in self.types]
        return {
            "url": self.url,
            "description": self.description[:LONGEST_DESCRIPTION],
            "types": [] if len(types) == len(EventType) else types,
            "with_numbers": self.with_numbers,
        }


def add(house: House, connection: Connection, author: Author, wish: Wish) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which nobody is told again. Raises NotUsable."""
    secret, columns = new_secret(), wish.columns
    kept = Sealer(house.settings).seal(secret)
    made = add_endpoint(connection, by=author.name, at=author.at, secret=kept, **columns)
    record(connection, author, KIND, str(made.id), None, told(made))
    return made, secret


def change(connection: Connection, author: Author, one: Endpoint, wish: Wish) -> Endpoint:
    """Another address, other events; the endpoint as it is then. Raises NotUsable."""
    change_endpoint(connection, one.id, **wish.columns)
    return _noted(connection, author, one, "")


def rotate(house: House, connection: Connection, author: Author, one: Endpoint) -> str:
    """A new secret; the one before signs too for a day, unless its key is lost. Returns the new one."""
    sealer, secret = Sealer(house.settings), new_secret()
    try:
        previous = sealer.sealed_anew(one.secret)
    except NotOpened:
        previous = ""
    rotate_secret(connection, one.id, sealer.seal(secret), previous, author.at)
    record(connection, author, KIND, str(one.id), None, None, action="rotate")
    return secret


def disable(connection: Connection, author: Author, one: Endpoint) -> Endpoint:
    """Nothing is sent there any more, nor what waits."""
    _stop(connection, author, one)
    return _noted(connection, author, one, "disable")


def enable(connection: Connection, author: Author, one: Endpoint) -> Endpoint:
    """What happens from now on is sent there again."""
    change_endpoint(connection, one.id, disabled_at=None, disabled_why="")
    return _noted(connection, author, one, "enable")


def remove(connection: Connection, author: Author, one: Endpoint) -> None:
    """The endpoint is gone; what was delivered to it stays on record."""
    _stop(connection, author, one)
    remove_endpoint(connection, one.id)
    record(connection, author, KIND, str(one.id), told(one), None, action="remove")


def told(one: Endpoint) -> dict[str, object]:
    """What the audit keeps of an endpoint: no secret, and no query, which may be one."""
    return {
        "url": one.url.partition("?")[0],
        "description": one.description,
        "types": list(one.types),
        "with_numbers": one.with_numbers,
        "enabled": one.disabled_at is None,
    }


def _stop(connection: Connection, author: Author, one: Endpoint) -> None:
    why = f"Disabled by {author.name}."[:LONGEST_DESCRIPTION]
    disable_endpoint(connection, one.id, author.at, why)
    drop_waiting(connection, one.target, author.at, author.at, why)


def _noted(connection: Connection, author: Author, before: Endpoint, action: str) -> Endpoint:
    after = find_endpoint(connection, before.id)
    assert after is not None
    record(connection, author, KIND, str(before.id), told(before), told(after), action=action)
    return after
