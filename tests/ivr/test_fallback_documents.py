"""The static documents: valid on their own, for a host that takes nothing but GET."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.configuration.file import read_file
from ivr.fallback.documents import SCHEDULE, documents_of, fallbacks_of
from ivr.fallback.twiml import CONNECT, MOST_PHONES, WHISPER, dial
from ivr.rehearsal.documents import MAX_BYTES, Verb, parse
from routing.configuration import Configuration
from routing.fallback import Ringing
from tests.line import ADA, EXAMPLE, ITALY, JON, JON_TOO, LEO, NIGHT, SARA, recorded_talks

CHRISTMAS = datetime(2026, 12, 24, 20, tzinfo=UTC)
URLS = {"Gather": "action", "Number": "url", "Dial": "action"}
NAMES_A_FILE = {"Gather", "Number", "Redirect"}


@pytest.fixture(scope="module")
def known() -> Configuration:
    return read_file(EXAMPLE).configuration


def files_at(known: Configuration, at: datetime, days: int = 7) -> dict[str, str]:
    return documents_of(fallbacks_of(known, known.regions.values(), at, days))


def verbs_of(text: str) -> tuple[Verb, ...]:
    return parse(text.encode(), "text/xml")


def everything_in(verbs: tuple[Verb, ...]) -> Iterator[Verb]:
    for verb in verbs:
        yield verb
        yield from everything_in(verb.children)


def rung_by(text: str) -> list[str]:
    return [verb.text for verb in everything_in(verbs_of(text)) if verb.name == "Number"]


@pytest.mark.parametrize("at", [NIGHT, CHRISTMAS, CHRISTMAS - timedelta(days=3)], ids=str)
def test_every_document_is_valid_and_names_only_files_that_exist_by_get(known: Configuration, at: datetime) -> None:
    files = files_at(known, at, 28)
    documents = {name: text for name, text in files.items() if name != SCHEDULE}
    assert set(documents) >= {WHISPER, CONNECT, *(f"{key}.xml" for key in known.regions)}
    for name, text in documents.items():
        assert recorded_talks(text.encode()) == []
        for verb in everything_in(verbs_of(text)):
            if verb.name in NAMES_A_FILE:
                target = verb.text if verb.name == "Redirect" else verb.get(URLS[verb.name])
                assert (verb.get("method"), target in documents) == ("GET", True), (name, verb)
            if verb.name == "Say":
                assert verb.get("voice"), name
                assert verb.get("language"), name


def test_no_file_is_written_before_those_that_it_names(known: Configuration) -> None:
    seen: set[str] = set()
    for name, text in files_at(known, NIGHT).items():
        seen.add(name)
        named = {line.split()[1] for line in text.splitlines()} if name == SCHEDULE else set()
        if name != SCHEDULE:
            named = {verb.get("action") or verb.get("url") for verb in everything_in(verbs_of(text))} - {""}
        assert named <= seen, name


def test_the_document_of_a_region_rings_whom_the_rota_names_now_from_the_regions_own_number(
    known: Configuration,
) -> None:
    text = files_at(known, NIGHT)["it.dial.xml"]
    assert rung_by(text) == [JON, JON_TOO, ADA, LEO, SARA]
    dials = [verb for verb in verbs_of(text) if verb.name == "Dial"]
    assert {(verb.get("callerId"), verb.get("timeout"), verb.says("answerOnBridge")) for verb in dials} == {
        (ITALY, "20", True)
    }


def test_each_change_of_the_next_days_has_a_document_of_its_own_and_a_line_in_the_schedule(
    known: Configuration,
) -> None:
    files = files_at(known, CHRISTMAS - timedelta(days=1))
    lines = [line.split() for line in files[SCHEDULE].splitlines() if line.endswith(" it.xml")]
    assert [instant for instant, _, _ in lines] == [
        "2026-12-24T17:00:00Z",
        "2026-12-25T08:00:00Z",
        "2026-12-28T08:00:00Z",
    ]
    eve = lines[0][1]
    assert (eve, rung_by(files[eve.replace(".xml", ".dial.xml")])[0]) == ("it.2026-12-24T170000Z.xml", LEO)
    assert {verb.get("action") for verb in verbs_of(files[eve]) if verb.name == "Gather"} == {
        "it.2026-12-24T170000Z.dial.xml"
    }


def test_the_documents_do_not_change_with_the_minute(known: Configuration) -> None:
    assert files_at(known, NIGHT) == files_at(known, NIGHT + timedelta(minutes=1))


def test_where_nobody_can_be_rung_the_caller_hears_so_and_the_call_ends(known: Configuration) -> None:
    names = [verb.name for verb in verbs_of(dial(known.regions["it"], (), "it.dial.xml"))]
    assert names == ["Say", "Hangup"]


def test_more_phones_than_a_document_can_hold_are_left_out(known: Configuration) -> None:
    many = tuple(Ringing(f"+4420794{number:05}", 20) for number in range(500))
    text = dial(replace(known.regions["it"]), many, "it.2026-12-24T170000Z.dial.xml")
    assert len(text.encode()) < MAX_BYTES
    assert rung_by(text) == [ring.phone for ring in many[:MOST_PHONES]]
