"""Bringing callers' messages in: fetched from the carrier, encrypted, stored, and only then deleted there."""

import structlog

from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.privacy import vault
from ivr.recordings import RecordingFailed, fetched
from ivr.store.messages import RecordingRecord

logger = structlog.get_logger()


class BringingIn:
    """Looks for messages, a few at a time: those that stay behind have their next turn after all others."""

    def __init__(self, house: House) -> None:
        """Begins with the oldest."""
        self._house = house
        self._after: RecordingRecord | None = None

    def look(self) -> int:
        """Bring in messages that the carrier still has; returns how many left it. Without keys they stay there."""
        if not self._house.settings.recording_key_list:
            return 0
        with self._house.engine.connect() as connection:
            waiting = vault.still_at_carrier(connection, self._after)
        self._after = waiting[-1] if len(waiting) == vault.AT_ONCE else None
        return sum(_bring_one(self._house, one) for one in waiting)


def _bring_one(house: House, recording: RecordingRecord) -> bool:
    """One message; what fails is tried again in its next turn. Done twice, it is done once."""
    try:
        with house.engine.connect() as connection:
            is_here = vault.is_kept(connection, recording.sid)
        if not is_here:
            _keep(house, recording)
        Phone(house.settings).delete_recording(recording.sid)
    except (RecordingFailed, PhoneFailed, OSError) as failure:
        logger.warning("a recording could not be brought in", recording=recording.sid, why=str(failure))
        return False
    with house.engine.begin() as connection:
        vault.left_carrier(connection, recording.sid, house.clock())
    return True


def _keep(house: House, recording: RecordingRecord) -> None:
    content, kind = fetched(house.settings, recording.url)
    sealed = vault.Vault(house.settings).seal(content)
    with house.engine.begin() as connection:
        vault.keep(connection, {"sid": recording.sid, "kind": kind, "sealed": sealed, "at": house.clock()})
