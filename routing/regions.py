"""A region: one public number with its hours, language and desk."""

from dataclasses import dataclass

from schedules.hours import SupportHours


@dataclass(frozen=True)
class Region:
    """One regional number (contract art. 16.7). Numbers are E.164.

    `language` is a BCP 47 tag and, like `voice`, holds for the greeting in support hours; outside them the
    line speaks English. `desk` is rung all at once. `policy` is the key of its escalation policy.
    """

    key: str
    name: str
    number: str
    hours: SupportHours
    language: str
    voice: str
    desk: tuple[str, ...]
    policy: str
    greeting: str = ""
