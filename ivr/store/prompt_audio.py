"""Recordings of prompts: kept for good under the name of what is in them, so that an undo finds them again."""

from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.store.once import insert_once
from ivr.store.setup_tables import prompt_audio


@dataclass(frozen=True)
class PromptAudio:
    """`name` is a hash of the bytes with the ending of their kind; `uploaded_at` is UTC."""

    name: str
    seconds: float
    uploaded_at: datetime
    uploaded_by: str


def keep_audio(connection: Connection, audio: PromptAudio, body: bytes) -> None:
    """Store a recording; one that is there already stays as it is."""
    insert_once(connection, prompt_audio, **audio.__dict__, body=b64encode(body).decode())


def find_audio(connection: Connection, name: str) -> PromptAudio | None:
    """A recording without its bytes; None when there is none of this name."""
    columns = [column for column in prompt_audio.c if column.name != "body"]
    row = connection.execute(select(*columns).where(prompt_audio.c.name == name)).mappings().first()
    return PromptAudio(**row) if row else None


def audio_bytes(connection: Connection, name: str) -> bytes | None:
    """What is heard; None when there is none of this name."""
    body = connection.execute(select(prompt_audio.c.body).where(prompt_audio.c.name == name)).scalar_one_or_none()
    return b64decode(body) if body is not None else None


def seconds_by_name(connection: Connection, names: Collection[str]) -> Mapping[str, float]:
    """How long the recordings of these names take; names that are not stored are left out."""
    query = select(prompt_audio.c.name, prompt_audio.c.seconds).where(prompt_audio.c.name.in_(names))
    return {row.name: row.seconds for row in connection.execute(query)} if names else {}
