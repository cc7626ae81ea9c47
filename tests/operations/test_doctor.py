"""`nightline doctor`: every fault is found, named, and told with its remedy."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ivr.clock import real_clock
from ivr.operations.account import hosts_of
from ivr.store.absences import add_absence
from ivr.store.engine import connect
from schedules.leave import Absence
from tests.line import ITALY
from tests.operations.conftest import Operator


def findings(operator: Operator, area: str = "") -> list[tuple[str, str]]:
    """The level and text of each finding of an area."""
    found = json.loads(operator.type("doctor", "--json").output)
    return [(one["level"], one["text"]) for one in found if one["area"] == area or not area]


def errors(operator: Operator) -> set[str]:
    """The areas with an error."""
    found = json.loads(operator.type("doctor", "--json").output)
    assert all(one["remedy"] for one in found if one["level"] != "good")
    return {one["area"] for one in found if one["level"] == "error"}


def test_a_line_in_order_has_no_error_but_its_rehearsal_address(operator: Operator) -> None:
    operator.work()
    assert errors(operator) == {"environment"}
    assert next(text for _, text in findings(operator, "environment")).endswith("is not encrypted")


def lose_number(operator: Operator) -> None:
    del operator.carrier.numbers[ITALY]


def lead_elsewhere(operator: Operator) -> None:
    numbers = operator.carrier.numbers
    numbers[ITALY] = replace(numbers[ITALY], status_callback="https://old.example")


def text_from_nowhere(operator: Operator) -> None:
    for number, resource in operator.carrier.numbers.items():
        operator.carrier.numbers[number] = replace(resource, can_text=False)


def shut_a_country(operator: Operator) -> None:
    operator.carrier.shut_countries.add("GB")


def refuse_us(operator: Operator) -> None:
    operator.carrier.auth_token = "another"


@pytest.mark.parametrize(
    ("fault", "area"),
    [
        (lose_number, "numbers"),
        (lead_elsewhere, "numbers"),
        (text_from_nowhere, "texts"),
        (shut_a_country, "countries"),
        (refuse_us, "carrier"),
    ],
)
def test_a_fault_at_the_carrier_is_an_error_of_its_own(
    operator: Operator, fault: Callable[[Operator], None], area: str
) -> None:
    operator.work()
    fault(operator)
    assert errors(operator) == {"environment", area}


def test_a_sender_of_texts_whose_replies_go_elsewhere_is_an_error(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_SMS_FROM", "+15005550006")
    operator.carrier.add_number("+15005550006", voice_url=None)
    assert ("error", "+15005550006 (texts) does not lead here: sms_url") in findings(operator, "numbers")


@pytest.mark.parametrize(
    ("leads_to", "told"),
    [
        ("{here}/sms/incoming", ("good", "are sent from MG1, and replies lead here")),
        ("https://old.example", ("error", "replies to MG1 do not lead here, but to POST https://old.example")),
        ("", ("error", "replies to MG1 do not lead here, but to nothing")),
        (None, ("warning", "are sent from MG1; replies go where each of its numbers leads")),
    ],
)
def test_it_says_where_replies_to_a_messaging_service_go(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, leads_to: str | None, told: tuple[str, str]
) -> None:
    monkeypatch.setenv("NIGHTLINE_SMS_FROM", "MG1")
    here = operator.settings.public_url
    operator.carrier.services["MG1"] = leads_to.format(here=here) if leads_to is not None else None
    assert findings(operator, "texts") == [told]


def test_a_messaging_service_that_the_account_has_not_is_an_error_and_the_rest_is_looked_at(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_SMS_FROM", "MG1")
    ((level, text),) = findings(operator, "texts")
    assert (level, text.startswith("MG1: the carrier says: 20404")) == ("error", True)
    assert findings(operator, "countries") == [("good", "every country with an engineer or a desk may be called")]


def test_permissions_and_messaging_services_are_asked_for_at_the_carriers_own_hosts_whichever_edge_is_used() -> None:
    own = "https://voice.twilio.com", "https://messaging.twilio.com"
    for edge in ("https://api.twilio.com", "https://api.dublin.ie1.twilio.com"):
        assert hosts_of(f"{edge}/") == (edge, *own)
    assert hosts_of("http://127.0.0.1:9/2010-04-01") == ("http://127.0.0.1:9",) * 3


def test_without_a_living_worker_nobody_would_page(operator: Operator) -> None:
    assert "workers" in errors(operator)


def test_a_public_url_that_is_not_the_signed_one_is_found(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "rotated-without-a-restart")
    operator.carrier.auth_token = "rotated-without-a-restart"
    assert findings(operator, "webhooks") == [("error", "a signed request is refused")]


def test_a_service_that_does_not_answer_is_found(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLINE_PUBLIC_URL", "http://127.0.0.1:1")
    assert findings(operator, "webhooks") == [("error", "http://127.0.0.1:1 does not answer")]


def test_an_older_release_says_that_a_later_one_migrated_its_database(operator: Operator) -> None:
    engine = connect(operator.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    assert findings(operator, "database") == [("warning", "was migrated by a later release")]


def test_a_database_without_its_tables_stops_nothing_but_what_needs_it(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    assert findings(operator, "database") == [("error", "has not the shape of this release")]
    assert findings(operator, "carrier")[0][0] == "good"


def test_whoever_is_on_call_and_on_leave_is_found(operator: Operator) -> None:
    engine, at = connect(operator.settings.database_url), real_clock()
    with engine.begin() as connection:
        add_absence(connection, Absence("jon", at, at + timedelta(weeks=6)), at)
    engine.dispose()
    told = [text for level, text in findings(operator, "rotas") if level == "warning"]
    assert any(text.startswith("Jon Bell is on call in NOC") and "and on leave" in text for text in told)


def test_documents_that_are_not_there_are_found(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLINE_FALLBACK_URL", f"{operator.settings.public_url}/nowhere")
    assert {level for level, _ in findings(operator, "fallback")} == {"error"}


def test_a_place_for_documents_that_is_none_is_found(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLINE_FALLBACK", "ftp://acme/x7Kq2")
    wrong = "ftp://acme/x7Kq2 is no place for fallback documents. Name a folder, or s3://bucket/prefix."
    assert ("error", wrong) in findings(operator, "fallback")


def test_it_prints_a_line_for_each_finding_and_its_remedy_below(operator: Operator) -> None:
    found = operator.type("doctor")
    assert found.exit_code == 1
    assert "ERROR    workers       no paging worker is alive\n" in found.output
    assert "-> Start one: nightline worker" in found.output
