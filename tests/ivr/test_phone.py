"""The phone's failures as the durable log keeps them."""

import pickle

import pytest

from ivr.paging.phone import PhoneFailed


@pytest.mark.parametrize("permanent", [True, False])
def test_a_refusal_can_be_read_by_the_worker_that_takes_an_escalation_over(permanent: bool) -> None:
    read = pickle.loads(pickle.dumps(PhoneFailed("21211: not a number", permanent)))  # noqa: S301 - our own bytes
    assert (str(read), read.permanent) == ("21211: not a number", permanent)
