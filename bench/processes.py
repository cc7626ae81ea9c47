"""What processes cost, as the system counts it: a process and all that it started."""

import os
from collections.abc import Iterator
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
    return sum(_ticks(one) for one in family(pid)) / TICKS_PER_SECOND


def resident_bytes(pid: int) -> int:
    """Memory that a process and its descendants hold, each counted whole: what they share counts in each."""
    return sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family(pid)) * PAGE_BYTES


def _ticks(pid: int) -> int:
    """User and system time, of the process and of its children that ended."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(after_name[place]) for place in (11, 12, 13, 14))
