"""Limits: who is refused, and how long a PIN rests after wrong tries."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.configuration import Rules
from routing.pins import rests_until

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(3, 1), (4, 2), (5, 4), (6, 8), (8, 32), (9, 60), (10, 60), (1000, 60)]
)
def test_f33_each_wrong_pin_after_the_third_doubles_the_wait_up_to_an_hour(failures: int, minutes: int) -> None:
    assert rests_until(failures, AT) == AT + timedelta(minutes=minutes)


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_the_first_wrong_pins_cost_no_time(failures: int) -> None:
    assert rests_until(failures, AT) is None


@pytest.mark.parametrize(
    ("caller", "is_partner", "blocked"),
    [
        ("+442079460299", False, True),
        ("+442079460299", True, True),
        ("+441632960001", False, True),
        ("+441632960001", True, False),
        ("+442079460298", False, False),
        ("+44163", False, False),
    ],
)
def test_whole_numbers_and_prefixes_are_blocked_but_a_prefix_never_blocks_a_partner(
    caller: str, is_partner: bool, blocked: bool
) -> None:
    rules = Rules("us", blocked_callers=frozenset({"+442079460299", "+441632*"}))
    assert rules.blocks(caller, is_partner) is blocked


def test_nobody_is_blocked_without_a_list() -> None:
    assert not Rules("us").blocks("+442079460299", is_partner=False)
