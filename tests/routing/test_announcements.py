"""Which announcements the callers of a region hear, and when."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.announcements import MOST_SPOKEN, Announcement, Kind, spoken, symptoms_of
from routing.screening import Symptom

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
OUTAGE = Announcement(Kind.INCIDENT, AT, AT + HOUR, {"en": "The portal is down."}, symptom=Symptom.PLATFORM)


@dataclass(frozen=True)
class Held:
    announcement: Announcement


def heard(*known: Announcement, region: str = "it", at: datetime = AT) -> list[Announcement]:
    return [one.announcement for one in spoken([Held(one) for one in known], region, at)]


def test_an_announcement_is_heard_from_its_beginning_until_just_before_its_end() -> None:
    second = timedelta(seconds=1)
    assert heard(OUTAGE, at=AT) == [OUTAGE]
    assert heard(OUTAGE, at=AT + HOUR - second) == [OUTAGE]
    assert heard(OUTAGE, at=AT - second) == heard(OUTAGE, at=AT + HOUR) == []


def test_one_without_an_end_is_heard_until_somebody_ends_it() -> None:
    endless = replace(OUTAGE, ends_at=None)
    assert heard(endless, at=AT + 1000 * HOUR) == [endless]
    assert not endless.is_over(AT + 1000 * HOUR)


def test_only_the_regions_that_are_named_hear_it_and_all_of_them_when_none_is() -> None:
    german = replace(OUTAGE, regions=frozenset({"dach"}))
    assert heard(german, region="dach") == [german]
    assert heard(german, region="it") == []
    assert heard(OUTAGE, region="whatever") == [OUTAGE]


def test_stale_word_of_a_feed_is_not_heard_any_more() -> None:
    stale = replace(OUTAGE, ends_at=None, good_until=AT + HOUR)
    assert heard(stale, at=AT + HOUR - timedelta(seconds=1)) == [stale]
    assert heard(stale, at=AT + HOUR) == []


def test_incidents_come_before_maintenance_and_the_latest_first() -> None:
    maintenance = Announcement(Kind.MAINTENANCE, AT - HOUR / 4, None, {"en": "Maintenance."})
    older = replace(OUTAGE, starts_at=AT - HOUR)
    assert heard(maintenance, older) == [older, maintenance]
    assert heard(older, maintenance, OUTAGE) == [OUTAGE, older]


def test_one_that_was_taken_back_before_it_began_is_over_and_never_heard() -> None:
    cancelled = replace(OUTAGE, starts_at=AT + HOUR, ends_at=AT + HOUR)
    assert cancelled.is_over(AT)
    assert heard(cancelled, at=AT + HOUR) == []


def test_words_are_in_the_callers_language_where_there_are_any_and_in_english_otherwise() -> None:
    both = replace(OUTAGE, texts={"en": "Down.", "it": "Giù.", "de": ""})
    assert both.text_in("it-IT") == ("Giù.", "it")
    assert both.text_in("de-DE") == both.text_in("en-US") == ("Down.", "en")


def test_who_may_hang_up_informed_is_each_symptom_once() -> None:
    assert symptoms_of([OUTAGE, replace(OUTAGE, symptom=None), OUTAGE]) == (Symptom.PLATFORM,)


instants = st.integers(-100, 100).map(lambda hours: AT + hours * HOUR)
announcements = st.builds(
    Announcement,
    kind=st.sampled_from(Kind),
    starts_at=instants,
    ends_at=st.none() | instants,
    texts=st.just({"en": "Words."}),
    regions=st.frozensets(st.sampled_from(["it", "us"])),
    symptom=st.none() | st.sampled_from(Symptom),
    good_until=st.none() | instants,
)


@given(st.lists(announcements, max_size=6), instants)
def test_nothing_is_heard_that_is_not_in_force_here_and_never_more_than_a_few(
    known: list[Announcement], at: datetime
) -> None:
    found = heard(*known, at=at)
    fit = [one for one in known if one.concerns("it") and one.is_in_force(at)]
    assert len(found) == min(len(fit), MOST_SPOKEN)
    assert all(one in fit and not one.is_over(at) for one in found)
