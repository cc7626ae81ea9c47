"""Coverage: gaps, and people who would not answer, found before anybody calls."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings

from schedules.coverage import AHEAD, Finding, FindingKind, Person, Staff, findings
from schedules.holidays import HolidayCalendar
from schedules.leave import Absence, absent_at, covered_by, taken_off
from schedules.levels import Ladder, Post
from schedules.rota import Layer, Override, OverrideKind, Rota, Window, gaps, who_is_on_call
from schedules.rotation import Rotation
from schedules.wallclock import to_utc
from tests.schedules.strategies import PEOPLE, instants, rotas

T0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""A Monday at 09:00 in Rome: a handoff."""
DAY = timedelta(days=1)
NAMES = {"mia": Person("mia", "Mia"), "jon": Person("jon", "Jon"), "ada": Person("ada", "Ada")}


def rota(key: str, *people: str) -> Rota:
    participants = tuple((person,) for person in people)
    rotation = Rotation(participants, date(2026, 11, 23), time(9), "Europe/Rome", 7)
    return Rota(key, key.upper(), (Layer("weekly", rotation),))


def staff(*found: Rota, posts: tuple[Post, ...] = (), absences: tuple[Absence, ...] = (), **people: Person) -> Staff:
    ladders = (Ladder("noc", "Night", posts),) if posts else ()
    return Staff({one.key: one for one in found}, {**NAMES, **people}, ladders, absences)


def told(found: Staff, kind: FindingKind, at: datetime = T0) -> list[tuple[datetime, datetime, str]]:
    return [(one.starts_at, one.ends_at, one.text) for one in findings(found, at) if one.kind is kind]


def test_a_rota_with_everybody_in_their_place_has_no_findings() -> None:
    posts = (Post(1, rota="noc"), Post(2, rota="backup"))
    assert findings(staff(rota("noc", "mia", "jon"), rota("backup", "jon", "mia"), posts=posts), T0) == ()


def test_f16_gaps_are_looked_for_over_thirteen_weeks_from_now_on_and_never_before() -> None:
    assert timedelta(weeks=13) == AHEAD
    removed = Override("mia", T0 - 5 * DAY, T0 + DAY, "", OverrideKind.REMOVE)
    last = Override("mia", T0 + AHEAD - DAY, T0 + AHEAD + DAY, "", OverrideKind.REMOVE)
    found = staff(replace(rota("noc", "mia"), overrides=(removed, last)))
    assert told(found, FindingKind.GAP) == [
        (T0, T0 + DAY, "Nobody is on call in NOC."),
        (T0 + AHEAD - DAY, T0 + AHEAD, "Nobody is on call in NOC."),
    ]


def test_f16_a_gap_of_every_sunday_has_the_bounds_of_the_rotas_clock() -> None:
    only = tuple(Window(day, time(0), time(0)) for day in range(6))
    base = rota("noc", "mia")
    found = staff(replace(base, layers=(replace(base.layers[0], only=only),)))
    sundays = [(since, until) for since, until, _ in told(found, FindingKind.GAP)]
    expected = [datetime(2026, 11, 29) + 7 * DAY * week for week in range(13)]
    assert sundays == [(to_utc(on, "Europe/Rome"), to_utc(on + DAY, "Europe/Rome")) for on in expected]


def test_leave_is_shown_where_it_meets_a_shift_and_one_override_covers_it() -> None:
    absence = Absence("jon", T0 + 5 * DAY, T0 + 10 * DAY, "holiday", "jon")
    base = rota("noc", "mia", "jon")
    found = staff(base, absences=(absence,))
    assert told(found, FindingKind.ON_LEAVE) == [(T0 + 7 * DAY, T0 + 10 * DAY, "Jon is on call in NOC and on leave.")]
    assert who_is_on_call(base, T0 + 8 * DAY)[0].engineer == "jon"
    covered = replace(base, overrides=(covered_by(absence, "ada", "Sara"),))
    assert findings(staff(covered, absences=(absence,)), T0) == ()
    assert who_is_on_call(covered, T0 + 8 * DAY)[0].engineer == "ada"
    empty = replace(base, overrides=(taken_off(absence, "Sara"),))
    assert gaps(empty, T0, T0 + 14 * DAY) == ((T0 + 7 * DAY, T0 + 10 * DAY),)


