"""Stretches: the parts of a final schedule, and as much of one as was worked out so far."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from schedules.reasons import Names, Reason
from schedules.spans import BEGINNING, END

NOBODY = "nobody"
WEEK = timedelta(weeks=1)
MOST = 52 * 5 * WEEK
"""Where what is kept would grow longer than this, it is begun anew with what is asked for."""


class Stretch(NamedTuple):
    """A part of the final schedule (UTC, half-open) in which the same people are on call for the same reasons.

    `reasons` has one for each of `on_call`.
    """

    starts_at: datetime
    ends_at: datetime
    on_call: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()

    def told(self, name_of: Names = str) -> str:
        """All reasons in one text, each once."""
        return "; ".join(dict.fromkeys(reason.told(name_of) for reason in self.reasons)) or NOBODY

    @property
    def because(self) -> str:
        """The same with keys of people."""
        return self.told()


class Known(NamedTuple):
    """The stretches of one range, the first and last cut at its bounds, and where each begins."""

    since: datetime
    until: datetime
    begins: list[datetime]
    stretches: list[Stretch]

    def at(self, at: datetime) -> Stretch:
        """The stretch that has an instant."""
        return self.stretches[bisect_right(self.begins, at) - 1]

    def between(self, starts_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
        """The stretches of a part of the range, the first and last cut at its bounds."""
        first, last = bisect_right(self.begins, starts_at) - 1, bisect_left(self.begins, ends_at) - 1
        found = self.stretches[first : last + 1]
        found[-1] = found[-1]._replace(ends_at=ends_at)
        found[0] = found[0]._replace(starts_at=starts_at)
        return tuple(found)


Resolve = Callable[[datetime, datetime], Iterable[Stretch]]
"""Works out the stretches of a range that is not empty."""


class Schedule:
    """The final schedule of a rota, worked out where it is asked for, and kept: the same weeks are asked for often."""

    def __init__(self, resolve: Resolve) -> None:
        """Nothing is worked out yet."""
        self._resolve = resolve
        self._known = Known(END, END, [], [])

    def over(self, since: datetime, until: datetime) -> Known:
        """What is known of a range that is not empty, and perhaps of more around it."""
        known = self._known
        if not known.since <= since < until <= known.until:
            known = self._known = self._grown(known, *_whole_weeks(since, until))
        return known

    def whole(self, at: datetime) -> Stretch:
        """The stretch at an instant, with its true ends if anybody is on call."""
        known = self._known
        if not known.since <= at < known.until:
            known = self.over(*_around(at, at))
        while True:
            found = known.at(at)
            is_begun = found.starts_at > known.since or known.since <= BEGINNING
            is_ended = found.ends_at < known.until or known.until >= END
            if not found.on_call or (is_begun and is_ended):
                return found
            earlier, later = _around(known.since, known.until)
            known = self.over(known.since if is_begun else earlier, known.until if is_ended else later)

    def _grown(self, known: Known, since: datetime, until: datetime) -> Known:
        """Known together with a range; only the range where that is far away."""
        if not known.stretches or max(until, known.until) - min(since, known.since) > max(MOST, until - since):
            return _known(self._resolve(since, until))
        found = known.stretches
        if since < known.since:
            found = [*self._resolve(since, known.since), *found]
        if known.until < until:
            found = [*found, *self._resolve(known.until, until)]
        return _known(found)


def _known(parts: Iterable[Stretch]) -> Known:
    """Stretches that follow each other, those that say the same as one."""
    merged: list[Stretch] = []
    last: Stretch | None = None
    for part in parts:
        if last and last.on_call == part.on_call and last.reasons == part.reasons:
            merged[-1] = last = last._replace(ends_at=part.ends_at)
        else:
            merged.append(last := part)
    return Known(merged[0].starts_at, merged[-1].ends_at, [part.starts_at for part in merged], merged)


def _whole_weeks(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """A range widened to weeks, so that one that moves along with the clock is not worked out at every question."""
    return since - (since - BEGINNING) % WEEK, until + (BEGINNING - until) % WEEK


def _around(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """A range widened on both sides, by more the longer it is, within what can be told."""
    margin = max(2 * WEEK, (until - since) / 4)
    earlier = since - margin if since - BEGINNING > margin else min(since, BEGINNING)
    return earlier, until + margin if END - until > margin else max(until, END)
