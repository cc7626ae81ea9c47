"""Callers' messages at rest: fetched, encrypted, deleted at the carrier, played from here; keys are rotated."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from ivr.cli import nightline
from ivr.house import House
from ivr.key_ring import NotOpened
from ivr.privacy.bring_in import BringingIn
from ivr.privacy.vault import AT_ONCE, kept_audio, seal_all_anew
from ivr.settings import Settings
from ivr.store.messages import find_recording
from ivr.store.privacy_tables import recording_audio
from ivr.voice.media import media_url
from tests.privacy.conftest import Archive

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def with_keys(house: House, *keys: str) -> House:
    return replace(house, settings=house.settings.model_copy(update={"recording_keys": SecretStr(",".join(keys))}))


def bring_in(house: House) -> int:
    return BringingIn(house).look()


def kept(archive: Archive, house: House) -> tuple[bytes, str] | None:
    found: Any = archive.desk.do(lambda connection: kept_audio(connection, house.settings, "RECA1"))
    return found  # type: ignore[no-any-return]


def test_a_message_is_brought_in_encrypted_and_leaves_the_carrier(archive: Archive) -> None:
    archive.call_with_ticket(1)
    assert bring_in(archive.house) == 0
    house = with_keys(archive.house, OLD)
    assert bring_in(house) == 1
    assert archive.carrier.recordings == {}
    assert bring_in(house) == 0
    found = kept(archive, house)
    assert found is not None
    assert (found[0][:4], found[1]) == (b"RIFF", "audio/x-wav")
    (sealed,) = archive.desk.do(lambda c: c.execute(select(recording_audio.c.sealed)).scalars().all())
    assert "RIFF" not in sealed


def test_a_message_that_the_carrier_does_not_give_or_delete_is_tried_again(
    make_archive: Callable[[str], Archive],
) -> None:
    archive = make_archive("sqlite")
    archive.call_with_ticket(1)
    house = with_keys(archive.house, OLD)
    audio = archive.carrier.recordings.pop("RECA1")
    assert (bring_in(house), kept(archive, house)) == (0, None)
    archive.carrier.recordings["RECA1"] = audio
    assert bring_in(house) == 1


def test_messages_that_the_carrier_does_not_give_keep_no_others_out(make_archive: Callable[[str], Archive]) -> None:
    archive = make_archive("sqlite")
    for number in range(AT_ONCE + 1):
        archive.call_with_ticket(1, f"CA{number:02}")
    gone = {sid: archive.carrier.recordings.pop(sid) for sid in sorted(archive.carrier.recordings)[:AT_ONCE]}
    messages = BringingIn(with_keys(archive.house, OLD))
    assert (messages.look(), messages.look()) == (0, 1)
    archive.carrier.recordings |= gone
    assert messages.look() == AT_ONCE


def test_keys_are_rotated_and_a_lost_key_is_told(archive: Archive) -> None:
    archive.call_with_ticket(1)
    bring_in(with_keys(archive.house, OLD))
    lost, both, new = (with_keys(archive.house, *keys) for keys in ((NEW,), (NEW, OLD), (NEW,)))
    with pytest.raises(NotOpened):
        archive.desk.do(lambda connection: seal_all_anew(connection, lost.settings))
    assert archive.desk.do(lambda connection: seal_all_anew(connection, both.settings)) == 1
    assert kept(archive, new) is not None


def test_the_engineer_hears_what_is_kept_here_on_the_phone_and_a_command_saves_it(
    make_archive: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    archive = make_archive("sqlite")
    archive.call_with_ticket(1)
    house = with_keys(archive.house, OLD)
    bring_in(house)
    houses = archive.desk.app.extensions["houses"]
    houses.main = house
    recording = archive.desk.do(lambda connection: find_recording(connection, "RECA1"))
    url = media_url(house.settings, recording, archive.desk.at)
    heard = archive.desk.app.test_client().get(url.removeprefix(house.settings.public_url))
    assert (heard.status_code, heard.content_type, heard.data[:4]) == (200, "audio/x-wav", b"RIFF")
    for name, value in {
        "NIGHTLINE_DATABASE_URL": house.settings.database_url,
        "NIGHTLINE_PUBLIC_URL": house.settings.public_url,
        "TWILIO_ACCOUNT_SID": house.settings.account_sid,
        "TWILIO_AUTH_TOKEN": house.settings.auth_token.get_secret_value(),
        "NIGHTLINE_RECORDING_KEYS": OLD,
    }.items():
        monkeypatch.setenv(name, value)
    saved = CliRunner().invoke(nightline, ["recording", "1042", "--out", str(tmp_path / "message.wav")])
    assert saved.exit_code == 0, saved.output
    assert (tmp_path / "message.wav").read_bytes()[:4] == b"RIFF"
    monkeypatch.setenv("NIGHTLINE_RECORDING_KEYS", f"{NEW},{OLD}")
    assert CliRunner().invoke(nightline, ["privacy", "reseal"]).output.startswith("1 messages")


def test_a_key_that_is_none_is_refused_at_the_start_and_never_printed() -> None:
    base = {"public_url": "https://n.example.com", "account_sid": "AC1", "auth_token": "x"}
    with pytest.raises(ValidationError, match="new-key"):
        Settings.model_validate({**base, "recording_keys": "a-short-one"})
    key = CliRunner().invoke(nightline, ["privacy", "new-key"]).output.strip()
    assert key not in repr(Settings.model_validate({**base, "recording_keys": key}))
