"""Files that only their owner may read: backups, exports and messages of callers."""

import os


def private(path: str, flags: int) -> int:
    """The `opener` of such a file. One that is there already keeps its mode."""
    return os.open(path, flags, 0o600)
