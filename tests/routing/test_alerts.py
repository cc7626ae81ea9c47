"""Rules for alerts, and what becomes of one: by what stands of it before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.alerts import (
    Alert,
    AlertClass,
    AlertRule,
    Before,
    Decision,
    Deed,
    Ruling,
    decide,
    fits,
    holds_until,
    ruling,
)
from routing.tickets import TicketState

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
LATER, EARLIER = AT + timedelta(minutes=10), AT - timedelta(minutes=10)
ALERT = Alert("f1", True, "SIP trunks down", labels={"severity": "critical", "job": "core-sip"}, serial="1100-7")
CRITICAL, STANDARD = Ruling(AlertClass.CRITICAL), Ruling(AlertClass.STANDARD)
OVER = replace(ALERT, firing=False)


def rule(service: AlertClass = AlertClass.CRITICAL, **asks: object) -> AlertRule:
    return AlertRule("a-rule", service, **asks)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asks", "expected"),
    [
        ({}, True),
        ({"labels": {"severity": "critical"}}, True),
        ({"labels": {"severity": "critical", "job": "core-*"}}, True),
        ({"labels": {"severity": "warning"}}, False),
        ({"labels": {"team": "*"}}, False),
        ({"serials": ("22", "1100-")}, True),
        ({"serials": ("7",)}, False),
        ({"countries": ("IT",)}, False),
        ({"partners": ("4001",)}, False),
    ],
)
def test_a_rule_fits_an_alert_that_has_all_of_it(asks: dict[str, object], expected: bool) -> None:
    assert fits(rule(**asks), ALERT) is expected


def test_a_rule_for_a_country_or_partner_fits_alerts_of_it() -> None:
    of_rossi = replace(ALERT, country="IT", partner="4001")
    assert fits(rule(countries=("DE", "IT"), partners=("4001", "4002")), of_rossi)


def test_the_first_rule_that_fits_decides_and_the_default_comes_last() -> None:
    rules = [
        rule(AlertClass.IGNORE, labels={"job": "test-*"}),
        rule(region="it", policy="noc"),
        rule(AlertClass.IGNORE),
    ]
    assert ruling(ALERT, rules, AlertClass.STANDARD) == Ruling(AlertClass.CRITICAL, "a-rule", "it", "noc")
    assert ruling(ALERT, [], AlertClass.STANDARD) == STANDARD


def before(state: TicketState, firing: bool = True, critical: bool = True, until: datetime = EARLIER) -> Before:
    return Before(firing, critical, 1042, state, AT - timedelta(hours=1), until)


def test_a_new_alert_opens_a_ticket_or_joins_that_of_its_group() -> None:
    assert decide(CRITICAL, ALERT, None, None, AT) == Decision(Deed.OPENED)
    assert decide(CRITICAL, ALERT, None, 1040, AT) == Decision(Deed.JOINED, 1040)
    assert decide(Ruling(AlertClass.IGNORE), ALERT, None, 1040, AT) == Decision(Deed.IGNORED)


@pytest.mark.parametrize("state", [TicketState.OPEN, TicketState.PAGING, TicketState.ACKNOWLEDGED])
def test_an_alert_that_is_told_again_changes_nothing_while_its_ticket_is_at_work(state: TicketState) -> None:
    assert decide(CRITICAL, ALERT, before(state), 1040, AT) == Decision(Deed.KNOWN, 1042)
    assert decide(CRITICAL, ALERT, before(state, firing=False), 1040, AT) == Decision(Deed.JOINED, 1042)


@pytest.mark.parametrize("state", [TicketState.RESOLVED, TicketState.CLOSED])
def test_a_flapping_alert_is_held_until_its_time_is_over(state: TicketState) -> None:
    assert decide(CRITICAL, ALERT, before(state, firing=False, until=LATER), None, AT).deed is Deed.HELD
    assert decide(CRITICAL, ALERT, before(state, firing=True, until=LATER), None, AT).deed is Deed.KNOWN
    assert decide(CRITICAL, ALERT, before(state, firing=False), None, AT) == Decision(Deed.OPENED)
    assert decide(CRITICAL, ALERT, before(state, firing=True), None, AT) == Decision(Deed.OPENED)


def test_a_standard_alert_that_becomes_critical_raises_its_ticket_and_is_never_held() -> None:
    standard = before(TicketState.OPEN, critical=False)
    assert decide(CRITICAL, ALERT, standard, None, AT) == Decision(Deed.RAISED, 1042)
    closed = before(TicketState.CLOSED, firing=False, critical=False, until=LATER)
    assert decide(CRITICAL, ALERT, closed, None, AT) == Decision(Deed.OPENED)
    assert decide(STANDARD, ALERT, standard, None, AT) == Decision(Deed.KNOWN, 1042)


def test_who_has_a_ticket_for_more_than_a_night_is_not_the_end_of_an_alert_that_fires_anew() -> None:
    old = replace(before(TicketState.ACKNOWLEDGED, firing=False), opened_at=AT - timedelta(hours=12))
    assert decide(CRITICAL, ALERT, old, None, AT) == Decision(Deed.OPENED)


def test_an_alert_that_is_over_is_told_of_its_ticket_even_if_a_rule_ignores_it_now() -> None:
    ignored = Ruling(AlertClass.IGNORE)
    assert decide(ignored, OVER, before(TicketState.PAGING), None, AT) == Decision(Deed.RESOLVED, 1042)
    assert decide(CRITICAL, OVER, before(TicketState.CLOSED, firing=False), None, AT) == Decision(Deed.UNKNOWN, 1042)
    assert decide(CRITICAL, OVER, None, None, AT) == Decision(Deed.UNKNOWN)


def test_the_hold_counts_from_the_page_and_from_when_people_were_done() -> None:
    half_an_hour = timedelta(minutes=30)
    assert holds_until(AT, None, 30) == AT + half_an_hour
    assert holds_until(AT, LATER, 30) == LATER + half_an_hour
    assert holds_until(AT, EARLIER, 30) == AT + half_an_hour
