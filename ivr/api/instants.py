"""Instants on the wire: with their offset, and near enough to be reckoned with in every zone."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

from schedules.wallclock import YEARS


def within_reason(at: datetime) -> datetime:
    """An instant (UTC) that a clock could have shown, or will. Raises ValueError."""
    if at.year not in YEARS:
        raise ValueError(f"is no instant of our time. Its year must be one from {YEARS[0]} to {YEARS[-1]}.")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(within_reason)]
