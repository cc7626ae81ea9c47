"""The contact card: every number that may call or text, as one contact that a phone lets through at night."""

from collections.abc import Iterable

NAME = "Nightline"
LONGEST = 75
"""Octets of a line, by RFC 2426 section 2.6; longer ones go on in the next line after a blank."""


def contact_card(numbers: Iterable[tuple[str, str]], sender: str = "") -> str:
    """A vCard 3.0, which iOS and Android both take: pairs of a label and an E.164 number, and the sender of texts.

    A number that stands twice is written once.
    """
    entries = [*numbers, *([("Texts", sender)] if sender else [])]
    by_number: dict[str, str] = {}
    for label, number in entries:
        by_number.setdefault(number, label)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{NAME};;;;", f"FN:{NAME}", f"ORG:{NAME}"]
    for place, (number, label) in enumerate(by_number.items(), start=1):
        lines += [f"item{place}.TEL;TYPE=WORK,VOICE:{number}", f"item{place}.X-ABLabel:{escaped(label)}"]
    lines += [f"NOTE:{escaped('The on-call line. Let it through when your phone is on do-not-disturb.')}", "END:VCARD"]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """A text value: backslash, comma, semicolon and line ends are escaped."""
    text = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """A line of at most 75 octets, going on in further ones; no character is cut in two."""
    parts, size = [""], 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST - (len(parts) > 1):
            parts.append("")
            size = 0
        parts[-1] += sign
        size += width
    return "\r\n ".join(parts)
