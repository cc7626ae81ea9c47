"""The status page is read into announcements; whatever goes wrong there, callers hear nothing that is not so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr.configuration.apply import apply_file
from ivr.house import build_house
from ivr.operations.doctor import database, status_page_findings
from ivr.operations.findings import Level
from ivr.settings import BadSettings, Settings, read_settings
from ivr.status_page import fetching
from ivr.status_page.keeper import StatusPageKeeper
from ivr.status_page.reading import is_stale, read_status_page
from ivr.store.announcements import Entry, announcements_from, end_announcement
from ivr.store.audit import Author
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.engine import connect
from ivr.store.feed_state import FeedState, find_feed_state
from routing.announcements import Kind, spoken
from routing.screening import Symptom
from routing.status_page import Component
from tests.databases import Templates
from tests.line import EXAMPLE, NIGHT
from tests.status_page.standin import StatusPage, incident, maintenance

MINUTE = timedelta(minutes=1)


@pytest.fixture
def page() -> Iterator[StatusPage]:
    found = StatusPage()
    yield found
    found.close()


class Reader:
    """A worker's part that reads the status page, on a clock that tests move."""

    def __init__(self, url: str, folder: Path, database_url: str) -> None:
        self.at = NIGHT
        values = {"account_sid": "AC" + "0" * 32, "auth_token": "x", "public_url": "http://127.0.0.1:1"}
        places = {"database_url": database_url, "standby_folder": folder / "standby", "status_url": url}
        self.settings = Settings.model_validate({**values, **places})
        self.engine = connect(database_url)
        self.house = build_house(self.settings, self.engine, lambda: self.at)
        with self.engine.begin() as connection:
            apply_file(connection, EXAMPLE)

    def read(self, later: timedelta = MINUTE) -> None:
        """A minute later it is time again."""
        self.at += later
        assert read_status_page(self.house)

    def entries(self) -> list[Entry]:
        with self.engine.begin() as connection:
            return list(announcements_from(connection, self.at))

    def heard(self, region: str = "it") -> list[str]:
        return [entry.announcement.texts["en"] for entry in spoken(self.entries(), region, self.at)]

    @property
    def state(self) -> FeedState:
        with self.engine.begin() as connection:
            found = find_feed_state(connection)
        assert found is not None
        return found

    def doctor(self) -> list[tuple[Level, str]]:
        known = database(self.settings)
        assert not hasattr(known, "level")
        known = replace(known, at=self.at)  # type: ignore[type-var]
        return [(one.level, one.text) for one in status_page_findings(self.settings, known)]  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", "postgresql"])
def reader(request: Any, templates: Templates, tmp_path: Path, page: StatusPage) -> Iterator[Reader]:
    """On both databases."""
    found = Reader(page.url, tmp_path, templates.prepared(request.param, tmp_path))
    yield found
    found.engine.dispose()


@pytest.fixture
def one_reader(templates: Templates, tmp_path: Path, page: StatusPage) -> Iterator[Reader]:
    """On SQLite."""
    found = Reader(page.url, tmp_path, templates.prepared("sqlite", tmp_path))
    yield found
    found.engine.dispose()


def test_an_incident_is_announced_where_its_components_matter_and_ends_when_it_is_gone(
    reader: Reader, page: StatusPage
) -> None:
    page.incidents = [incident("i1", "Portal <b>down</b> 🚨 https://x.example/1", "Cloud Platform")]
    page.maintenances = [maintenance("m1", "Switch of Italian trunks", "Voice Italy")]
    reader.read()
    assert reader.heard() == [
        "There is a known incident: Portal down.",
        "Planned maintenance is under way: Switch of Italian trunks.",
    ]
    assert reader.heard("us") == ["There is a known incident: Portal down."]
    first = next(entry.announcement for entry in reader.entries() if entry.announcement.kind is Kind.INCIDENT)
    assert (first.symptom, first.starts_at) == (Symptom.PLATFORM, datetime(2026, 11, 28, 1, 30, tzinfo=UTC))
    page.incidents[0]["name"] = "Portal is slow"
    page.maintenances = [maintenance("m1", "Switch", "Voice Italy", status="completed")]
    reader.read()
    assert reader.heard() == ["There is a known incident: Portal is slow."]
    page.incidents = []
    reader.read()
    assert reader.heard() == []
    page.incidents = [incident("i1", "Portal down again", "Cloud platform")]
    reader.read()
    assert reader.heard() == ["There is a known incident: Portal down again."]
    assert reader.doctor() == [(Level.GOOD, "was read, 1 entries, 1 for our regions")]


def test_maintenance_is_spoken_for_its_time_and_while_the_page_says_that_it_goes_on(
    one_reader: Reader, page: StatusPage
) -> None:
    times = {"scheduled_for": "2026-11-28T02:10:00Z", "scheduled_until": "2026-11-28T02:20:00Z"}
    page.maintenances = [maintenance("m1", "Trunks", "Voice Italy", **times)]
    one_reader.read()
    assert one_reader.heard() == []
    one_reader.read(9 * MINUTE)
    assert one_reader.heard() == ["Planned maintenance is under way: Trunks."]
    one_reader.read(10 * MINUTE)
    assert one_reader.heard() == []
    page.maintenances[0]["status"] = "in_progress"
    one_reader.read()
    assert one_reader.heard() == ["Planned maintenance is under way: Trunks."]


