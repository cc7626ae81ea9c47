"""Bringing callers' messages in: fetched from the carrier, encrypted, stored, and only then deleted there."""

import structlog

from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.privacy import vault
from ivr.recordings import RecordingFailed, fetched
from ivr.store.messages import RecordingRecord

logger = structlog.get_logger()


def bring_in(house: House) -> int:
    """Bring in the messages that the carrier still has; returns how many left it. Without keys they stay there."""
    if not house.settings.recording_key_list:
        return 0
    with house.engine.connect() as connection:
        waiting = vault.still_at_carrier(connection)
    return sum(_bring_one(house, one) for one in waiting)


def _bring_one(house: House, recording: RecordingRecord) -> bool:
    """One message; what fails is tried again with the next look. Done twice, it is done once."""
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
