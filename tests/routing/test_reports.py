"""What reports are reckoned from: availability, ranks, prices."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.availability import Measured, by_month, joined, measured, payable, percent, within, without
from routing.prices import Price, Usage, cost_of, price_at
from routing.ranks import rank

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DAYS = [(date(2026, 11, 1) + DAY * n, START + DAY * n, START + DAY * (n + 1)) for n in range(5)]
END = START + 5 * DAY

minutes = st.integers(0, 5 * 24 * 60 + 60).map(lambda count: START + count * MINUTE)
stretches = st.lists(st.tuples(minutes, minutes).map(lambda two: (min(two), max(two))), max_size=6)


def covered(of: list[tuple[datetime, datetime]]) -> set[int]:
    """The minutes that stretches hold, one by one: the slow way."""
    return {n for start, end in of for n in range((start - START) // MINUTE, (end - START) // MINUTE)}


@given(stretches, stretches, minutes)
def test_availability_is_what_counting_minute_by_minute_finds(
    incidents: list[tuple[datetime, datetime]], maintenance: list[tuple[datetime, datetime]], at: datetime
) -> None:
    down, planned, so_far = covered(incidents), covered(maintenance), set(range((at - START) // MINUTE))
    for number, day in enumerate(measured(DAYS, incidents, maintenance, at)):
        mine = set(range(number * 1440, (number + 1) * 1440)) & so_far
        assert day.promised == len(mine - planned) * MINUTE
        assert day.down == len(mine & down - planned) * MINUTE
        assert day.share is None or 0 <= day.share <= 1


@given(stretches, stretches)
def test_stretches_taken_together_and_apart_hold_the_same_minutes(
    one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]
) -> None:
    assert covered(joined(one)) == covered(one)
    assert covered(without(one, other)) == covered(one) - covered(other)
    assert within(joined(one), START, START + 10 * DAY) == len(covered(one)) * MINUTE


def test_a_day_of_maintenance_alone_promises_nothing_and_spoils_no_month() -> None:
    found = measured(DAYS, [(START, START + DAY)], [(START, START + DAY)], END)
    assert (found[0].share, found[1].share) == (None, 1)
    assert [payable(month.share) for month in by_month(found)] == [100]


@pytest.mark.parametrize(
    ("share", "due"),
    [
        ("1", 100),
        ("0.999", 100),
        ("0.99899999", 90),
        ("0.98", 90),
        ("0.979999", 75),
        ("0.95", 75),
        ("0.949999", 50),
        ("0.9", 50),
        ("0.899999", 0),
        ("0", 0),
    ],
)
def test_the_payable_share_is_that_of_the_contract_at_each_bound(share: str, due: int) -> None:
    assert payable(Fraction(share)) == due


def test_availability_is_shown_rounded_down() -> None:
    assert percent(Fraction("0.99899999")) == "99.899"
    assert percent(Fraction(1)) == "100.000"
    assert percent(Fraction("0.0000499")) == "0.004"


@given(st.lists(st.tuples(st.integers(0, 59), st.integers(0, 1440)), min_size=1, max_size=30))
def test_a_month_is_the_sum_of_its_days(down: list[tuple[int, int]]) -> None:
    first = date(2026, 10, 20)
    days = [Measured(first + DAY * n, DAY, MINUTE * lost) for n, (_, lost) in enumerate(down)]
    months = by_month(days)
    assert sum((month.down for month in months), timedelta(0)) == sum((day.down for day in days), timedelta(0))
    assert [month.on.day for month in months] == [1] * len(months)


@given(st.integers(1, 100), st.integers(1, 10_000))
def test_a_rank_has_so_many_percent_at_or_below_it_and_fewer_before(percent_: int, count: int) -> None:
    place = rank(percent_, count)
    assert 1 <= place <= count
    assert place * 100 >= percent_ * count
    assert (place - 1) * 100 < percent_ * count


def test_ranks_of_nothing_one_and_ten() -> None:
    assert (rank(50, 0), rank(50, 1), rank(50, 10), rank(90, 10), rank(100, 10)) == (0, 1, 5, 9, 10)


def price(from_on: date, region: str = "", minute: str = "0.01") -> Price:
    return Price(f"{from_on}{region}", from_on, "EUR", Decimal(minute), Decimal("0.05"), Decimal("0.08"), region)


OLD, NEW, ITALIAN = price(date(2026, 1, 1)), price(date(2026, 7, 1)), price(date(2026, 3, 1), "it")


def test_the_price_is_the_latest_that_has_begun_and_a_regions_own_goes_first() -> None:
    prices = [NEW, ITALIAN, OLD]
    assert price_at(prices, "us", date(2025, 12, 31)) is None
    assert price_at(prices, "us", date(2026, 6, 30)) == OLD
    assert price_at(prices, "us", date(2026, 7, 1)) == NEW
    assert price_at(prices, "it", date(2026, 2, 28)) == OLD
    assert price_at(prices, "it", date(2026, 7, 1)) == ITALIAN


counts = st.integers(0, 10_000)
usages = st.builds(Usage, counts, counts, counts, counts)


@given(usages, usages)
def test_costs_of_parts_are_the_cost_of_the_whole_to_the_last_place(one: Usage, other: Usage) -> None:
    assert cost_of(one, OLD) + cost_of(other, OLD) == cost_of(one + other, OLD)
    assert cost_of(Usage(1, 2, 3, 4), OLD) == Decimal("0.49")
