"""Publishing the fallback documents: to a folder, to a bucket, by the command and by the keeper."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from structlog.testing import capture_logs

from ivr.cli import nightline
from ivr.commands.run import fallback_keeper
from ivr.configuration.apply import apply_file
from ivr.fallback.folder import Folder
from ivr.fallback.keeper import LOOKS_UNTIL_ANEW, FallbackKeeper
from ivr.fallback.places import NotPublished
from ivr.fallback.publish import place_of
from ivr.house import House, build_house
from ivr.settings import BadSettings, FallbackSettings, Settings, read_fallback_settings
from ivr.store.engine import connect
from ivr.store.migrate import migrate
from tests.hosts import S3, serving, wait_until
from tests.line import ADA, EXAMPLE, JON, NIGHT, PUBLIC_URL

AT = ["--at", NIGHT.isoformat()]
KEYS = {"NIGHTLINE_FALLBACK_S3_ACCESS_KEY": "writer", "NIGHTLINE_FALLBACK_S3_SECRET_KEY": "s3-secret"}
FILES = 27
"""Whisper, connect, schedule, and six regions with two documents now and two after the handoff."""


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NIGHT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A configured database, and no worker."""
    for name in [name for name in os.environ if name.startswith("NIGHTLINE_FALLBACK")]:
        monkeypatch.delenv(name)
    url = f"sqlite:///{tmp_path}/nightline.db"
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", url)
    given = {"database_url": url, "public_url": PUBLIC_URL, "account_sid": "AC1", "auth_token": "token"}
    house = build_house(Settings.model_validate(given), connect(url), Time())
    migrate(house.engine)
    with house.engine.begin() as connection:
        apply_file(connection, EXAMPLE)
    yield house
    house.engine.dispose()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, house: House) -> Iterator[S3]:
    """A bucket's service on loopback, named in the environment."""
    server = S3()
    for name, value in {**KEYS, "NIGHTLINE_FALLBACK_S3_ENDPOINT": server.url}.items():
        monkeypatch.setenv(name, value)
    with serving(server):
        yield server


def run(*words: str) -> Result:
    """`nightline fallback` as somebody types it; what it says is in `output`."""
    return CliRunner().invoke(nightline, ["fallback", *words])


def pass_time(house: House, by: timedelta) -> None:
    assert isinstance(house.clock, Time)
    house.clock.at += by


def test_the_command_writes_every_document_and_says_whom_each_rings(house: House, tmp_path: Path) -> None:
    done = run(str(tmp_path / "out"), *AT)
    assert (done.exit_code, len(list((tmp_path / "out").iterdir()))) == (0, FILES)
    assert f"it.xml  Italy (+3904611715112) rings {JON}" in done.output
    assert "changes Mon 2026-11-30 09:00 CET" in done.output


def test_the_documents_can_be_read_by_a_web_server_of_another_user(house: House, tmp_path: Path) -> None:
    run(str(tmp_path / "out"), *AT)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o644}


def test_a_folder_that_a_service_with_a_strict_umask_makes_is_open_to_the_web_server(tmp_path: Path) -> None:
    before = os.umask(0o077)  # as the units of deploy/systemd have it
    try:
        Folder(tmp_path / "www" / "x7Kq2").write("it.xml", "<Response/>")
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("www", "www/x7Kq2")] == [0o755, 0o755]
    assert (tmp_path / "www" / "x7Kq2" / "it.xml").stat().st_mode & 0o777 == 0o644


def test_the_command_renders_for_another_instant_and_for_one_region(house: House, tmp_path: Path) -> None:
    assert run(str(tmp_path), "--at", "2026-11-30T09:00+01:00", "--days", "0", "--region", "it").exit_code == 0
    assert ADA in (tmp_path / "it.dial.xml").read_text().split("</Number>")[0]
    assert sorted(path.name for path in tmp_path.glob("*.xml")) == [
        "all.connect.xml",
        "all.whisper.xml",
        "it.dial.xml",
        "it.xml",
    ]


