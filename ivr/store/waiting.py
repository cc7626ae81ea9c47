"""Connections to PostgreSQL that wait for an answer only so long: a server that is frozen holds nobody."""

from collections.abc import Generator
from typing import Any, TypeVar

from psycopg import Connection, Notify, OperationalError
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout

Answer = TypeVar("Answer")

LOOK_SECONDS = 0.1
"""How often the driver looks whether the connection is still there."""


class NoAnswer(OperationalError):
    """The server said nothing in time. The connection is closed: what becomes of its transaction is not known."""


class BoundedConnection(Connection[Any]):
    """The driver's own waits for as long as the server's machine acknowledges, and so for ever at a stopped server."""

    seconds: float | None = None
    """For one statement; None: without end."""

    def wait(self, gen: PQGen[Answer], interval: float = LOOK_SECONDS, timeout: float | None = None) -> Answer:
        """Wait for an answer. Raises NoAnswer."""
        if timeout is not None or self.seconds is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.seconds)
        except _WaitTimeout:
            self.pgconn.finish()
            raise NoAnswer(f"no answer within {self.seconds} seconds") from None

    def notifies(self, *, timeout: float | None = None, stop_after: int | None = None) -> Generator[Notify]:
        """Whoever listens on this connection waits for as long as nothing happens."""
        self.seconds = None
        return super().notifies(timeout=timeout, stop_after=stop_after)
