"""The house: where a standby's attempts are counted from."""

from collections.abc import Callable
from datetime import timedelta

from tests.line import NIGHT, Line


def test_two_outages_never_make_the_same_attempt_twice_and_the_database_counts_from_one(
    make_line: Callable[..., Line],
) -> None:
    houses = make_line().houses
    first, second = NIGHT + timedelta(minutes=1), NIGHT + timedelta(minutes=3)
    assert houses.main.attempts_after(NIGHT, first) == 0
    assert 500 <= houses.standby.attempts_after(NIGHT, first) < houses.standby.attempts_after(NIGHT, second)