def test_a_region_that_can_ring_nobody_is_warned_of(house: House, tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace('participants = ["mia", "jon", "ada"]', "participants = []")
    text = text.replace('participants = ["jon", "ada", "mia"]', "participants = []").replace("manager = true", "")
    text = text.replace('["engineer:leo"]', '["rota:noc-backup"]')
    (tmp_path / "empty.toml").write_text(text)
    with house.engine.begin() as connection:
        apply_file(connection, tmp_path / "empty.toml", at=datetime(2026, 11, 27, tzinfo=UTC))
    assert "warning: from Sat 2026-11-28 03:00 CET on Italy can ring nobody" in run(str(tmp_path), *AT).output


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["{}", "--region", "xx"], 2, "There is no region xx. There are: us, uk, it"),
        (["{}", "--at", "tomorrow"], 2, "Write it with its offset"),
        (["{}", "--at", "2026-11-28T03:00"], 2, "Write it with its offset"),
        (["{}/file/in-a-file"], 1, "cannot be written"),
    ],
)
def test_what_cannot_work_is_said_with_what_to_do(
    house: House, tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    (tmp_path / "file").write_text("")
    done = run(*(word.format(tmp_path) for word in words))
    assert (done.exit_code, said in done.output) == (status, True)


@pytest.mark.parametrize(("words", "said"), [([], "Say where"), (["s3://calls/x"], "set both")])
def test_what_is_missing_in_the_environment_is_named(house: House, words: list[str], said: str) -> None:
    refused = run(*words).exception
    assert isinstance(refused, BadSettings)
    assert said in str(refused)


@pytest.mark.parametrize("where", ["ftp://host/x", "s3://a", "s3://Upper/x", "s3://calls/a b", "s3:/calls"])
def test_an_address_that_is_no_place_is_refused_with_how_one_is_written(where: str) -> None:
    with pytest.raises(BadSettings, match="s3://bucket/prefix"):
        place_of(where, FallbackSettings.model_validate({}))


@pytest.mark.parametrize("url", ["http://s3.example.com", "s3.example.com", "https://s3.example.com/bucket"])
def test_an_endpoint_must_be_encrypted_and_without_a_path(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("NIGHTLINE_FALLBACK_S3_ENDPOINT", url)
    with pytest.raises(BadSettings, match=r"NIGHTLINE_FALLBACK_S3_ENDPOINT must .*https://"):
        read_fallback_settings()


def test_the_command_puts_every_document_into_the_bucket_signed_and_as_xml(s3: S3) -> None:
    assert run("s3://calls/x7Kq2", *AT).exit_code == 0
    assert len(s3.objects) == FILES
    assert s3.objects["/calls/x7Kq2/it.xml"].startswith("<?xml")
    assert JON in s3.objects["/calls/x7Kq2/it.dial.xml"]
    sent = s3.headers["/calls/x7Kq2/it.xml"]
    assert (sent["content-type"], sent["cache-control"]) == ("text/xml", "no-cache")
    assert sent["authorization"].startswith("AWS4-HMAC-SHA256 Credential=writer/")
    assert "s3-secret" not in str(s3.headers)


def test_a_refused_upload_is_reported_and_says_what_to_check(s3: S3) -> None:
    s3.refuses = True
    done = run("s3://calls/x7Kq2", *AT)
    assert done.exit_code == 1
    assert "AccessDenied" in done.output
    assert "Check the bucket" in done.output


def test_a_service_that_cannot_be_reached_is_reported(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLINE_FALLBACK_S3_ENDPOINT", "http://127.0.0.1:1")
    done = run("s3://calls/x7Kq2", *AT)
    assert (done.exit_code, "Check NIGHTLINE_FALLBACK_S3_ENDPOINT" in done.output) == (1, True)


def test_the_keeper_writes_only_what_changed_and_follows_a_handoff(house: House, tmp_path: Path) -> None:
    keeper = FallbackKeeper(house, Folder(tmp_path / "out"))
    assert len(keeper.look()) == FILES
    pass_time(house, timedelta(minutes=1))
    assert keeper.look() == []
    pass_time(house, timedelta(days=2, hours=8))
    assert "it.dial.xml" in keeper.look()
    assert ADA in (tmp_path / "out" / "it.dial.xml").read_text().split("</Number>")[0]


def test_the_keeper_follows_a_new_configuration(house: House, tmp_path: Path) -> None:
    keeper = FallbackKeeper(house, Folder(tmp_path / "out"))
    keeper.look()
    changed = tmp_path / "changed.toml"
    changed.write_text(EXAMPLE.read_text().replace('"+44 7700 900 120"', '"+44 7700 900 121"'))
    with house.engine.begin() as connection:
        apply_file(connection, changed)
    assert "it.dial.xml" in keeper.look()
    assert "+447700900121" in (tmp_path / "out" / "it.dial.xml").read_text()


def test_what_the_place_lost_is_there_again_within_the_hour(house: House, tmp_path: Path) -> None:
    keeper = FallbackKeeper(house, Folder(tmp_path / "out"))
    keeper.look()
    (tmp_path / "out" / "it.xml").unlink()
    for _ in range(LOOKS_UNTIL_ANEW):
        keeper.look()
    assert (tmp_path / "out" / "it.xml").exists()


def test_a_failed_publication_is_tried_again_and_goes_on_where_it_stopped(s3: S3, house: House) -> None:
    keeper = FallbackKeeper(house, place_of("s3://calls/x7Kq2", read_fallback_settings()))
    s3.refuses = True
    with pytest.raises(NotPublished):
        keeper.look()
    s3.refuses = False
    assert len(keeper.look()) == FILES
    assert keeper.look() == []
    assert len(s3.puts) == FILES


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_documents_whose_time_is_long_over_are_taken_away_and_nothing_else(
    house: House, s3: S3, tmp_path: Path, kind: str
) -> None:
    where = str(tmp_path / "out") if kind == "folder" else "s3://calls/x7Kq2"
    place = place_of(where, read_fallback_settings())
    for name in ("own.xml", "it.2026-11-27T010000Z.dial.xml", "it.2026-11-27T010000Z.xml", "it.2026-11-27T030000Z.xml"):
        place.write(name, "")
    FallbackKeeper(house, place).look()
    left = set(place.names())
    assert {"own.xml", "it.xml", "it.2026-11-27T030000Z.xml"} <= left
    assert len(left) == FILES + 2


def test_keys_that_may_only_write_still_publish(house: House, tmp_path: Path) -> None:
    class OnlyWrites(Folder):
        def names(self) -> list[str]:
            raise NotPublished("no right to list")

    assert len(FallbackKeeper(house, OnlyWrites(tmp_path)).look()) == FILES


def test_the_keepers_thread_survives_a_place_that_fails_and_publishes_when_it_can(house: House, tmp_path: Path) -> None:
    class FailsAtFirst(Folder):
        failures = 0

        def write(self, name: str, text: str) -> None:
            if self.failures < 3:
                self.failures += 1
                raise NotPublished("not now")
            super().write(name, text)

    place = FailsAtFirst(tmp_path / "out")
    keeper = FallbackKeeper(house, place, seconds=0.02)
    keeper.start()
    wait_until((tmp_path / "out" / "schedule.txt").exists)
    keeper.stop()
    assert place.failures == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"fallback": "ftp://acme/x7Kq2"},
        {"fallback": "s3://acme-fallback/x7Kq2"},
        {"fallback": "s3://acme-fallback", "fallback_s3_access_key": "a", "fallback_s3_secret_key": SecretStr("b")}
        | {"fallback_s3_region": "no region"},
    ],
    ids=["no place", "no keys", "no region"],
)
def test_a_worker_whose_place_for_documents_is_wrong_pages_all_the_same(house: House, wrong: dict[str, Any]) -> None:
    with capture_logs() as logged:
        assert fallback_keeper(replace(house, settings=house.settings.model_copy(update=wrong))) is None
    assert [one["log_level"] for one in logged] == ["error"]
    assert fallback_keeper(replace(house, settings=house.settings.model_copy(update={"fallback": "/srv/www"})))
