"""A prompt: its name, its own words, what stands in them for names and numbers, and the keys that it must name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

PLACEHOLDER = re.compile(r"\{(\w+)\}")

EXAMPLES = {
    "ticket": "1 0 4 2",
    "number": "3 9 0 4 6 1 1 7 1 5 1 1 2",
    "code": "4 8 2 1 9 3",
    "key": "1",
    "others": "3",
    "name": "Ada Rossi",
    "engineer": "Ada Rossi",
    "partner": "Acme Telecom",
    "pbx": "A 7",
    "region": "Italy",
    "symptom": "calls dropping",
    "due": "by six p.m. on Monday, Central European Time",
    "role": "the integrator who installed your system",
    "now": "Ada Rossi is working on it.",
    "more": ", reported by 3 more",
}
"""What stands in a placeholder where a prompt is shown or measured."""


@dataclass(frozen=True)
class Prompt:
    """`text` has placeholders in braces. `language` is that of the words (ISO 639); `seconds` the most it may take.

    One that is `only_spoken` is a part of others, or is heard while nothing of ours may answer but a text.
    """

    key: str
    text: str
    keys: tuple[str, ...] = ()
    language: str = "en"
    seconds: int = 20
    only_spoken: bool = False

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """What every wording of this prompt must leave room for."""
        return frozenset(PLACEHOLDER.findall(self.text))

    @property
    def why_not_played(self) -> str:
        """Why it cannot be a recording; empty where it can."""
        if self.placeholders:
            return "says something else each time, so it cannot be played"
        return "is only ever spoken: within other words, or while the service is down" if self.only_spoken else ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with values in its placeholders. Raises KeyError for a placeholder without one."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)


def as_heard(text: str) -> str:
    """A text with examples in its placeholders; one that nobody knows stays as it is."""
    return PLACEHOLDER.sub(lambda match: EXAMPLES.get(match[1], match[0]), text)
