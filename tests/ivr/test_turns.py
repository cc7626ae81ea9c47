"""How the requests of one process come to SQLite."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ivr.standby.houses import Turns, database_failed


def test_whoever_waits_too_long_for_a_turn_is_told_that_the_database_failed_and_the_next_one_is_not() -> None:
    turns = Turns(waits=0.01)
    with turns, pytest.raises(PoolTimeout) as late, turns:
        pass
    assert database_failed(late.value)
    with turns:
        pass


def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns(waits=0.01)
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        pass
