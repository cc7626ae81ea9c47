"""A paging worker that counts its SQL statements: those of workflows, and those of its upkeep."""

import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from ivr.cli import main

COUNTS = "BENCH_COUNTS"
"""The environment variable that names the file into which SIGUSR1 has the counts written."""

WORKFLOWS, UPKEEP = "workflows", "upkeep"
counts: Counter[str] = Counter()


def count(*_: Any) -> None:
    """One more statement of this thread's kind."""
    is_workflow = threading.current_thread().name.startswith("dbos-executor")
    counts[WORKFLOWS if is_workflow else UPKEEP] += 1


def tell(_signal: int, _frame: FrameType | None) -> None:
    """Write down the counts so far."""
    path = Path(os.environ[COUNTS])
    written = path.with_suffix(".new")
    written.write_text(f"{counts[WORKFLOWS]} {counts[UPKEEP]}")
    written.rename(path)


if __name__ == "__main__":
    event.listen(Engine, "before_cursor_execute", count)
    signal.signal(signal.SIGUSR1, tell)
    sys.argv = ["nightline", "worker"]
    main()
