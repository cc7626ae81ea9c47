"""Previews: exactly what an edit of a rota changes, before it is saved."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.configuration import Configuration
from routing.coverage import findings_of, only_about
from routing.nights import Nights, nights_of
from schedules.changes import Changes, changes
from schedules.coverage import AHEAD, Finding, FindingKind
from schedules.leave import Absence
from schedules.rota import Rota, layers_at

AT_MOST = timedelta(days=366)
"""No comparison goes further: of an override that ends later it shows the part until then, of later layers nothing."""


@dataclass(frozen=True)
class Preview:
    """What differs from `starts_at` to `ends_at` (UTC), whom a page then rings, and what is wrong that was not."""

    starts_at: datetime
    ends_at: datetime
    changes: Changes
    nights: tuple[Nights, ...]
    warnings: tuple[Finding, ...]


def preview_of(known: Configuration, absences: tuple[Absence, ...], before: Rota, after: Rota, at: datetime) -> Preview:
    """Compare a rota before and after an edit: from `at` (UTC) on, as far as `end_of_comparison`."""
    until = end_of_comparison(before, after, at)
    found = changes(before, after, at, until)
    warnings = _new_findings(known, absences, (before, after), at, until)
    return Preview(at, until, found, nights_of(known, before, after, found.stretches), warnings)


def end_of_comparison(before: Rota, after: Rota, at: datetime) -> datetime:
    """13 weeks after `at` (UTC) or after layers that differ begin; or the end of the last override that differs."""
    overrides = (override.ends_at for override in {*before.overrides} ^ {*after.overrides})
    borders = (begins for begins in {*before.changes_at, *after.changes_at} if _layers_differ(before, after, begins))
    return min(max([at + AHEAD, *overrides, *(begins + AHEAD for begins in borders)]), at + AT_MOST)


def _layers_differ(before: Rota, after: Rota, at: datetime) -> bool:
    return layers_at(before, at) != layers_at(after, at)


def _new_findings(
    known: Configuration, absences: tuple[Absence, ...], sides: tuple[Rota, Rota], at: datetime, until: datetime
) -> tuple[Finding, ...]:
    """Findings of this rota and of its policies that were not there before, but for gaps: these are told apart."""
    part = only_about(known, sides[0].key)
    before, after = (findings_of(with_rota(part, side), absences, at, until - at) for side in sides)
    return tuple(one for one in after if one.kind is not FindingKind.GAP and one not in before)


def with_rota(known: Configuration, rota: Rota) -> Configuration:
    """The configuration with this state of a rota."""
    return replace(known, rotas={**known.rotas, rota.key: rota})
