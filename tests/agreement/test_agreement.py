"""Call, page, console, calendars, API and the hours on call name the same people, whatever the rota and the instant."""

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from tests.agreement.cases import Case, cases
from tests.agreement.surfaces import SURFACES, calendar_has, coverage_has_gap, report_of_hours
from tests.agreement.wire import OVER_THE_WIRE, Wire
from tests.schedules import oracle
from tests.schedules.strategies import PEOPLE

pytestmark = pytest.mark.long


@settings(max_examples=1000, derandomize=True, database=None, phases=[Phase.generate])
@given(cases)
def test_f13_every_surface_gives_the_same_people_for_a_thousand_rotas_and_instants(case: Case) -> None:
    expected = oracle.on_call(case.rota, case.at)
    note(f"at {case.at}: {case.rota}")
    assert {name: tell(case) for name, tell in SURFACES.items()} == dict.fromkeys(SURFACES, expected)
    assert report_of_hours(case) == set(expected)
    assert coverage_has_gap(case) == (not expected)
    if case.at.day % 8 == 0:  # a calendar of half a year takes longer than all the rest
        one = PEOPLE[case.at.month % len(PEOPLE)]
        assert calendar_has(case, one) == (one in expected)


@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cases)
def test_f13_so_do_pages_feeds_the_api_and_a_call_over_the_wire(wire: Wire, case: Case) -> None:
    wire.turn_to(case)
    expected = oracle.on_call(case.rota, case.at)
    note(f"at {case.at}: {case.rota}")
    assert {name: tell(wire) for name, tell in OVER_THE_WIRE.items()} == dict.fromkeys(OVER_THE_WIRE, expected)
    for one in {*expected[:1], PEOPLE[case.at.month % len(PEOPLE)]}:
        assert wire.has_shift(one) == (one in expected)
    assert wire.call() == expected[:1]
