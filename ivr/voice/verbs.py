"""TwiML as text: one verb, its attributes and what is inside it (https://www.twilio.com/docs/voice/twiml)."""

from functools import cache
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
QUOTED = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}

Value = str | int | bool | None


def document(*inside: str) -> str:
    """A whole document of verbs."""
    return HEAD + verb("Response", *inside)


def said(name: str, text: str, **attributes: Value) -> str:
    """A verb around a text, which is escaped."""
    return verb(name, escape(text), **attributes)


def verb(name: str, *inside: str, **attributes: Value) -> str:
    """A verb around others. Attributes become the carrier's, `num_digits` its `numDigits`; None leaves one out."""
    written = "".join(
        f' {camel_case(key)}="{escape(spelled(value), QUOTED)}"'
        for key, value in sorted(attributes.items())
        if value is not None
    )
    content = "".join(inside)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written} />"


def spelled(value: Value) -> str:
    """A value as the carrier writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def camel_case(name: str) -> str:
    """The carrier's spelling of an attribute."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
