"""The vault: callers' messages at rest, encrypted with keys of the environment, of which the first one seals."""

from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from ivr.key_ring import KeyRing
from ivr.settings import Settings
from ivr.store.messages import RecordingRecord
from ivr.store.once import insert_once
from ivr.store.privacy_tables import recording_audio
from ivr.store.tables import recordings

AT_ONCE = 20


class Vault:
    """Seals and opens audio. It is open when the environment has keys; else messages stay at the carrier."""

    def __init__(self, settings: Settings) -> None:
        """The keys may be several: the first one seals, all of them open."""
        self._ring = KeyRing(settings.recording_key_list, "no key of NIGHTLINE_RECORDING_KEYS opens this message")

    @property
    def is_open(self) -> bool:
        """Whether messages are fetched and kept here."""
        return self._ring.has_keys

    def seal(self, audio: bytes) -> str:
        """Audio as it is kept."""
        return self._ring.seal(audio)

    def open(self, sealed: str) -> bytes:
        """Audio as it was. Raises NotOpened."""
        return self._ring.open(sealed)

    def sealed_anew(self, sealed: str) -> str:
        """The same, sealed with the first key. Raises NotOpened."""
        return self.seal(self.open(sealed))


def kept_audio(connection: Connection, settings: Settings, sid: str) -> tuple[bytes, str] | None:
    """A message that is kept here, with its content type; None when it is the carrier's. Raises NotOpened."""
    row = connection.execute(select(recording_audio).where(recording_audio.c.sid == sid)).mappings().first()
    return (Vault(settings).open(row["sealed"]), row["kind"]) if row else None


def still_at_carrier(
    connection: Connection, after: RecordingRecord | None = None, limit: int = AT_ONCE
) -> list[RecordingRecord]:
    """Messages that are not here yet, or that the carrier has still; the oldest first, or the oldest after one."""
    joined = recordings.outerjoin(recording_audio, recording_audio.c.sid == recordings.c.sid)
    at, sid = recordings.c.at, recordings.c.sid
    there = or_(recording_audio.c.sid.is_(None), recording_audio.c.left_carrier_at.is_(None))
    query = select(*recordings.c).select_from(joined).where(there).order_by(at, sid).limit(limit)
    if after is not None:
        query = query.where(or_(at > after.at, and_(at == after.at, sid > after.sid)))
    return [RecordingRecord(**row) for row in connection.execute(query).mappings()]


def seal_all_anew(connection: Connection, settings: Settings) -> int:
    """Seal every message with the first key; returns how many. Raises NotOpened, and then nothing was changed."""
    vault, count = Vault(settings), 0
    for sid in connection.execute(select(recording_audio.c.sid)).scalars().all():
        mine = recording_audio.c.sid == sid
        sealed = connection.execute(select(recording_audio.c.sealed).where(mine)).scalar_one()
        connection.execute(update(recording_audio).where(mine).values(sealed=vault.sealed_anew(sealed)))
        count += 1
    return count


def keep(connection: Connection, values: dict[str, object]) -> bool:
    """Keep a sealed message, once."""
    return insert_once(connection, recording_audio, **values)


def is_kept(connection: Connection, sid: str) -> bool:
    """Whether a message is kept here."""
    return connection.execute(select(recording_audio.c.sid).where(recording_audio.c.sid == sid)).first() is not None


def left_carrier(connection: Connection, sid: str, at: datetime) -> None:
    """The carrier has a message no more."""
    connection.execute(update(recording_audio).where(recording_audio.c.sid == sid).values(left_carrier_at=at))
