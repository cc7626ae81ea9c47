"""A viewer sees no whole telephone number on any page, and a program without the scope `phones` in no answer."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from werkzeug.routing import Rule

from ivr.alerts.intake import take_in
from ivr.api.frame import SCOPES
from ivr.api.scopes import Scope
from ivr.console.frame import ROLES
from ivr.console.roles import Role
from ivr.store import attempts
from ivr.store.configuration import load_configuration, load_partners
from ivr.store.messages import TextRecord, write_text
from ivr.store.tables import incoming_messages
from ivr.store.tickets import log
from routing.alerts import Alert
from routing.escalation import Candidate, Outcome, Ring
from routing.numbers import grouped
from routing.tickets import TicketState
from tests.api.conftest import Program
from tests.console.desk import Desk, open_desk, prepare
from tests.console.night import Night
from tests.line import JON, ROSSI

VALUES: dict[str, list[Any]] = {
    "number": [1042, 1043, 1044],
    "sid": ["CA1", "CA2"],
    "key": ["noc", "it", "jon", "4001", "mia"],
    "rota": ["noc"],
    "engineer": ["jon"],
    "region": ["it"],
    "path": ["nothing"],
    "id_": [1],
    "index": [0],
    "token": ["nothing"],
}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A console on which every kind of number stands: callers, call backs, phones that ring, texts, alerts."""
    folder: Path = tmp_path_factory.mktemp("busy")
    prepare(f"sqlite:///{folder}/nightline.db")
    desk = open_desk(f"sqlite:///{folder}/nightline.db", folder)
    night = Night(desk)
    spaced = f"Nightline: call {grouped(ROSSI)} or {ROSSI} or 00442079460201; https://x.example.com/take/abc"
    posted = Alert("f1", True, f"call {spaced[:90]}", spaced, {"severity": "critical", "tel": spaced[:90]})
    desk.do(lambda c: take_in(desk.app.extensions["houses"].main, c, [posted], desk.at))
    night.numbers[-1] = 1042
    at = night.ago(minutes=10)
    night.call("CA1", at, call_back_number="+442079460288", outcome="critical")
    night.answer("CA1", at, symptom="1", partner_number__1="4001", call_back_number__1="+442079460288")
    ticket = night.ticket(at, call="CA1", state=TicketState.ACKNOWLEDGED, acknowledged_by="jon", acknowledged_at=at)
    night.call("CA2", night.ago(minutes=1), caller="+442079460299", caller_number="+442079460299", partner=None)
    night.ticket(at, call="CA2", partner=None, partner_name="", caller="+442079460299", verified=False)
    ring = Ring(Candidate("jon", "Jon Bell", (JON,), "weekly"), JON, 20)

    def more(connection: Any) -> None:
        claimed = attempts.claim(connection, ticket.number, 1, ring, at)
        assert claimed is not None
        attempts.end_attempt(connection, claimed.id, Outcome.NO_ANSWER, at + timedelta(seconds=20))
        write_text(connection, TextRecord("1043-x", ticket.number, JON, spaced, at))
        log(connection, ticket.number, "note-9", at, "note", f"by Jon Bell: {spaced}")
        log(connection, ticket.number, "call-back", at, "call back asked for", "+442079460288")
        row = {"sid": "SM1", "from": JON, "body": "1042 1", "at": at, "reply": "Ticket 1042 is yours"}
        connection.execute(insert(incoming_messages).values(**row))

    desk.do(more)
    return desk


def secrets_of(desk: Desk) -> list[re.Pattern[str]]:
    """Every number but our own regional ones, however it is written: only digits, of which ten in a row tell."""
    known = desk.do(load_configuration)
    numbers = {phone for one in known.engineers.values() for phone in one.phones}
    numbers |= {phone for entry in desk.do(load_partners) for phone in entry.partner.phones}
    numbers |= {phone for region in known.regions.values() for phone in region.desk}
    numbers |= {"+442079460288", "+442079460299"}
    return [re.compile(r"[\s().-]*".join(number[-9:])) for number in sorted(numbers)]


def found_in(text: str, secrets: list[re.Pattern[str]]) -> list[str]:
    return [one[0] for secret in secrets for one in secret.finditer(text)]


def addresses(rule: Rule) -> list[dict[str, Any]]:
    """Values for the places of a rule, one after the other."""
    names = sorted(rule.arguments)
    most = max((len(VALUES.get(name, [1])) for name in names), default=1)
    return [
        {name: VALUES.get(name, [1])[place % len(VALUES.get(name, [1]))] for name in names} for place in range(most)
    ]


def test_no_page_shows_a_viewer_a_whole_number(busy: Desk) -> None:
    secrets, client, seen, leaks = secrets_of(busy), busy.client("viewer"), 0, []
    rules = [rule for rule in busy.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    wanted = [rule for rule in rules if ROLES.get(rule.endpoint) is Role.VIEWER]
    for rule in wanted:
        for values in addresses(rule):
            path = busy.app.url_map.bind("localhost").build(rule.endpoint, values)
            answer = client.get(path)
            seen += answer.status_code == 200
            leaks += [(path, one) for one in found_in(answer.get_data(as_text=True), secrets)]
    assert leaks == []
    assert seen >= len(wanted)
    searched = client.get("/console/tickets?q=%2B442079460201").get_data(as_text=True)
    assert "1043" in searched


def test_an_engineer_sees_the_numbers_so_that_the_sweep_means_something(busy: Desk) -> None:
    secrets, client = secrets_of(busy), busy.client("engineer")
    for path in ("/console/tickets/1042", "/console/calls/CA1", "/console/tickets/1044"):
        assert found_in(client.get(path).get_data(as_text=True), secrets), path


def test_no_answer_of_the_api_has_a_number_without_the_scope(busy: Desk) -> None:
    secrets, program = secrets_of(busy), Program(busy, *(scope for scope in Scope if scope is not Scope.PHONES))
    rules = [
        rule for rule in busy.app.url_map.iter_rules() if SCOPES.get(rule.endpoint) and "GET" in (rule.methods or ())
    ]
    for rule in rules:
        for values in addresses(rule):
            path = busy.app.url_map.bind("localhost").build(rule.endpoint, values).removeprefix("/api/v1")
            answer = program.get(path)
            assert found_in(answer.get_data(as_text=True), secrets) == [], path
