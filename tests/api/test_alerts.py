"""Alerts by API: one ticket and one page for each, on both databases, however often and however they are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from ivr.alerts.intake import AT_ONCE, page_held, take_in_turns
from ivr.api.alert_models import Managed
from ivr.api.alerts import ONE_AT_A_TIME, post_alertmanager
from ivr.api.frame import Ask
from ivr.house import House
from ivr.paging.acceptance import accept
from ivr.paging.handling import Hand, resolve
from ivr.store import alerts, tickets
from ivr.store.api_tokens import list_tokens
from ivr.store.configuration import hold_configuration, load_configuration, save_configuration
from ivr.store.engine import connect
from ivr.store.events import new_events
from ivr.store.messages import texts_of
from ivr.store.numbers import next_ticket_number
from routing.alerts import Alert, AlertClass, AlertRule
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.line import DAY, NIGHT

RULES = (
    AlertRule("tests", AlertClass.IGNORE, labels={"env": "test"}),
    AlertRule("core", AlertClass.CRITICAL, labels={"severity": "critical"}),
    AlertRule("backup", AlertClass.CRITICAL, serials=("9900",), region="uk", policy="uk-only"),
)
MONDAY_AT_SIX = datetime.fromisoformat("2026-11-30T18:00:00+01:00")
CRITICAL = {"labels": {"severity": "critical"}, "partner": "4001", "pbx_serial": "1100-7", "country": "IT"}


def with_rules(desk: Desk, **settings: Any) -> Desk:
    """The sample with rules for alerts, and a policy beside the regions'."""

    def change(connection: Any) -> None:
        known = load_configuration(connection)
        policy = replace(known.policies["noc"], key="uk-only")
        rules = replace(known.rules, alerts=replace(known.rules.alerts, **settings))
        of_alerts = {rule.key: rule for rule in RULES}
        policies = {**known.policies, "uk-only": policy}
        save_configuration(connection, replace(known, rules=rules, policies=policies, alert_rules=of_alerts))

    desk.do(change)
    return desk


@pytest.fixture
def monitoring(desk: Desk) -> Program:
    """A program that may tell of alerts."""
    return Program(with_rules(desk), "alerts")


