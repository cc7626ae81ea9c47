"""What hundreds of tests would otherwise do again and again at the same cost."""

from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from werkzeug.routing import Rule

from ivr.configuration import pins
from ivr.console import passwords

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
