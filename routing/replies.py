"""What an engineer's text means: which ticket, and whether it is taken or passed on."""

import re
from dataclasses import dataclass
from enum import StrEnum

TAKE = {"1", "ack", "take", "yes", "y", "ok", "okay"}
PASS = {"2", "pass", "no", "n", "decline"}
AGREE = {"yes", "y", "ok", "okay"}
"""Of these, the words that may as well answer a reminder of a shift."""

STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"}
START = {"start", "unstop"}
HELP = {"help", "info"}
"""Words that the carrier answers itself, alone in a text."""

LEAST_TICKET = 100
"""Smaller numbers are keys, not tickets."""


class Action(StrEnum):
    """What a reply asks for."""

    TAKE = "take"
    PASS = "pass"  # noqa: S105 - a word, not a secret


@dataclass(frozen=True)
class Reply:
    """A reply that was understood. `ticket` is None when it names none.

    `may_confirm`: it names none and only agrees, as one does who is reminded of a shift.
    """

    action: Action
    ticket: int | None
    may_confirm: bool = False


@dataclass(frozen=True)
class Confirmed:
    """The shift that the sender was reminded of, by that word."""


@dataclass(frozen=True)
class ForCarrier:
    """STOP, START or HELP: the carrier answers, we say nothing. `texts` is whether texts may be sent from now on."""

    texts: bool | None = None


@dataclass(frozen=True)
class Unclear:
    """Nothing that we understand."""


def understand(body: str) -> Reply | Confirmed | ForCarrier | Unclear:
    """Read a text: the ticket's number first or last, spaces, case, quotes and full stops do not matter."""
    words = re.findall(r"[a-z]+|\d+", body.lower().replace("\u2019", ""))
    if len(words) == 1 and words[0] in STOP | START | HELP:
        return ForCarrier(texts=None if words[0] in HELP else words[0] in START)
    numbers = [int(word) for word in words if word.isdecimal() and int(word) >= LEAST_TICKET]
    actions = {Action.TAKE for word in words if word in TAKE} | {Action.PASS for word in words if word in PASS}
    if "shift" in words and actions == {Action.TAKE} and not numbers:
        return Confirmed()
    if len(numbers) > 1 or len(actions) != 1:
        return Unclear()
    agrees = not numbers and not set(words) & (TAKE - AGREE) and actions == {Action.TAKE}
    return Reply(actions.pop(), numbers[0] if numbers else None, may_confirm=agrees)
