"""How the kernel finds the threads of a worker that sleep."""

from collections.abc import Callable

import pytest

from ivr.paging.futexes import PR_FUTEX_HASH, SLOTS, make_room_for_sleepers, prctl_of_linux
from tests.line import Line

SET_SLOTS, GET_SLOTS = 1, 2


@pytest.mark.parametrize(("answer", "made"), [(0, True), (-1, False)])
def test_a_kernel_without_such_tables_is_left_as_it_is(answer: int, made: bool) -> None:
    asked = []

    def prctl(*args: int) -> int:
        asked.append(args)
        return answer

    assert make_room_for_sleepers(prctl) is made
    assert asked == [(PR_FUTEX_HASH, SET_SLOTS, SLOTS, 0, 0)]


def test_a_worker_makes_room_where_the_kernel_can(make_line: Callable[..., Line]) -> None:
    prctl = prctl_of_linux() or (lambda *_: -1)
    kernel_can = prctl(PR_FUTEX_HASH, SET_SLOTS, 16, 0, 0) == 0
    make_line()
    assert prctl(PR_FUTEX_HASH, GET_SLOTS, 0, 0, 0) == (SLOTS if kernel_can else -1)
