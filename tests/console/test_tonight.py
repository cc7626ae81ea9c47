"""Tonight: who is called now, what needs a look, and who is on the line."""

from collections.abc import Callable

import pytest

from tests.console.desk import Desk
from tests.console.night import Night, busy_night


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


def test_look(night: Night, served: Desk, assert_looks_good: Callable[..., None]) -> None:
    t = busy_night(night)
    assert_looks_good("/console/tonight", "tonight", role="engineer")
    assert_looks_good(f"/console/tickets/{t.number}", "ticket", role="engineer")
    assert_looks_good("/console/tickets", "tickets", role="engineer")
    assert_looks_good("/console/calls", "calls", role="engineer")
    assert_looks_good("/console/calls/CA-hold", "call", role="engineer")
    assert_looks_good("/console/my-on-call", "my-on-call", role="engineer")
