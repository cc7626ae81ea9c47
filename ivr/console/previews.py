"""Previews: exactly what an edit of a rota changes, before it is saved."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.configuration import Configuration
from routing.coverage import findings_of, only_about
from routing.nights import Nights, nights_of
from schedules.changes import Changes, changes
from schedules.coverage import AHEAD, Finding, FindingKind
from schedules.leave import Absence
from schedules.rota import Rota

AT_MOST = timedelta(days=366)
"""No comparison goes further; an override that ends later still counts until then."""


@dataclass(frozen=True)
class Preview:
    """What differs from `starts_at` to `ends_at` (UTC), whom a page then rings, and what is wrong that was not."""

    starts_at: datetime
    ends_at: datetime
    changes: Changes
    nights: tuple[Nights, ...]
    warnings: tuple[Finding, ...]


def preview_of(known: Configuration, absences: tuple[Absence, ...], before: Rota, after: Rota, at: datetime) -> Preview:
    """Compare a rota before and after an edit: from `at` (UTC) on for thirteen weeks, or until its last override."""
    until = min(max([at + AHEAD, *_ends_of(before, after)]), at + AT_MOST)
    found = changes(before, after, at, until)
    warnings = _new_findings(known, absences, (before, after), at, until)
    return Preview(at, until, found, nights_of(known, before, after, found.stretches), warnings)


def _ends_of(before: Rota, after: Rota) -> list[datetime]:
    return [override.ends_at for override in {*before.overrides} ^ {*after.overrides}]


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
