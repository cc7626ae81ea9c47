"""The rounds of the worker's sweeper: a job that breaks keeps no other from being done."""

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from ivr.paging.rounds import tend


def breaking(error: Exception) -> object:
    raise error


@pytest.mark.parametrize("error", [ValueError("a row"), IntegrityError("insert", {}, Exception("twice"))])
def test_a_job_that_breaks_keeps_no_other_from_being_done(error: Exception) -> None:
    done: list[str] = []
    tend([lambda: done.append("sweep"), lambda: breaking(error), lambda: done.append("revive")])
    assert done == ["sweep", "revive"]


def test_while_the_database_is_away_no_job_waits_for_it_after_another() -> None:
    done: list[str] = []
    with pytest.raises(OperationalError):
        tend([lambda: breaking(OperationalError("select", {}, Exception("away"))), lambda: done.append("revive")])
    assert done == []
