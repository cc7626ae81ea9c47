"""A viewer sees no whole telephone number on any page, and a program without the scope `phones` in no answer."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from ivr.alerts.intake import take_in
from ivr.api.frame import SCOPES
from ivr.api.scopes import Scope
from ivr.console.frame import ROLES
from ivr.console.roles import Role
from ivr.reports.all_reports import REPORTS
from ivr.reports.scope import scope_of
from ivr.store import attempts
from ivr.store.configuration import load_configuration, load_partners
from ivr.store.deliveries import Try, add_delivery, find_delivery, note_try
from ivr.store.endpoints import add_endpoint
from ivr.store.events import write_test
from ivr.store.messages import TextRecord, write_text
from ivr.store.tables import incoming_messages
from ivr.store.tickets import log
from routing.alerts import Alert
from routing.announcements import Kind
from routing.escalation import Candidate, Outcome, Ring
from routing.numbers import grouped
from routing.tickets import TicketState
from tests.api.conftest import Program
from tests.console.desk import Desk, open_desk, prepare
from tests.console.night import Night
from tests.line import JON, NIGHT, ROSSI
from tests.report_scenes import announce

VALUES: dict[str, list[Any]] = {
    "number": [1042, 1043, 1044, 4001],
    "sid": ["CA1", "CA2"],
    "key": ["noc", "noc-backup"],
    "name": list(REPORTS),
    "id_": [1],
    "delivery": [1],
}
"""By the name of a place in an address: what stands there on this night, be it a ticket's number or a partner's."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A console with every kind of number: of callers, call backs, phones that ring, texts, alerts and webhooks."""
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
        announce(connection, Kind.INCIDENT, at, desk.at + timedelta(hours=1))
        deliver(connection, spaced, at)

    desk.do(more)
    desk.post(desk.client("viewer"), "/console/account/second-factor/begin")
    return desk


def deliver(connection: Connection, words: str, at: datetime) -> None:
    """A webhook that may have numbers brings them in what it sends, and in what is answered."""
    target = add_endpoint(connection, "https://example.com/in", "Sara", at, with_numbers=True).target
    id_ = add_delivery(connection, write_test(connection, target, at), target, words, at)
    delivery = find_delivery(connection, id_ or 0)
    assert delivery is not None
    note_try(connection, delivery, Try(1, at, 20, 500, words))


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


def addresses(desk: Desk, rule: Rule) -> list[dict[str, Any]]:
    """Values for the places of a rule, one after the other; for the files of the reports, each table of each."""
    names = sorted(rule.arguments)
    if names == ["key", "name"]:
        return desk.do(tables_of_reports)  # type: ignore[no-any-return]
    most = max((len(VALUES[name]) for name in names), default=1)
    return [{name: VALUES[name][place % len(VALUES[name])] for name in names} for place in range(most)]


def tables_of_reports(connection: Connection) -> list[dict[str, Any]]:
    scope = scope_of(connection, load_configuration(connection), NIGHT, "Europe/Rome", (None, None), "")
    return [{"name": one.name, "key": table.key} for one in REPORTS.values() for table in one.tables(scope)]


def sweep(
    desk: Desk, rules: Iterable[Rule], get: Callable[[str], TestResponse]
) -> tuple[set[str], list[tuple[str, str]]]:
    """Ask for every address of these rules: those of the rules that were answered, and where which number stood."""
    secrets, answered, leaks = secrets_of(desk), set(), []
    for rule in rules:
        for values in addresses(desk, rule):
            path = desk.app.url_map.bind("localhost").build(rule.endpoint, values)
            answer = get(path)
            answered |= {rule.rule} if answer.status_code == 200 else set()
            leaks += [(path, one) for one in found_in(answer.get_data(as_text=True), secrets)]
    return answered, leaks


def rules_of(desk: Desk, is_wanted: Callable[[str], bool]) -> list[Rule]:
    """What may be read at endpoints of some kind."""
    rules = desk.app.url_map.iter_rules()
    return [rule for rule in rules if "GET" in (rule.methods or ()) and is_wanted(rule.endpoint)]


def test_no_page_shows_a_viewer_a_whole_number(busy: Desk) -> None:
    client = busy.client("viewer")
    rules = rules_of(busy, lambda endpoint: ROLES.get(endpoint) is Role.VIEWER)
    answered, leaks = sweep(busy, rules, client.get)
    assert leaks == []
    assert answered == {rule.rule for rule in rules}
    searched = client.get("/console/tickets?q=%2B442079460201").get_data(as_text=True)
    assert "1043" in searched


def test_an_engineer_sees_the_numbers_so_that_the_sweep_means_something(busy: Desk) -> None:
    secrets, client = secrets_of(busy), busy.client("engineer")
    for path in ("/console/tickets/1042", "/console/calls/CA1", "/console/tickets/1044"):
        assert found_in(client.get(path).get_data(as_text=True), secrets), path


def test_no_answer_of_the_api_has_a_number_without_the_scope(busy: Desk) -> None:
    program = Program(busy, *(scope for scope in Scope if scope is not Scope.PHONES))
    rules = rules_of(busy, lambda endpoint: SCOPES.get(endpoint) is not None)
    answered, leaks = sweep(busy, rules, lambda path: program.get(path.removeprefix("/api/v1")))
    assert leaks == []
    assert answered == {rule.rule for rule in rules}


def test_a_program_with_the_scope_sees_the_numbers_so_that_its_sweep_means_something(busy: Desk) -> None:
    secrets, program = secrets_of(busy), Program(busy, *Scope)
    for path in ("/tickets/1042", "/calls/CA1", "/partners/4001", "/webhook-endpoints/1/deliveries/1"):
        assert found_in(program.get(path).get_data(as_text=True), secrets), path
