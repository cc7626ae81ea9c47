"""What our callers are told of a post on the status page."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.announcements import Kind
from routing.announcing import faults_of
from routing.screening import Symptom
from routing.status_page import EVERYTHING, Component, Post, announcement_of, spoken_name

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
PLATFORM = Component("platform", "Cloud platform", (), Symptom.PLATFORM)
ITALY = Component("italy", "Voice Italy", ("it",), Symptom.DROPS)
GERMANY = Component("germany", "Voice Germany", ("dach",), Symptom.DROPS)
REST = Component("rest", EVERYTHING, ("es",))
KNOWN = {component.key: component for component in (PLATFORM, ITALY, GERMANY, REST)}


def post(*components: str, name: str = "Portal down") -> Post:
    return Post("i1", Kind.INCIDENT, name, frozenset(components), AT, None)


def told(*components: str) -> tuple[set[str], Symptom | None] | None:
    found = announcement_of(post(*components), KNOWN, AT)
    return (set(found.regions), found.symptom) if found else None


def test_regions_are_those_of_all_its_components_and_the_symptom_is_one_that_all_share() -> None:
    assert told("voice italy ", "Voice Germany") == ({"it", "dach"}, Symptom.DROPS)
    assert told("Voice Italy", "Cloud platform") == (set(), None)
    assert told("Cloud Platform") == (set(), Symptom.PLATFORM)


def test_what_no_component_names_is_the_stars_and_nobodys_without_one() -> None:
    assert told("Blog") == told() == ({"es"}, None)
    assert told("Blog", "Voice Italy") == ({"it", "es"}, None)
    assert announcement_of(post("Blog"), {"platform": PLATFORM}, AT) is None


@given(st.text(max_size=400), st.sampled_from(Kind))
def test_whatever_a_post_is_called_callers_hear_a_short_line(name: str, kind: Kind) -> None:
    found = announcement_of(
        Post("i1", kind, name, frozenset({"Voice Italy"}), AT, AT + timedelta(hours=1)), KNOWN, AT + timedelta(days=1)
    )
    assert found is not None
    assert faults_of(found, ["it"]) == []
    assert "http" not in spoken_name("see https://x.example/a?b now")
