"""Coverage: what in the weeks ahead would leave a call unanswered, before it does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.holidays import HolidaysUnknown, holidays_of
from schedules.leave import Absence
from schedules.levels import Ladder, Post, posts_over
from schedules.rota import Override, Rota, Stretch, final_schedule

AHEAD = timedelta(weeks=13)


class FindingKind(StrEnum):
    """What is wrong.

    GAP: nobody is on call in a rota. INACTIVE: somebody is who is inactive or gone, and is not rung. NO_PHONE: somebody
    is who has no phone that counts. ON_LEAVE: somebody is who is on leave. DOUBLE_BOOKED: somebody stands at two places
    of one policy at once, so that one of them stands empty. ALONE: one person is all that a policy can ring, over all
    its levels and duty phones. NO_ONE: a policy can ring nobody at all. LEFT_BEHIND: somebody replaces a person who is
    not on call in that time, as after a swap of a shift that moved. CALENDAR: a holiday calendar does not answer.
    """

    GAP = "gap"
    NO_ONE = "no_one"
    INACTIVE = "inactive"
    NO_PHONE = "no_phone"
    ON_LEAVE = "on_leave"
    DOUBLE_BOOKED = "double_booked"
    ALONE = "alone"
    LEFT_BEHIND = "left_behind"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong over one stretch, half-open, in UTC.

    `rota` is a rota's key, `who` an engineer's, `policy` a policy's: each empty where it is not about one.
    """

    kind: FindingKind
    starts_at: datetime
    ends_at: datetime
    text: str
    rota: str = ""
    who: str = ""
    policy: str = ""


@dataclass(frozen=True)
class Person:
    """What coverage must know of an engineer. `can_be_rung`: has at least one phone that counts."""

    key: str
    name: str
    can_be_rung: bool = True
    active: bool = True


@dataclass(frozen=True)
class Staff:
    """Everything that is looked at. Maps are by key."""

    rotas: Mapping[str, Rota]
    people: Mapping[str, Person]
    ladders: tuple[Ladder, ...] = ()
    absences: tuple[Absence, ...] = field(default=())

    def name_of(self, key: str) -> str:
        """A person's name, or the key of one who is gone."""
        return self.people[key].name if key in self.people else key

    def is_rung(self, key: str) -> bool:
        """Whether a page would ring this person's phones."""
        person = self.people.get(key)
        return person is not None and person.active and person.can_be_rung


def findings(staff: Staff, at: datetime, ahead: timedelta = AHEAD) -> tuple[Finding, ...]:
    """What is wrong from `at` (UTC) on, never before, the earliest first.

    Of one kind about one person and rota, stretches that touch are one finding.
    """
    schedules = {key: final_schedule(rota, at, at + ahead) for key, rota in staff.rotas.items()}
    found = [
        *(one for key, rota in staff.rotas.items() for one in _of_rota(staff, rota, schedules[key])),
        *(one for ladder in staff.ladders for one in _of_ladder(staff, ladder, schedules, at, at + ahead)),
    ]
    return tuple(sorted(_joined(found), key=lambda one: (one.starts_at, list(FindingKind).index(one.kind), one.rota)))


def _of_rota(staff: Staff, rota: Rota, schedule: tuple[Stretch, ...]) -> Iterator[Finding]:
    for part in schedule:
        since, until = part.starts_at, part.ends_at
        if not part.on_call:
            yield Finding(FindingKind.GAP, since, until, f"Nobody is on call in {rota.name}.", rota.key)
        for key in part.on_call:
            yield from _of_person(staff, rota, part, key)
            for absence in staff.absences:
                begins, ends = max(since, absence.starts_at), min(until, absence.ends_at)
                if absence.engineer == key and begins < ends:
                    text = f"{staff.name_of(key)} is on call in {rota.name} and on leave."
                    yield Finding(FindingKind.ON_LEAVE, begins, ends, text, rota.key, key)
    yield from _left_behind(staff, rota, schedule)
    yield from _calendars(rota, schedule)


def _of_person(staff: Staff, rota: Rota, part: Stretch, key: str) -> Iterator[Finding]:
    if staff.is_rung(key):
        return
    kind, what = _why_not(staff, key)
    rest = "" if any(staff.is_rung(other) for other in part.on_call) else ": nobody there can be rung"
    text = f"{staff.name_of(key)} is on call in {rota.name} and {what}{rest}."
    yield Finding(kind, part.starts_at, part.ends_at, text, rota.key, key)


