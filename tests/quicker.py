"""What hundreds of tests would otherwise do again and again at the same cost."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from ivr.configuration import pins
from ivr.console import passwords
from ivr.standby import houses, journal
from ivr.store import engine

COSTS = {"PIN": pins.HASHER, "password": passwords.HASHER}
"""What hashes outside of tests, for the test of what that costs."""

_compile_builder = Rule._compile_builder


def _compile_when_used(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """The function that builds a rule's addresses; compiled when somebody asks for one, as few do."""
    compiled: list[Callable[..., Any]] = []

    def build(asked: Rule, **values: Any) -> Any:
        if not compiled:
            compiled.append(_compile_builder(rule, append_unknown))
        return compiled[0](asked, **values)

    return build


def compile_addresses_when_used() -> None:
    """An application has two hundred addresses and each test makes its own: compiling them was two thirds of that."""
    Rule._compile_builder = _compile_when_used  # type: ignore[method-assign]


def hash_cheaply() -> None:
    """The sample has five PINs and is applied for each test: their hashes were nine tenths of that."""
    pins.HASHER = passwords.HASHER = PasswordHasher(1, 8, 1)


class Shared(LRUCache[Any, Any]):
    """Statements as they were compiled, by the kind of database that they are for, and not by the engine."""

    def get(self, key: Any, default: Any = None) -> Any:
        """What was compiled for any engine of the kind."""
        return super().get(_for_any_engine(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keep it for all of them."""
        super().__setitem__(_for_any_engine(key), value)


def _for_any_engine(key: Any) -> Any:
    dialect, *rest = key
    return (type(dialect), *rest)


COMPILED = Shared(5000)


def compile_statements_once() -> None:
    """Each test has engines of its own, and compiling the same statements for them was an eighth of everything."""

    def sharing(url: str, **more: Any) -> Engine:
        made = create_engine(url, **more)
        made.update_execution_options(compiled_cache=COMPILED)
        return made

    engine.create_engine = sharing  # type: ignore[assignment]


@cache
def _new_journal() -> tuple[TemporaryDirectory[str], Path]:
    folder = TemporaryDirectory(prefix="nightline-journal-")
    path = Path(folder.name) / "journal.db"
    journal.open_journal(path).dispose()
    return folder, path


def copy_journals() -> None:
    """Each application has a journal of its own, and bringing that to the present shape was a third of making one."""

    def open_copied(path: Path) -> Engine:
        if not path.exists():
            shutil.copy(_new_journal()[1], path)
        return journal.open_journal(path)

    houses.open_journal = open_copied