def tell(program: Program, fingerprint: str = "f1", status: str = "firing", **more: Any) -> dict[str, Any]:
    """One alert in our own JSON."""
    body = {"fingerprint": fingerprint, "status": status, "summary": "SIP trunks down", **CRITICAL, **more}
    answer = program.ask("POST", "/alerts", json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json
    return found


def managed(*names: str, status: str = "firing", group: str = "{}:{job='sip'}", **labels: str) -> dict[str, Any]:
    """What an Alertmanager posts for alerts of one group."""
    each = [
        {
            "status": status,
            "labels": {"alertname": name, "severity": "critical", **labels},
            "annotations": {"summary": f"{name} is down", "description": "since midnight"},
            "startsAt": "2026-11-28T02:00:00.123456789Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example.com/graph",
            "fingerprint": f"fp-{name}",
        }
        for name in names
    ]
    return {"version": "4", "groupKey": group, "status": status, "receiver": "nightline", "alerts": each}


def house_of(desk: Desk) -> House:
    found: House = desk.app.extensions["houses"].main
    return found


def with_status(body: dict[str, Any], status: str) -> list[dict[str, Any]]:
    return [{**one, "status": status} for one in body["alerts"]]


def ticket_of(desk: Desk, number: int = 1042) -> Ticket:
    found = desk.do(lambda connection: tickets.find_ticket(connection, number))
    assert found is not None
    return found  # type: ignore[no-any-return]


def events_of(desk: Desk, number: int = 1042) -> list[str]:
    return [one.event for one in desk.do(lambda connection: tickets.timeline(connection, number))]


def all_tickets(desk: Desk) -> list[Ticket]:
    return list(desk.do(tickets.list_tickets))


def test_a_critical_alert_opens_a_ticket_with_what_the_contract_wants_and_pages(monitoring: Program) -> None:
    told = tell(monitoring)
    assert (told["outcome"], told["ticket"], told["class_of_service"]) == ("opened", 1042, "critical")
    ticket = ticket_of(monitoring.desk)
    assert (ticket.state, ticket.class_of_service) == (TicketState.PAGING, ClassOfService.CRITICAL)
    assert (ticket.pbx, ticket.region, ticket.partner_name) == ("1100-7", "it", "Rossi Telecom")
    assert (ticket.problem, ticket.article, ticket.response_due_at) == ("SIP trunks down", "18.2", None)
    assert house_of(monitoring.desk).pager.living([ticket]) == {1042}


def test_a_standard_alert_waits_silently_and_an_ignored_one_leaves_nothing(monitoring: Program) -> None:
    assert tell(monitoring, labels={})["class_of_service"] == "standard"
    ticket = ticket_of(monitoring.desk)
    assert (ticket.state, ticket.escalation) == (TicketState.OPEN, 0)
    assert ticket.response_due_at == MONDAY_AT_SIX
    ignored = tell(monitoring, "f2", labels={"env": "test", "severity": "critical"})
    assert (ignored["outcome"], ignored["ticket"]) == ("ignored", None)
    assert len(all_tickets(monitoring.desk)) == 1


def test_a_rule_gives_region_and_policy(monitoring: Program) -> None:
    tell(monitoring, labels={}, pbx_serial="9900-1", country="", partner="9999")
    ticket = ticket_of(monitoring.desk)
    assert (ticket.region, ticket.policy, ticket.partner) == ("uk", "uk-only", None)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_many_posts_at_once_one_opens_one_ticket(make_desk: Callable[[str], Desk], kind: str) -> None:
    desk = with_rules(make_desk(kind))
    programs = [Program(desk, "alerts") for _ in range(8)]  # tokens of one name: one source
    with ThreadPoolExecutor(8) as posting:
        told = list(posting.map(tell, programs))
    assert Counter(one["outcome"] for one in told) == {"opened": 1, "known": 7}
    assert {one["ticket"] for one in told} == {1042}
    assert [ticket.number for ticket in all_tickets(desk)] == [1042]
    (stored,) = desk.do(lambda connection: alerts.alerts_of(connection, 1042))
    assert stored.times == 8
    assert tell(programs[0], status="resolved")["closed"]
    assert ticket_of(desk).state is TicketState.CLOSED
    assert desk.do(lambda connection: [one.type for one in new_events(connection, 100)])[-1] == "ticket.closed"
    assert tell(programs[0], status="resolved")["outcome"] == "unknown"


def test_a_ticket_that_somebody_took_is_not_closed_by_its_alert(monitoring: Program) -> None:
    tell(monitoring)
    desk, house = monitoring.desk, house_of(monitoring.desk)
    desk.do(lambda connection: accept(connection, house.pager, 1042, "jon", "key", desk.at))
    over = tell(monitoring, status="resolved")
    assert (over["outcome"], over["closed"]) == ("resolved", False)
    assert ticket_of(desk).state is TicketState.ACKNOWLEDGED
    assert events_of(desk)[-1] == "alert over"
    assert "stays yours" in desk.do(lambda connection: texts_of(connection, 1042))[-1].body
    assert tell(monitoring)["outcome"] == "joined"
    assert len(all_tickets(desk)) == 1
    bodies = [text.body for text in desk.do(lambda connection: texts_of(connection, 1042))]
    assert any("was added to your ticket 1042" in body for body in bodies)


def test_whoever_has_a_ticket_reads_each_time_how_its_alerts_stand_and_of_new_ones_in_a_quarter_of_an_hour_once(
    monitoring: Program,
) -> None:
    tell(monitoring)
    desk, house = monitoring.desk, house_of(monitoring.desk)
    desk.do(lambda connection: accept(connection, house.pager, 1042, "jon", "key", desk.at))
    desk.at = NIGHT + timedelta(minutes=14)
    for status in ("resolved", "firing", "resolved", "firing", "resolved"):
        desk.at += timedelta(minutes=1)
        tell(monitoring, status=status)
    desk.at += timedelta(minutes=12)
    tell(monitoring)
    told = [(text.at - NIGHT, text.body) for text in desk.do(lambda connection: texts_of(connection, 1042))]
    added = [at for at, body in told if "was added to your ticket" in body]
    over = [at for at, body in told if "stays yours" in body]
    assert added == [timedelta(minutes=16), timedelta(minutes=31)]
    assert over == [timedelta(minutes=15), timedelta(minutes=17)]


@pytest.mark.parametrize("event", ["note", "fields", "file added", "related"])
def test_what_somebody_wrote_keeps_a_standard_ticket_open_when_its_alert_is_over(
    monitoring: Program, event: str
) -> None:
    tell(monitoring, labels={})
    desk = monitoring.desk
    desk.do(lambda connection: tickets.log(connection, 1042, "note-1", desk.at, event, "by Jon Bell: looks odd"))
    assert not tell(monitoring, status="resolved", labels={})["closed"]
    assert ticket_of(desk).state is TicketState.OPEN


def test_a_flapping_alert_pages_again_only_when_its_time_is_over_and_it_still_fires(monitoring: Program) -> None:
    desk, house = monitoring.desk, house_of(monitoring.desk)
    for _ in range(3):
        tell(monitoring)
        tell(monitoring, status="resolved")
        desk.at += timedelta(minutes=2)
    held = tell(monitoring)
    assert (held["outcome"], held["ticket"]) == ("held", 1042)
    assert page_held(house) == 0
    assert len(all_tickets(desk)) == 1
    desk.at += timedelta(minutes=25)
    assert page_held(house) == 1
    assert page_held(house) == 0
    assert ticket_of(desk, 1043).state is TicketState.PAGING
    assert tell(monitoring)["ticket"] == 1043


def test_an_alert_that_fires_on_after_its_ticket_was_resolved_opens_another_one_later(monitoring: Program) -> None:
    tell(monitoring)
    desk, house = monitoring.desk, house_of(monitoring.desk)
    desk.do(lambda connection: accept(connection, house.pager, 1042, "jon", "key", desk.at))
    desk.at += timedelta(hours=2)
    desk.do(lambda connection: resolve(Hand(house, connection, "Jon Bell", "jon", desk.at), 1042, "restarted"))
    assert (tell(monitoring)["outcome"], len(all_tickets(desk))) == ("known", 1)
    desk.at += timedelta(minutes=31)
    assert (tell(monitoring)["outcome"], tell(monitoring)["ticket"]) == ("opened", 1043)


def test_a_standard_ticket_pages_once_its_alert_became_critical(monitoring: Program) -> None:
    tell(monitoring, labels={"severity": "warning"})
    assert tell(monitoring)["outcome"] == "raised"
    ticket = ticket_of(monitoring.desk)
    assert (ticket.state, ticket.response_due_at) == (TicketState.PAGING, None)
    assert tell(monitoring)["outcome"] == "known"


def test_an_alert_that_becomes_critical_in_support_hours_is_due_half_an_hour_later(monitoring: Program) -> None:
    desk = monitoring.desk
    desk.at = DAY
    tell(monitoring, labels={"severity": "warning"})
    desk.at += timedelta(minutes=5)
    assert tell(monitoring)["outcome"] == "raised"
    assert ticket_of(desk).response_due_at == DAY + timedelta(minutes=35)


def test_alerts_of_one_group_share_a_ticket_and_a_page_and_close_it_together(monitoring: Program) -> None:
    desk = monitoring.desk
    names = [f"node{number}" for number in range(40)]
    answer = monitoring.ask("POST", "/alertmanager", json=managed(*names, serial="1100-7", partner="4001")).json
    assert (answer["tickets"], answer["left_out"]) == ([1042], 0)
    assert Counter(one["outcome"] for one in answer["alerts"]) == {"opened": 1, "joined": 39}
    assert desk.do(lambda connection: alerts.count_alerts(connection, 1042)) == 40
    assert ticket_of(desk).problem == "node0 is down"
    assert len(events_of(desk)) < 30
    monitoring.ask("POST", "/alertmanager", json=managed(*names[1:], status="resolved"))
    assert ticket_of(desk).state is TicketState.PAGING
    last = monitoring.ask("POST", "/alertmanager", json=managed(names[0], status="resolved")).json
    assert last["alerts"][0]["closed"]
    assert ticket_of(desk).state is TicketState.CLOSED


def test_each_source_has_its_own_fingerprints_and_groups_and_a_token_that_replaces_another_is_the_same(
    desk: Desk,
) -> None:
    with_rules(desk)
    north, south = Program(desk, "alerts", name="north"), Program(desk, "alerts", name="south")
    assert [tell(one, group="core")["ticket"] for one in (north, south)] == [1042, 1043]
    assert tell(south, status="resolved")["closed"]
    assert ticket_of(desk).state is TicketState.PAGING
    again = tell(Program(desk, "alerts", name="north"))
    assert (again["outcome"], again["ticket"], again["fingerprint"]) == ("known", 1042, "f1")
    bodies = [one.ask("POST", "/alertmanager", json=managed("node")).json for one in (north, south)]
    assert [body["tickets"] for body in bodies] == [[1044], [1045]]
    assert bodies[0]["alerts"][0]["fingerprint"] == "fp-node"


def test_alerts_without_a_group_stand_alone(monitoring: Program) -> None:
    answer = monitoring.ask("POST", "/alertmanager", json=managed("a", "b", group="")).json
    assert answer["tickets"] == [1042, 1043]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_caller_is_served_in_the_middle_of_a_storm_of_alerts(make_desk: Callable[[str], Desk], kind: str) -> None:
    desk = with_rules(make_desk(kind), pages_per_hour=1)
    storm = [Alert(f"f{number}", True, "down", labels={"severity": "critical"}) for number in range(45)]
    impatient, served = connect(house_of(desk).settings.database_url, waits=0 if kind == "sqlite" else 1), []
    for position, _ in enumerate(take_in_turns(house_of(desk), storm)):
        if position % AT_ONCE == 0:
            with impatient.begin() as connection:
                alerts.hold_alerts(connection)
                served.append(next_ticket_number(connection))
    impatient.dispose()
    assert len(served) == 3
    assert desk.do(lambda connection: alerts.count_alerts(connection, 1042)) == 45


def test_a_second_post_of_many_at_once_is_sent_away_and_one_of_a_few_is_not(monitoring: Program) -> None:
    storm = managed(*[f"node{number}" for number in range(AT_ONCE + 1)])
    with ONE_AT_A_TIME:
        away = monitoring.ask("POST", "/alertmanager", json=storm)
        few = monitoring.ask("POST", "/alertmanager", json=managed("disk"))
    assert (away.status_code, away.content_type) == (503, "application/problem+json")
    assert away.headers["Retry-After"] == "5"
    assert [one["outcome"] for one in few.json["alerts"]] == ["opened"]
    assert len(monitoring.ask("POST", "/alertmanager", json=storm).json["alerts"]) == AT_ONCE + 1


def test_what_was_taken_in_before_a_failure_does_no_harm_when_it_is_told_again(monitoring: Program) -> None:
    desk, stored, body = monitoring.desk, list[str](), managed(*[f"node{number}" for number in range(45)])

    def breaks_once(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        stored.extend(["alert"] if statement.startswith("INSERT INTO alerts ") else [])
        if len(stored) == 30:
            stored.append("broken")
            raise OperationalError(statement, {}, Exception("the disk is full"))

    event.listen(house_of(desk).engine, "before_cursor_execute", breaks_once)
    cut = monitoring.ask("POST", "/alertmanager", json=body)
    assert (cut.status_code, cut.headers["Retry-After"]) == (503, "5")
    assert cut.json["detail"].startswith("20 of 45 alerts were taken in.")
    assert desk.do(lambda connection: alerts.count_alerts(connection, 1042)) == 20
    again = monitoring.ask("POST", "/alertmanager", json=body).json
    assert Counter(one["outcome"] for one in again["alerts"]) == {"known": 20, "joined": 25}
    assert (again["tickets"], ticket_of(desk).escalation) == ([1042], 1)
    over = managed(*[f"node{number}" for number in range(45)], status="resolved")
    assert (
        Counter(one["closed"] for one in monitoring.ask("POST", "/alertmanager", json=over).json["alerts"])[True] == 1
    )


def test_more_held_alerts_than_one_transaction_takes_are_all_opened(monitoring: Program) -> None:
    desk, body = monitoring.desk, managed(*[f"node{number}" for number in range(AT_ONCE + 5)])
    for status in ("firing", "resolved", "firing"):
        found = monitoring.ask("POST", "/alertmanager", json={**body, "alerts": with_status(body, status)}).json
    assert {one["outcome"] for one in found["alerts"]} == {"held"}
    desk.at += timedelta(minutes=31)
    assert page_held(house_of(desk)) == AT_ONCE + 5
    assert desk.do(lambda connection: alerts.count_alerts(connection, 1043)) == AT_ONCE + 5


def test_pages_of_alerts_are_bounded_and_the_rest_join_the_newest(desk: Desk) -> None:
    monitoring = Program(with_rules(desk, pages_per_hour=3), "alerts")
    told = [tell(monitoring, f"f{number}")["ticket"] for number in range(6)]
    assert told == [1042, 1043, 1044, 1044, 1044, 1044]
    desk.at += timedelta(hours=1, minutes=1)
    assert tell(monitoring, "f9")["ticket"] == 1045


def test_a_program_that_posts_too_often_waits_and_an_alertmanager_is_told_to_try_again(desk: Desk) -> None:
    monitoring = Program(with_rules(desk, posts_per_minute=2), "alerts")
    tell(monitoring, "f1")
    tell(monitoring, "f2")
    again = monitoring.ask("POST", "/alertmanager", json=managed("f3"))
    assert (again.status_code, again.headers["Retry-After"]) == (503, "60")
    refused = monitoring.ask("POST", "/alerts", json={"fingerprint": "f3", "status": "firing", "summary": "x"})
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    desk.at += timedelta(minutes=1)
    assert tell(monitoring, "f3")["ticket"] == 1044


def test_a_storm_of_an_alertmanager_may_be_larger_than_anything_else_that_is_posted(monitoring: Program) -> None:
    storm = managed("TrunksDown", "PbxDown")
    for alert in storm["alerts"]:
        alert["annotations"]["runbook"] = "x" * (3 << 20)
    answer = monitoring.ask("POST", "/alertmanager", json=storm)
    assert (answer.status_code, answer.json and answer.json["tickets"]) == (200, [1042])
    storm["alerts"].append(storm["alerts"][0])
    assert monitoring.ask("POST", "/alertmanager", json=storm).status_code == 413


def test_while_a_storm_is_read_others_write(desk: Desk, monitoring: Program) -> None:
    class Slow(Managed):
        def plain(self, source: str) -> list[Alert]:
            desk.do(hold_configuration)
            return super().plain(source)

    storm = Slow.model_validate(managed("TrunksDown"))
    with desk.engine.begin() as connection:
        (token,) = list_tokens(connection)
        ask = Ask(desk.app.extensions["houses"].main, connection, token, desk.at, body=storm)
        later = post_alertmanager(ask)
    assert later.finish().tickets == [1042]


def test_what_cannot_be_used_is_refused_with_its_place_and_without_the_scope_nothing_is(desk: Desk) -> None:
    monitoring = Program(desk, "alerts")
    bad = monitoring.ask("POST", "/alerts", json={"fingerprint": "f1", "status": "over", "sumary": "x"})
    assert bad.status_code == 422
    assert {fault["field"] for fault in bad.json["errors"]} >= {"status", "summary", "sumary"}
    assert monitoring.ask("POST", "/alertmanager", json={"version": "3", "alerts": []}).status_code == 422
    assert monitoring.ask("POST", "/alerts", data=b"{" * (2 << 20), content_type="application/json").status_code == 413
    assert Program(desk, "tickets").ask("POST", "/alerts", json={}).status_code == 403
    assert all_tickets(desk) == []


def test_texts_that_no_database_takes_and_odd_instants_do_no_harm(make_desk: Callable[[str], Desk]) -> None:
    monitoring = Program(with_rules(make_desk("postgresql")), "alerts")
    body = managed("node", country="Italy", partner="0x12")
    body["alerts"][0].update(startsAt="9999-12-31T23:59:59-12:00", annotations={"summary": "a\x00b \x07" + "c" * 300})
    assert monitoring.ask("POST", "/alertmanager", json=body).status_code == 200
    (stored,) = monitoring.desk.do(lambda connection: alerts.alerts_of(connection, 1042))
    assert (stored.summary[:4], len(stored.summary), stored.starts_at) == ("a b ", 200, None)
    assert (stored.country, stored.partner) == ("", "")
    reaches = {"fingerprint": "f\x00", "status": "firing", "summary": "\x01x", "labels": {"a\x00": "b\x00"}}
    assert monitoring.ask("POST", "/alerts", json=reaches).status_code == 202
