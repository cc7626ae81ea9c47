"""PIN tries: how long a number rests after too many wrong ones."""

from datetime import datetime, timedelta

FREE_TRIES = 3
"""A call has three tries; the first wait follows them."""

WITHHELD_FREE = 30
"""Callers who withhold their number are counted together; so many wrong ones of theirs in a day (UTC) come first."""

UNUSUAL = 30
"""So many wrong ones in a day (UTC), of whomever, are told to the managers."""

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)

FORGOTTEN_AFTER = timedelta(days=1)
"""Tries that are older than this count no more."""


def rests_until(failures: int, last_failed_at: datetime, free: int = FREE_TRIES) -> datetime | None:
    """Until when no PIN is looked at: a minute after the third wrong one, twice as long after each further one.

    `failures` is how many wrong tries came in a row, `free` after how many the waits begin; None while there is no
    wait. Instants are UTC.
    """
    over = failures - free
    if over < 0:
        return None
    return last_failed_at + min(FIRST_REST * (1 << min(over, 10)), LONGEST_REST)
