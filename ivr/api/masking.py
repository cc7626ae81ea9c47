"""Telephone numbers in answers: whole for tokens with the scope phones, else down to their first and last digits."""

from ivr.api.frame import Ask
from ivr.api.scopes import Scope
from ivr.watch.logs import mask
from routing.numbers import masked


def phone(ask: Ask, number: str) -> str:
    """A number as this token may see it; what is none, such as `anonymous`, stays."""
    may = ask.may(Scope.PHONES) or not number or not any(letter.isdigit() for letter in number)
    return number if may else masked(number)


def person(ask: Ask, key: str | None) -> str | None:
    """Whom a key names: an engineer's stays, a duty phone's is its number."""
    return phone(ask, key) if key is not None and key.startswith("+") else key


def text(ask: Ask, written: str) -> str:
    """A text with the numbers in it as this token may see them."""
    return written if ask.may(Scope.PHONES) else mask(written)