def _why_not(staff: Staff, key: str) -> tuple[FindingKind, str]:
    """Why a page does not ring somebody."""
    person = staff.people.get(key)
    if person is None:
        return FindingKind.INACTIVE, "is gone"
    if not person.active:
        return FindingKind.INACTIVE, "is inactive"
    return FindingKind.NO_PHONE, "has no phone that counts"


def _left_behind(staff: Staff, rota: Rota, schedule: tuple[Stretch, ...]) -> Iterator[Finding]:
    since, until = schedule[0].starts_at, schedule[-1].ends_at
    for override in rota.overrides:
        begins, ends = max(since, override.starts_at), min(until, override.ends_at)
        if override.instead_of and begins < ends and not _shows(override, schedule):
            names = f"{staff.name_of(override.engineer)} replaces {staff.name_of(override.instead_of)}"
            text = f"{names} in {rota.name}, who is not on call then."
            yield Finding(FindingKind.LEFT_BEHIND, begins, ends, text, rota.key, override.engineer)


def _shows(override: Override, schedule: tuple[Stretch, ...]) -> bool:
    """Whether a schedule has anybody for the reason of this override."""
    return any(
        key == override.engineer and reason.instead_of == override.instead_of
        for part in schedule
        if part.starts_at < override.ends_at and override.starts_at < part.ends_at
        for key, reason in zip(part.on_call, part.reasons, strict=True)
    )


def _calendars(rota: Rota, schedule: tuple[Stretch, ...]) -> Iterator[Finding]:
    """A finding for each layer whose calendar fails in a year of the range: nothing else shows that."""
    since, until = schedule[0].starts_at, schedule[-1].ends_at
    for layer in rota.layers:
        if layer.holidays is None:
            continue
        try:
            for year in range(since.year, until.year + 1):
                holidays_of(layer.holidays, year)
        except HolidaysUnknown as error:
            text = f"Layer {layer.name} of {rota.name} is not in force: {error}."
            yield Finding(FindingKind.CALENDAR, since, until, text, rota.key)


def _of_ladder(
    staff: Staff, ladder: Ladder, schedules: Mapping[str, tuple[Stretch, ...]], at: datetime, end: datetime
) -> Iterator[Finding]:
    yield from _named(staff, ladder, at, end)
    for since, until, posts in posts_over(ladder, schedules, at, end):
        yield from _double_booked(staff, ladder, since, until, posts)
        rung = {post.who for post in posts if post.is_phone or staff.is_rung(post.who)}
        if not rung:
            text = f"{ladder.name} can ring nobody."
            yield Finding(FindingKind.NO_ONE, since, until, text, policy=ladder.key)
        elif len(rung) == 1 and not any(post.is_phone for post in posts):
            (who,) = rung
            text = f"{staff.name_of(who)} is all that {ladder.name} can ring."
            yield Finding(FindingKind.ALONE, since, until, text, who=who, policy=ladder.key)


def _named(staff: Staff, ladder: Ladder, at: datetime, end: datetime) -> Iterator[Finding]:
    """Those whom the policy names itself and a page does not ring."""
    for post in ladder.posts:
        if post.who and not post.is_phone and not staff.is_rung(post.who):
            kind, what = _why_not(staff, post.who)
            text = f"{staff.name_of(post.who)} is on level {post.level} of {ladder.name} and {what}."
            yield Finding(kind, at, end, text, who=post.who, policy=ladder.key)


def _double_booked(
    staff: Staff, ladder: Ladder, since: datetime, until: datetime, posts: Iterable[Post]
) -> Iterator[Finding]:
    places: dict[str, list[Post]] = {}
    for post in posts:
        if not post.is_phone:
            places.setdefault(post.who, []).append(post)
    for who, held in places.items():
        if len(held) > 1:
            where = " and ".join(dict.fromkeys(_place(staff, post) for post in held))
            text = f"{staff.name_of(who)} is on {where} of {ladder.name} at once."
            yield Finding(FindingKind.DOUBLE_BOOKED, since, until, text, held[0].rota, who, ladder.key)


def _place(staff: Staff, post: Post) -> str:
    return f"level {post.level}" + (f" ({staff.rotas[post.rota].name})" if post.rota else "")


def _joined(found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings that say the same of stretches that touch, as one."""
    held: dict[tuple[str, ...], Finding] = {}
    for one in sorted(found, key=lambda one: one.starts_at):
        about = (one.kind, one.rota, one.who, one.policy, one.text)
        before = held.get(about)
        if before is not None and before.ends_at >= one.starts_at:
            held[about] = replace(before, ends_at=max(before.ends_at, one.ends_at))
            continue
        if before is not None:
            yield before
        held[about] = one
    yield from held.values()
