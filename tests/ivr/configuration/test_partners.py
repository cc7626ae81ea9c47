"""One partner is changed with the checks of a file, without loading the others; its PIN is in no audit."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from ivr.configuration.apply import apply_file
from ivr.configuration.edit import EditConflict, EditRefused
from ivr.configuration.partners import (
    KeepPin,
    change_partner,
    partner_fingerprint,
    remove_partner,
    undo_partner,
)
from ivr.configuration.pins import pin_matches
from ivr.store.audit import Author, find_change, list_changes
from ivr.store.configuration import PartnerEntry, partner_by_number, save_partners
from ivr.store.partners import PAGE, Sought, count_partners, find_partners
from routing.partners import Partner, Tier
from tests.ivr.configuration.files import EXAMPLE
from tests.line import NIGHT

SARA = Author("Sara Vogel", NIGHT)
ROSSI = {"number": "4001", "name": "Rossi Telecom", "tier": "gold", "country": "IT", "phones": ["+44 20 7946 0201"]}


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as found:
        apply_file(found, EXAMPLE)
        yield found


def rossi(connection: Connection, number: str = "4001") -> PartnerEntry:
    found = partner_by_number(connection, number)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("table", "field", "said"),
    [
        ({"name": ""}, "name", "is empty. Write at least one letter"),
        ({"tier": "brass"}, "tier", "Write one of"),
        ({"country": "UK"}, "country", "is no ISO 3166 country"),
        ({"phones": ["0461 1"]}, "phones[1]", "is not an international number"),
        ({"phones": ["+1 212 555 0202"]}, "phones[1]", "is already a phone of Harbor Voice. Write each phone once."),
        ({"phones": ["+1 212 555 0207", "+12125550207"]}, "phones[2]", "is already a phone of Rossi Telecom"),
        ({"refer_to": "4001"}, "refer_to", "a partner is not referred to itself"),
        ({"refer_to": "40022"}, "refer_to", 'there is no entry "40022" in partners. Did you mean "4002"?'),
        ({"tier": "bronze", "refer_to": "4003"}, "refer_to", '"4003" is silver. Write the Platinum or Gold partner'),
        ({"pin": "12"}, "pin", "a PIN has 4 to 8 digits"),
        ({"tier": "silver"}, "", 'partner 4004, refer_to: "4001" is silver'),
    ],
)
def test_a_partner_is_refused_in_the_words_of_apply(
    connection: Connection, table: dict[str, Any], field: str, said: str
) -> None:
    before = rossi(connection)
    with pytest.raises(EditRefused) as refused:
        change_partner(connection, SARA, "4001", {**ROSSI, **table})
    assert any(fault.field == field and said in fault.text for fault in refused.value.faults), refused.value.faults
    assert rossi(connection) == before


def test_nobody_is_removed_to_whom_others_are_referred(connection: Connection) -> None:
    with pytest.raises(EditRefused) as refused:
        remove_partner(connection, SARA, "4001")
    assert [(fault.kind, fault.key) for fault in refused.value.faults] == [("partner", "4004"), ("partner", "4006")]
    assert 'there is no entry "4001" in partners' in refused.value.faults[0].text
    assert remove_partner(connection, SARA, "4003") is not None
    assert partner_by_number(connection, "4003") is None


def test_a_pin_is_set_kept_and_cleared_and_the_audit_tells_that_it_was_and_not_what(connection: Connection) -> None:
    change_partner(connection, SARA, "4001", {**ROSSI, "pin": "135790"})
    assert pin_matches(rossi(connection).pin_hash, "135790")
    change_partner(connection, SARA, "4001", {**ROSSI, "name": "Rossi"})
    assert pin_matches(rossi(connection).pin_hash, "135790")
    assert change_partner(connection, SARA, "4001", {**ROSSI, "name": "Rossi", "pin": "135790"}) is None
    change_partner(connection, SARA, "4001", {**ROSSI, "name": "Rossi"}, pin=KeepPin.CLEAR)
    assert rossi(connection).pin_hash == ""
    kept = json.dumps([(change.before, change.after) for change in list_changes(connection)])
    assert "135790" not in kept
    assert "argon2" not in kept
    assert '"pin": ""' in kept


def test_what_somebody_else_changed_meanwhile_is_never_overwritten_their_pin_neither(connection: Connection) -> None:
    seen = partner_fingerprint(rossi(connection))
    change_partner(connection, SARA, "4001", {**ROSSI, "pbx": "rossi-pbx-01", "pin": "97531"})
    with pytest.raises(EditConflict):
        change_partner(connection, SARA, "4001", {**ROSSI, "name": "Mine"}, seen=seen)


def test_a_change_is_undone_but_for_its_pin(connection: Connection) -> None:
    before = rossi(connection)
    named = change_partner(connection, SARA, "4001", {**ROSSI, "name": "Other", "pbx": "rossi-pbx-01"})
    assert named is not None
    done = find_change(connection, named)
    assert done is not None
    undo_partner(connection, SARA, done)
    assert rossi(connection) == before
    with pytest.raises(EditConflict):
        undo_partner(connection, SARA, done)
    set_anew = change_partner(connection, SARA, "4001", {**ROSSI, "pbx": "rossi-pbx-01", "pin": "97531"})
    done = find_change(connection, set_anew or 0)
    assert done is not None
    with pytest.raises(EditRefused, match="cannot be brought back"):
        undo_partner(connection, SARA, done)


@pytest.fixture
def crowd(connection: Connection) -> Connection:
    """Ten thousand more."""
    many = (
        PartnerEntry(Partner(f"8{number:05}", f"Partner {number}", Tier.GOLD, "IT", (f"+4420794{number:05}",), "4001"))
        for number in range(10_000)
    )
    save_partners(connection, many, ())
    return connection


def rows_read(connection: Connection, act: Callable[[Connection], Any]) -> int:
    """How many rows its questions bring: each is asked once more."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    act(connection)
    event.remove(connection, "before_cursor_execute", note)
    questions = [one for one in asked if one[0].lstrip().upper().startswith("SELECT")]
    return sum(len(connection.exec_driver_sql(*one).all()) for one in questions)


def test_saving_one_of_ten_thousand_reads_a_handful_of_rows(crowd: Connection) -> None:
    table = {"number": "800042", "name": "Changed", "tier": "gold", "phones": ["+442079400042"], "refer_to": "4001"}
    assert 0 < rows_read(crowd, lambda c: change_partner(c, SARA, "800042", table)) < 20
    assert rossi(crowd, "800042").partner.name == "Changed"


def test_pages_of_ten_thousand_go_on_by_number_both_ways_and_search_finds_number_name_and_phone(
    crowd: Connection,
) -> None:
    everybody = Sought()
    assert count_partners(crowd, everybody) == 10_007
    first = find_partners(crowd, everybody)
    second = find_partners(crowd, everybody, after=first.later or "")
    assert len(first.entries) == len(second.entries) == PAGE
    assert first.earlier is None
    assert find_partners(crowd, everybody, before=second.earlier or "").entries == first.entries
    seen, page = list(first.entries), first
    while page.later:
        page = find_partners(crowd, everybody, after=page.later, limit=1000)
        seen += page.entries
    numbers = [entry.partner.number for entry in seen]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 10_007
    for text in ("800042", "artner 42", "+44 20 794 00042"):
        assert "800042" in [entry.partner.number for entry in find_partners(crowd, Sought(text)).entries], text
    assert find_partners(crowd, Sought("100%")).entries == ()
    assert count_partners(crowd, Sought("", "silver")) == 1
