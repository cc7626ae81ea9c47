"""Databases for tests: empty ones, and copies of one that was migrated once for all tests of a process."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, text

from ivr.paging.worker import prepare_queue
from ivr.store.engine import connect
from ivr.store.migrate import migrate

COUNT = itertools.count(1)
TEMPLATE = "nightline_template"


def migrated(url: str) -> None:
    """Bring the database at a URL to the present shape, queue included, and let go of it."""
    engine = connect(url)
    migrate(engine)
    prepare_queue(engine)
    engine.dispose()


def make_forgetful(url: str) -> None:
    """Let a server of PostgreSQL wait for no disk: it has nothing that a power cut would be a loss of."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(text(f"alter system set {name} = off"))
        connection.execute(text("select pg_reload_conf()"))
    engine.dispose()


class Templates:
    """The migrated databases that are copied: each is made when it is first asked for."""

    def __init__(self, folder: Path, postgresql: Callable[[], str]) -> None:
        """`postgresql` answers the URL of a server, without a database."""
        self._folder, self._postgresql = folder, postgresql
        self._has_template = False

    def empty(self, kind: str, folder: Path) -> str:
        """A new database without tables; its URL."""
        return f"sqlite:///{folder}/nightline.db" if kind == "sqlite" else self._create("template0")

    def prepared(self, kind: str, folder: Path) -> str:
        """A new database in the present shape; its URL."""
        if kind == "sqlite":
            shutil.copy(self._sqlite(), folder / "nightline.db")
            return f"sqlite:///{folder}/nightline.db"
        if not self._has_template:
            migrated(self._create("template0", TEMPLATE))
            self._has_template = True
        return self._create(TEMPLATE)

    def _sqlite(self) -> Path:
        path = self._folder / "nightline.db"
        if not path.exists():
            migrated(f"sqlite:///{path}")
        return path

    def _create(self, template: str, name: str = "") -> str:
        uri, name = self._postgresql(), name or f"nightline_{next(COUNT)}"
        engine = create_engine(uri, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"create database {name} template {template}"))
        engine.dispose()
        return uri.replace("/postgres?", f"/{name}?")
