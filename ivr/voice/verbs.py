"""TwiML as text: one verb, its attributes and what is inside it (https://www.twilio.com/docs/voice/twiml)."""

from functools import cache, lru_cache
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
QUOTED = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}

LAST_WRITTEN = 1024
"""Texts of which it is remembered how they are written: nearly all that is said was said before."""

Value = str | int | bool | None


def document(*inside: str) -> str:
    """A whole document of verbs."""
    return HEAD + verb("Response", *inside)


def said(name: str, text: str, **attributes: Value) -> str:
    """A verb around a text, which is escaped."""
    return verb(name, escaped(text), **attributes)


def verb(name: str, *inside: str, **attributes: Value) -> str:
    """A verb around others. Attributes become the carrier's, `num_digits` its `numDigits`; None leaves one out."""
    written = "".join(
        f' {camel_case(key)}="{quoted(spelled(value))}"'
        for key, value in sorted(attributes.items())
        if value is not None
    )
    content = "".join(inside)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written} />"


def spelled(value: Value) -> str:
    """A value as the carrier writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(LAST_WRITTEN)
def escaped(text: str) -> str:
    """A text between verbs."""
    return escape(text)


@lru_cache(LAST_WRITTEN)
def quoted(value: str) -> str:
    """A text in an attribute."""
    return escape(value, QUOTED)


@cache
def camel_case(name: str) -> str:
    """The carrier's spelling of an attribute."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
