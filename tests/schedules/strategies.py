"""Rotas of every shape, for hypothesis."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from schedules.holidays import HolidayCalendar
from schedules.rota import Earlier, Layer, Override, OverrideKind, Rota, Window
from schedules.rotation import Rotation

ZONES = ("America/New_York", "Europe/Rome", "Europe/Berlin")
PEOPLE = ("mia", "jon", "ada", "leo", "zoe")
CALENDARS = (None, None, HolidayCalendar("DE", "BY", ("public", "catholic")), HolidayCalendar("US"))

instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)
people = st.sampled_from(PEOPLE)
times = st.sampled_from([time(0), time(1, 30), time(2), time(2, 30), time(3), time(9), time(18), time(23, 59)])
windows = st.builds(Window, st.integers(0, 6), times, times, st.sampled_from([None, None, None, 1, 2, 5, -1]))
rotations = st.builds(
    lambda participants, starts_on, handoff, zone, length, weekdays: Rotation(
        tuple(participants), starts_on, handoff, zone, length[0], length[1], tuple(sorted(weekdays))
    ),
    st.lists(st.lists(people, min_size=1, max_size=2, unique=True).map(tuple), max_size=4),
    st.dates(date(2025, 6, 1), date(2026, 12, 31)),
    times,
    st.sampled_from(ZONES),
    st.one_of(st.tuples(st.integers(1, 15), st.just(1)), st.tuples(st.just(1), st.sampled_from([2, 3, 4]))),
    st.one_of(st.just(frozenset[int]()), st.frozensets(st.integers(0, 6))),
)
layers = st.builds(
    Layer,
    st.sampled_from(["days", "nights"]),
    rotations,
    st.integers(-1, 2),
    st.lists(windows, max_size=4).map(tuple),
    st.sampled_from(CALENDARS),
)
overrides = st.builds(
    lambda who, at, hours, by, kind, other: Override(
        who, at, at + timedelta(hours=hours), by, kind, other if kind is OverrideKind.REPLACE and other != who else ""
    ),
    people,
    instants,
    st.sampled_from([1, 12, 100, 3000, 9000]),
    st.sampled_from(["", "Sara"]),
    st.sampled_from(OverrideKind),
    st.sampled_from(["", *PEOPLE]),
)
plain = st.builds(
    lambda layers, overrides: Rota("noc", "NOC", tuple(layers), tuple(overrides)),
    st.lists(layers, max_size=3),
    st.lists(overrides, max_size=8),
)
rotas = st.builds(
    lambda rota, versions: replace(
        rota,
        earlier=tuple(
            Earlier(tuple(layers), until) for until, layers in sorted(versions.items(), key=lambda item: item[0])
        ),
    ),
    plain,
    st.dictionaries(instants, st.lists(layers, max_size=2), max_size=2),
)