def test_leave_is_half_open() -> None:
    absence = Absence("jon", T0, T0 + DAY)
    at = (T0 - timedelta(microseconds=1), T0, T0 + DAY)
    assert [absent_at([absence], moment) for moment in at] == [frozenset(), {"jon"}, frozenset()]


@pytest.mark.parametrize(
    ("person", "kind", "text"),
    [
        (Person("jon", "Jon", can_be_rung=False), FindingKind.NO_PHONE, "has no phone that counts"),
        (Person("jon", "Jon", active=False), FindingKind.INACTIVE, "is inactive"),
        (Person("jon", "Jon", can_be_rung=False, active=False), FindingKind.INACTIVE, "is inactive"),
    ],
)
def test_somebody_whom_no_page_would_ring_is_named_for_each_shift(person: Person, kind: FindingKind, text: str) -> None:
    found = told(staff(rota("noc", "mia", "jon"), jon=person), kind)
    assert len(found) == 6
    week = timedelta(weeks=1)
    assert found[0] == (T0 + week, T0 + 2 * week, f"Jon is on call in NOC and {text}: nobody there can be rung.")


def test_f15_somebody_who_is_gone_leaves_no_silent_gap() -> None:
    found = findings(staff(rota("noc", "eva")), T0)
    assert [(one.kind, one.who, one.starts_at, one.ends_at) for one in found] == [
        (FindingKind.INACTIVE, "eva", T0, T0 + AHEAD)
    ]
    assert found[0].text == "eva is on call in NOC and is gone: nobody there can be rung."


def test_beside_somebody_who_can_be_rung_it_is_not_said_that_nobody_can() -> None:
    base = rota("noc", "mia")
    shared = replace(base, overrides=(Override("eva", T0, T0 + DAY, "", OverrideKind.ADD),))
    assert [text for _, _, text in told(staff(shared), FindingKind.INACTIVE)] == ["eva is on call in NOC and is gone."]