def test_components_that_nobody_mapped_are_not_spoken_until_the_configuration_names_them(
    one_reader: Reader, page: StatusPage
) -> None:
    page.incidents = [incident("i1", "Blog down", "Blog"), incident("i2", "Something", "Cloud platform")]
    page.etag = '"v1"'
    one_reader.read()
    assert (one_reader.state.entries, one_reader.state.spoken) == (2, 1)
    with one_reader.engine.begin() as connection:
        known = load_configuration(connection)
        rest = {"rest": Component("rest", "*", ("es",))}
        save_configuration(connection, replace(known, components={**known.components, **rest}))
    one_reader.read()
    assert "There is a known incident: Blog down." in one_reader.heard("es")
    assert "There is a known incident: Blog down." not in one_reader.heard("it")


def test_an_unchanged_page_is_not_sent_again_and_holds_for_longer(one_reader: Reader, page: StatusPage) -> None:
    page.incidents, page.etag = [incident("i1", "Portal down", "Cloud platform")], 'W/"abc"'
    one_reader.read()
    before = one_reader.entries()[0].announcement.good_until
    one_reader.read()
    assert page.requests[-1]["If-None-Match"] == 'W/"abc"'
    changed_at = one_reader.entries()[0].changed_at
    page.etag = ""
    one_reader.read()
    assert one_reader.entries()[0].changed_at == changed_at
    after = one_reader.entries()[0].announcement.good_until
    assert before is not None
    assert after == before + 2 * MINUTE


BROKEN: dict[str, dict[str, Any]] = {
    "it answers 503": {"status": 503},
    "it answers 404": {"status": 404, "body": b"<html>not found</html>"},
    "it is no JSON": {"body": b"<html>"},
    "it is no summary.json: the document": {"body": b"[1, 2]"},
    "it is no summary.json: incidents": {"body": b'{"scheduled_maintenances": []}'},
    "it is larger than 2 MB": {"body": b'"' + b"x" * 2_100_000 + b'"'},
}


@pytest.mark.parametrize("said", BROKEN)
def test_a_broken_page_changes_nothing_and_what_it_said_last_is_spoken_until_it_is_too_old(
    one_reader: Reader, page: StatusPage, said: str
) -> None:
    page.incidents = [incident("i1", "Portal down", "Cloud platform")]
    one_reader.read()
    for name, value in BROKEN[said].items():
        setattr(page, name, value)
    one_reader.read()
    assert one_reader.state.error.startswith(said)
    assert one_reader.heard() == ["There is a known incident: Portal down."]
    one_reader.read(14 * MINUTE)
    assert one_reader.heard() == []
    assert is_stale(one_reader.house, one_reader.state, one_reader.at)
    assert one_reader.doctor()[0][0] is Level.WARNING
    page.status, page.body = 200, b""
    one_reader.read()
    assert one_reader.heard() == ["There is a known incident: Portal down."]
    assert one_reader.state.error == ""


def test_a_page_that_drips_is_given_up(one_reader: Reader, page: StatusPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TAKES_SECONDS", 0.3)
    page.drip = 0.1
    one_reader.read()
    assert one_reader.state.error == "it does not answer in time"


def test_a_page_that_is_away_is_told_without_its_address(one_reader: Reader, page: StatusPage) -> None:
    page.close()
    one_reader.read()
    assert one_reader.state.error == "it cannot be reached"
    assert "secret" not in repr(one_reader.settings) + str(one_reader.state)


def test_one_entry_that_cannot_be_used_leaves_the_others_and_itself_as_it_was(
    one_reader: Reader, page: StatusPage
) -> None:
    good, other = incident("i1", "Portal down", "Cloud platform"), incident("i2", "Drops", "Voice Italy")
    page.incidents = [good, other]
    one_reader.read()
    page.incidents = [{**good, "created_at": "yesterday", "started_at": "yesterday"}, {"id": 7}, other]
    one_reader.read()
    assert len(one_reader.heard()) == 2
    assert one_reader.state.error == "2 of its entries cannot be used"


def test_signs_that_no_column_holds_keep_nothing_from_being_read(reader: Reader, page: StatusPage) -> None:
    page.incidents = [
        incident("i1", "Portal\x00down\ud800", "Cloud platform"),
        incident("\x00", "Odd", "Cloud platform"),
    ]
    reader.read()
    assert reader.heard() == ["There is a known incident: Portal down."]


def test_what_an_engineer_ends_stays_ended_whatever_the_page_goes_on_to_say(
    one_reader: Reader, page: StatusPage
) -> None:
    page.incidents = [incident("i1", "Portal down", "Cloud platform")]
    one_reader.read()
    with one_reader.engine.begin() as connection:
        end_announcement(connection, Author("Jon Bell", one_reader.at), one_reader.entries()[0])
    page.incidents[0]["name"] = "Portal still down"
    one_reader.read()
    assert one_reader.heard() == []


def test_of_several_workers_one_reads_and_no_sooner_than_it_is_time(one_reader: Reader, page: StatusPage) -> None:
    one_reader.read()
    assert not read_status_page(one_reader.house)
    one_reader.at += timedelta(seconds=59)
    assert not read_status_page(one_reader.house)
    assert len(page.requests) == 1


def test_the_keeper_reads_in_a_thread_of_its_own_and_stops(one_reader: Reader, page: StatusPage) -> None:
    page.incidents = [incident("i1", "Portal down", "Cloud platform")]
    keeper = StatusPageKeeper(one_reader.house)
    keeper.start()
    for _ in range(100):
        if one_reader.heard():
            break
        keeper._stop.wait(0.05)
    keeper.stop()
    assert one_reader.heard() == ["There is a known incident: Portal down."]


def test_an_address_that_cannot_be_asked_for_is_refused_with_the_variables_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "NIGHTLINE_PUBLIC_URL": "http://127.0.0.1:1",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "x",
        "NIGHTLINE_STATUS_URL": "file:///etc/passwd",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match="NIGHTLINE_STATUS_URL must be an http or https URL"):
        read_settings()
