"""What processes hold in memory of the database: read once for each version of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ivr.store.announcements import Entry, announcements_from
from ivr.store.configuration import configuration_version, load_configuration
from routing.configuration import Configuration


class ConfigurationCache:
    """Hands out the present configuration; its version tells whether another process changed it."""

    def __init__(self) -> None:
        """Start empty."""
        self._held: tuple[int, Configuration] | None = None

    def current(self, connection: Connection, version: int | None = None) -> Configuration:
        """The configuration as of now. Raises NotConfigured when none was applied.

        `version` is the present one, where this transaction has read it already; else one small query does.
        """
        if version is None:
            version = configuration_version(connection)
        held = self._held
        if held is None or held[0] != version:
            held = self._held = (version, load_configuration(connection))
        return held[1]

    @property
    def last_known(self) -> Configuration | None:
        """The last configuration that was read: what is left when the database does not answer."""
        return self._held[1] if self._held else None


class AnnouncementCache:
    """Hands out what is announced now and later."""

    def __init__(self) -> None:
        """Start empty."""
        self._held: tuple[int, Sequence[Entry]] | None = None

    def current(self, connection: Connection, version: int, at: datetime) -> Sequence[Entry]:
        """All announcements that hold at an instant (UTC) or lie ahead, and maybe some that are over.

        Whatever goes wrong is raised, and leaves the transaction as it was.
        """
        held = self._held
        if held is None or held[0] != version:
            with connection.begin_nested():
                held = self._held = (version, announcements_from(connection, at))
        return held[1]
