"""When somebody is to be told of a shift, a handoff or a gap: what is due at an instant, out of the final schedule."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ivr.calendars.shifts import A_MOMENT, Handoff, handoffs, is_on_call, until_when
from routing.configuration import Configuration
from routing.coverage import findings_of
from routing.escalation import TargetKind
from schedules.coverage import Finding, FindingKind
from schedules.rota import Rota
from schedules.wallclock import to_local, to_utc

LATE = timedelta(hours=1)
"""A reminder that was not sent for so long, or for half the time that was left, is dropped."""

HANDOFF_LATE = timedelta(minutes=10)
NOTE_AT, NOTE_LATE = time(9), timedelta(hours=3)
MONDAY = 0
GAPS = {FindingKind.GAP, FindingKind.NO_ONE}


@dataclass(frozen=True)
class Shift:
    """A time without a break in which an engineer is on call on a rota (UTC); `ends_at` None: no end in sight."""

    rota: str
    engineer: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Due:
    """A reminder of a shift that is due since an instant (UTC), under the key of its occasion."""

    key: str
    shift: Shift
    since: datetime


def key_of(kind: str, *of: object) -> str:
    """The name of an occasion: always the same for the same one, and short."""
    said = "\n".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in of)
    return f"{kind}-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def coming_shifts(known: Configuration, at: datetime, ahead: timedelta) -> Iterator[Shift]:
    """The shifts that begin after `at` (UTC) and not later than so far ahead, of engineers who are rung."""
    for rota in known.rotas.values():
        for handoff in handoffs(rota, at + A_MOMENT, at + ahead + A_MOMENT):
            for engineer in handoff.coming:
                if is_rung(known, engineer):
                    yield Shift(rota.key, engineer, handoff.at, until_when(rota, engineer, handoff.at))


def due_reminders(known: Configuration, at: datetime) -> Iterator[Due]:
    """The reminders of shifts that are due at `at` (UTC), each for the nearest of its times that has come."""
    leads = sorted(timedelta(hours=hours) for hours in known.rules.reminder_hours)
    if not known.rules.reminders or not leads:
        return
    for shift in coming_shifts(known, at, leads[-1]):
        lead = next(lead for lead in leads if shift.starts_at - at <= lead)
        since = shift.starts_at - lead
        if at - since < min(LATE, lead / 2):
            yield Due(key_of("remind", shift.rota, shift.engineer, shift.starts_at, lead), shift, since)


def due_handoffs(known: Configuration, at: datetime) -> Iterator[Handoff]:
    """The handoffs that have just happened at `at` (UTC)."""
    if known.rules.handoff_notices:
        for rota in known.rotas.values():
            yield from handoffs(rota, at - HANDOFF_LATE, at + A_MOMENT)


def shift_now(known: Configuration, told: Shift, at: datetime) -> Shift | None:
    """What has become of a shift that somebody was told of, seen from `at` (UTC): as it is now, or None."""
    rota = known.rotas.get(told.rota)
    if rota is None or not is_rung(known, told.engineer):
        return None
    begins = _begin(rota, told, at)
    return Shift(told.rota, told.engineer, begins, until_when(rota, told.engineer, begins)) if begins else None


def _begin(rota: Rota, told: Shift, at: datetime) -> datetime | None:
    """When the engineer's time on call that touches what was told begins, or is seen to have begun at `at`."""
    ends_at = told.ends_at or told.starts_at + timedelta(days=1)
    starts = [one.at for one in handoffs(rota, at + A_MOMENT, ends_at) if told.engineer in one.coming]
    if is_on_call(rota, told.engineer, told.starts_at):
        return max((start for start in starts if start <= told.starts_at), default=at)
    return next((start for start in starts if start > told.starts_at), None)


def is_rung(known: Configuration, engineer: str) -> bool:
    """Whether somebody is in the configuration and active."""
    person = known.engineers.get(engineer)
    return person is not None and person.active


def note_due_at(known: Configuration, at: datetime) -> datetime | None:
    """The Monday 09:00 on the default region's clock whose weekly note is due at `at` (UTC); None when none is."""
    zone = known.default_region.hours.zone
    today = to_local(at, zone).date()
    due = to_utc(datetime.combine(today, NOTE_AT), zone)
    is_due = known.rules.gap_notes and today.weekday() == MONDAY and due <= at < due + NOTE_LATE
    return due if is_due else None


def gaps_ahead(known: Configuration, at: datetime) -> tuple[Finding, ...]:
    """The gaps of the next 13 weeks (from `at`, UTC) in rotas that a policy rings, the earliest first."""
    targets = (target for policy in known.policies.values() for level in policy.levels for target in level.targets)
    rung = {target.key for target in targets if target.kind is TargetKind.ROTA}
    return tuple(
        found for found in findings_of(known, (), at) if found.kind in GAPS and (not found.rota or found.rota in rung)
    )