def test_somebody_at_two_places_of_one_policy_at_once_is_double_booked_for_as_long_as_that_is() -> None:
    both = (rota("noc", "mia", "jon"), rota("backup", "jon", "jon", "ada"))
    found = staff(*both, posts=(Post(1, rota="noc"), Post(2, rota="backup")))
    week = timedelta(weeks=1)
    spans = told(found, FindingKind.DOUBLE_BOOKED)
    assert spans[0] == (T0 + week, T0 + 2 * week, "Jon is on level 1 (NOC) and level 2 (BACKUP) of Night at once.")
    assert [(since - T0) // week for since, _, _ in spans] == [1, 3, 7, 9]


def test_somebody_whom_the_policy_names_and_a_rota_has_is_double_booked_and_other_policies_do_not_count() -> None:
    posts = (Post(1, rota="noc"), Post(3, who="mia"))
    found = staff(rota("noc", "mia"), posts=posts)
    assert [text for _, _, text in told(found, FindingKind.DOUBLE_BOOKED)] == [
        "Mia is on level 1 (NOC) and level 3 of Night at once."
    ]
    apart = replace(found, ladders=(Ladder("a", "A", posts[:1]), Ladder("b", "B", posts[1:])))
    assert told(apart, FindingKind.DOUBLE_BOOKED) == []


def test_alone_is_one_person_over_all_levels_of_a_policy_who_can_be_rung() -> None:
    posts = (Post(1, rota="noc"), Post(2, rota="backup"))
    rotas_ = (rota("noc", "mia"), rota("backup", "jon"))
    no_phone = Person("jon", "Jon", can_be_rung=False)
    assert told(staff(*rotas_, posts=posts), FindingKind.ALONE) == []
    alone = (T0, T0 + AHEAD, "Mia is all that Night can ring.")
    assert told(staff(*rotas_, posts=posts, jon=no_phone), FindingKind.ALONE) == [alone]
    assert told(staff(rotas_[0], posts=posts[:1]), FindingKind.ALONE) == [alone]
    assert told(staff(rotas_[0], posts=(posts[0], Post(2, who="mia"))), FindingKind.ALONE) == [alone]
    phone = Post(2, who="+12125550199", is_phone=True)
    assert told(staff(rotas_[0], posts=(posts[0], phone)), FindingKind.ALONE) == []


def test_a_policy_that_can_ring_nobody_is_told_apart_from_a_gap_in_one_rota() -> None:
    posts = (Post(1, rota="noc"), Post(2, who="jon"))
    empty = rota("noc")
    covered = staff(empty, posts=posts)
    assert told(covered, FindingKind.NO_ONE) == []
    assert told(covered, FindingKind.GAP) == [(T0, T0 + AHEAD, "Nobody is on call in NOC.")]
    nobody = staff(empty, posts=posts, jon=Person("jon", "Jon", active=False))
    assert told(nobody, FindingKind.NO_ONE) == [(T0, T0 + AHEAD, "Night can ring nobody.")]
    assert told(nobody, FindingKind.INACTIVE) == [(T0, T0 + AHEAD, "Jon is on level 2 of Night and is inactive.")]


def test_f13_a_swap_that_was_left_behind_by_a_shift_that_moved_is_shown() -> None:
    swap = Override("jon", T0 + DAY, T0 + 2 * DAY, "Sara", OverrideKind.REPLACE, "ada")
    found = staff(replace(rota("noc", "mia"), overrides=(swap,)))
    assert told(found, FindingKind.LEFT_BEHIND) == [
        (T0 + DAY, T0 + 2 * DAY, "Jon replaces Ada in NOC, who is not on call then.")
    ]
    works = replace(swap, instead_of="mia")
    assert findings(staff(replace(rota("noc", "mia"), overrides=(works,))), T0) == ()
    over = replace(swap, starts_at=T0 - 2 * DAY, ends_at=T0 - DAY)
    assert findings(staff(replace(rota("noc", "mia"), overrides=(over,))), T0) == ()


def test_f11_a_calendar_that_does_not_answer_is_shown() -> None:
    base = rota("noc", "mia")
    layer = Layer("holidays", base.layers[0].rotation, 5, holidays=HolidayCalendar("XX"))
    ((_, _, text),) = told(staff(replace(base, layers=(*base.layers, layer))), FindingKind.CALENDAR)
    assert text.startswith("Layer holidays of NOC is not in force: no holidays are known for XX")


@given(rotas, instants)
@settings(max_examples=30)
def test_gaps_and_the_people_named_are_what_the_resolver_says(rota_: Rota, at: datetime) -> None:
    people = {key: Person(key, key.title(), active=key != "zoe") for key in PEOPLE}
    found = findings(Staff({"noc": rota_}, people), at)
    assert [(one.starts_at, one.ends_at) for one in found if one.kind is FindingKind.GAP] == list(
        gaps(rota_, at, at + AHEAD)
    )
    assert all(at <= one.starts_at < one.ends_at <= at + AHEAD for one in found)
    assert list(found) == sorted(found, key=lambda one: one.starts_at)
    for one in found:
        if one.kind is FindingKind.INACTIVE:
            for moment in (one.starts_at, one.ends_at - timedelta(microseconds=1)):
                assert "zoe" in {person.engineer for person in who_is_on_call(rota_, moment)}
            assert not is_inactive_at(found, one.ends_at)


def is_inactive_at(found: tuple[Finding, ...], at: datetime) -> bool:
    """Whether another finding with the same words begins there: then the two should have been one."""
    same = [one for one in found if one.kind is FindingKind.INACTIVE and one.starts_at == at]
    ended = {one.text for one in found if one.ends_at == at}
    return any(one.text in ended for one in same)
