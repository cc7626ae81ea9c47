"""Whom a page rings on the nights that an edit touches, before and after it."""

from dataclasses import replace
from datetime import datetime, timedelta

from ivr.configuration.file import read_file
from routing.nights import Nights, nights_of
from schedules.changes import changes
from schedules.overrides import Override
from tests.line import EXAMPLE

KNOWN = read_file(EXAMPLE).configuration
SUNDAY = datetime.fromisoformat("2026-11-29T18:00:00+01:00")


def nights(starts_at: datetime, ends_at: datetime, key: str = "noc") -> tuple[Nights, ...]:
    before = KNOWN.rotas[key]
    after = replace(before, overrides=(*before.overrides, Override("leo", starts_at, ends_at)))
    stretches = changes(before, after, starts_at, ends_at).stretches
    return nights_of(KNOWN, before, after, stretches)


def test_a_night_is_asked_at_three_on_the_rotas_clock() -> None:
    (night,) = nights(SUNDAY, SUNDAY + timedelta(hours=15))
    assert night.first_at == night.last_at == datetime.fromisoformat("2026-11-30T03:00:00+01:00")
    assert night.before == (("Jon Bell",), ("Ada Rossi",), ("Leo Marin",))
    assert night.after == (("Leo Marin",), ("Ada Rossi",), ("Leo Marin",))


def test_hours_without_a_night_are_asked_at_their_beginning() -> None:
    (found,) = nights(SUNDAY, SUNDAY + timedelta(hours=2))
    assert (found.first_at, found.count) == (SUNDAY, 1)


def test_nights_that_follow_each_other_with_the_same_people_are_told_once() -> None:
    found = nights(SUNDAY, SUNDAY + timedelta(days=14))
    assert [night.count for night in found] == [1, 7, 6]
    assert [night.before[0] for night in found] == [("Jon Bell",), ("Ada Rossi",), ("Mia Keller",)]


def test_a_rota_that_no_policy_rings_touches_no_night() -> None:
    unused = replace(KNOWN.rotas["noc"], key="extra")
    after = replace(unused, overrides=(Override("leo", SUNDAY, SUNDAY + timedelta(days=1)),))
    stretches = changes(unused, after, SUNDAY, SUNDAY + timedelta(days=1)).stretches
    assert stretches
    assert nights_of(KNOWN, unused, after, stretches) == ()
