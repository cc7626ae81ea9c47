"""What a rehearsal begins with: a copy of configuration and partners, an instant, a pace, and how phones behave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from ivr.rehearsal.handsets import BEHAVIOURS
from ivr.store.configuration import PartnerEntry
from routing.announcements import Announcement
from routing.configuration import Configuration

IDLE_SECONDS, LONGEST_SECONDS = 600.0, 1800.0


@dataclass(frozen=True)
class Plan:
    """One rehearsal. It holds no carrier's credentials, and there is no field for any.

    `at` is the instant at which it begins (UTC). `behaviours` are names of BEHAVIOURS by phone (E.164); other phones
    ring until somebody picks them up. `folder` is its own and is thrown away; `token` opens its remote control. It
    ends `idle_seconds` after the last request and `longest_seconds` after its start.
    """

    configuration: Configuration
    partners: tuple[PartnerEntry, ...]
    at: datetime
    region: str
    by: str
    folder: Path
    token: str
    pace: float = 1.0
    behaviours: Mapping[str, str] = field(default_factory=dict)
    announcements: tuple[Announcement, ...] = ()
    idle_seconds: float = IDLE_SECONDS
    longest_seconds: float = LONGEST_SECONDS

    def __post_init__(self) -> None:
        """Raises ValueError for a behaviour that nobody has."""
        if unknown := set(self.behaviours.values()) - set(BEHAVIOURS):
            raise ValueError(f"no phone behaves like that: {', '.join(sorted(unknown))}")


PLAN = TypeAdapter(Plan)


def written(plan: Plan) -> bytes:
    """A plan as one line of JSON, its line break included."""
    return PLAN.dump_json(plan) + b"\n"


def read(line: bytes) -> Plan:
    """The plan that was written. Raises ValueError."""
    return PLAN.validate_json(line)
