"""Futexes: how the kernel finds a thread of the paging worker that sleeps. Each page in flight has one."""

import ctypes
import sys
from collections.abc import Callable

PR_FUTEX_HASH, SET_SLOTS = 78, 1
SLOTS = 4096
"""A power of two; 64 bytes each. For some thousands of pages in flight (docs/performance.md)."""

Prctl = Callable[[int, int, int, int, int], int]


def prctl_of_linux() -> Prctl | None:
    """The C library's prctl; None where there is none."""
    return getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None


def make_room_for_sleepers(prctl: Prctl | None = None) -> bool:
    """Give this process a table of sleeping threads with `SLOTS` slots; returns whether the kernel has such tables.

    Since Linux 6.16 each process has a table of its own, with 16 slots on two cores: whoever wakes one of ten thousand
    threads walks past six hundred of them. Older kernels have one for all, of 256 slots a core.
    https://man7.org/linux/man-pages/man2/pr_futex_hash_set_slots.2const.html
    """
    prctl = prctl or prctl_of_linux()
    return prctl is not None and prctl(PR_FUTEX_HASH, SET_SLOTS, SLOTS, 0, 0) == 0
