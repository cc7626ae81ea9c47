"""What processes cost, as the system counts it: a process and all that it started."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> Iterator[int]:
    """A process and its living descendants."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from family(int(child))


def cpu_seconds(pid: int) -> float:
    """CPU time that a process and its descendants used so far, those that ended included."""
    return _of_family(pid, _ticks) / TICKS_PER_SECOND


def resident_bytes(pid: int) -> int:
    """Memory that a process and its descendants hold, each counted whole: what they share counts in each."""
    return _of_family(pid, _pages) * PAGE_BYTES


def _of_family(pid: int, count: Callable[[int], int]) -> int:
    """The sum over a family; begun anew when one of it ends meanwhile, since its parent then counts for it."""
    while True:
        try:
            return sum(count(one) for one in family(pid))
        except (FileNotFoundError, ProcessLookupError):
            if not Path(f"/proc/{pid}").exists():
                raise


def _pages(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def _ticks(pid: int) -> int:
    """User and system time, of the process and of its children that ended."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(after_name[place]) for place in (11, 12, 13, 14))
