"""All recipients: endpoints out of the database, and what the file of integrations names."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from ivr.integrations.targets import Target
from ivr.integrations.webhooks import WebhookTarget
from ivr.store.endpoints import KIND, find_endpoint, list_endpoints


@dataclass(frozen=True)
class Recipients:
    """Whoever is told of events. `named`: those of the file, read once when the worker starts.

    `are_known`: the file could be read. While it cannot, nobody can say who else is to be told.
    """

    named: tuple[Target, ...] = ()
    are_known: bool = True

    def all(self, connection: Connection) -> Sequence[Target]:
        """Everybody who is told now."""
        living = [one for one in list_endpoints(connection) if one.disabled_at is None]
        return [*(WebhookTarget(one) for one in living), *self.named]

    def find(self, connection: Connection, key: str) -> Target | None:
        """One of them by name; None when they are told no more."""
        if not key.startswith(KIND):
            return next((one for one in self.named if one.key == key), None)
        found = find_endpoint(connection, int(key.removeprefix(KIND)))
        return WebhookTarget(found) if found is not None and found.disabled_at is None else None
