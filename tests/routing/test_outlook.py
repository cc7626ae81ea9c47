"""The outlook: it names those whom a page would ring, and says when that changes."""

from datetime import UTC, datetime, timedelta

from ivr.configuration.file import read_file
from routing.configuration import Configuration
from routing.outlook import outlook
from tests.line import EXAMPLE

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)


def known() -> Configuration:
    return read_file(EXAMPLE).configuration


def test_at_every_hour_of_six_weeks_it_names_whom_a_page_would_ring() -> None:
    found = known()
    policy = found.policies["noc"]
    for hours in range(0, 24 * 42, 5):
        at = BEGIN + timedelta(hours=hours)
        told = [tuple(turn.candidate for turn in step.people) for step in outlook(found, policy, at).steps]
        assert told == [line.candidates for line in found.people_at(policy, at)]


def test_until_a_level_changes_it_has_the_same_people_and_then_those_it_named() -> None:
    found = known()
    policy, at = found.policies["noc"], BEGIN
    for _ in range(8):
        for number, step in enumerate(outlook(found, policy, at).steps):
            if step.next is None:
                continue
            just_before = found.people_at(policy, step.next.at - timedelta(microseconds=1))[number]
            assert [one.person for one in just_before.candidates] == [turn.candidate.person for turn in step.people]
            assert step.next.people == found.people_at(policy, step.next.at)[number].candidates
        at += timedelta(days=5)


def test_whom_nobody_can_ring_is_named_apart() -> None:
    found = known()
    quiet = {key: one if key != "jon" else type(one)("jon", "Jon Bell") for key, one in found.engineers.items()}
    without = Configuration(found.rules, found.regions, quiet, found.rotas, found.policies)
    first = outlook(without, without.policies["noc"], BEGIN + timedelta(days=7)).steps[0]
    assert (first.people, first.silent) == ((), ("jon",))
