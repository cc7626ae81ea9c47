"""What a report is about: a half-open range of instants, a region or all, and the wall clock whose days are counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, true

from ivr.store.local_time import LocalTime, between


@dataclass(frozen=True)
class Range:
    """`since` and `until` are UTC; `region` is a key, empty for all; `at` is the reading of the clock."""

    since: datetime
    until: datetime
    region: str
    clock: LocalTime
    at: datetime

    def holds(self, instant: Any, region: Any) -> tuple[ColumnElement[bool], ...]:
        """The conditions on a table's instant and region."""
        mine = region == self.region if self.region else true()
        return between(instant, self.since, self.until), mine
