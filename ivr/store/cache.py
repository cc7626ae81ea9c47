"""The configuration, read once for each version of it."""

from sqlalchemy import Connection

from ivr.store.configuration import configuration_version, load_configuration
from routing.configuration import Configuration


class ConfigurationCache:
    """Hands out the present configuration; one small query tells whether another process changed it."""

    def __init__(self) -> None:
        """Start empty."""
        self._held: tuple[int, Configuration] | None = None

    def current(self, connection: Connection) -> Configuration:
        """The configuration as of now. Raises NotConfigured when none was applied."""
        version = configuration_version(connection)
        held = self._held
        if held is None or held[0] != version:
            held = self._held = (version, load_configuration(connection))
        return held[1]

    @property
    def last_known(self) -> Configuration | None:
        """The last configuration that was read: what is left when the database does not answer."""
        return self._held[1] if self._held else None
