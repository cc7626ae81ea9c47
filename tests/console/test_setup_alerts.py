"""Alert rules, components and prices: what their lists say, and the order of rules, which decides."""

from dataclasses import replace
from typing import Any

from ivr.store.audit import list_changes
from ivr.store.configuration import load_configuration
from routing.alerts import AlertClass
from tests.console.desk import Desk
from tests.console.typed import save, sheet

RULES = "/console/alert-rules"


def order_of(desk: Desk) -> list[str]:
    return list(desk.do(load_configuration).alert_rules)


def move(desk: Desk, key: str, verb: str, order: str = "tests critical") -> Any:
    return desk.post(desk.client(), RULES, key=key, do=verb, order=order)


def test_a_rule_is_moved_by_one_and_the_audit_says_so(desk: Desk) -> None:
    answer = move(desk, "critical", "up")
    assert (answer.status_code, answer.location) == (303, f"{RULES}?moved=up+critical")
    assert order_of(desk) == ["critical", "tests"]
    (change,) = desk.do(list_changes)
    assert (change.by, change.kind, change.key, change.after) == (
        "Sara Vogel",
        "alert_rule",
        "order",
        {"order": ["critical", "tests"]},
    )
    page = desk.client().get("/console/audit").get_data(as_text=True)
    assert "order" in page


def test_a_rule_at_the_end_stays_and_leaves_no_line(desk: Desk) -> None:
    assert move(desk, "critical", "down").status_code == 303
    assert move(desk, "tests", "sideways").status_code == 303
    assert (order_of(desk), desk.do(list_changes)) == (["tests", "critical"], [])


def test_an_order_that_somebody_changed_meanwhile_is_not_changed_blindly(desk: Desk) -> None:
    for key, order in (("critical", "critical tests"), ("gone", "tests critical"), ("tests", "")):
        answer = move(desk, key, "up", order)
        assert answer.status_code == 409
        assert "Somebody changed the rules meanwhile" in answer.get_data(as_text=True)
    assert order_of(desk) == ["tests", "critical"]


def test_only_managers_move_rules(desk: Desk) -> None:
    assert desk.post(desk.client("engineer"), RULES, key="critical", do="up").status_code == 403


def test_the_list_of_rules_says_what_each_asks_for(desk: Desk) -> None:
    client = desk.client()
    save(client, "/console/new-alert-rule", key="all", **{"labels-name": [""], "countries": ["IT", "DE"]})
    page = client.get(RULES).get_data(as_text=True)
    assert "severity is critical" in page
    assert "country IT or DE" in page


def test_what_becomes_of_other_alerts_is_a_rule_of_the_service_and_its_other_settings_stay(desk: Desk) -> None:
    client, before = desk.client(), desk.do(load_configuration).rules
    assert (
        save(client, "/console/service", **{"alerts.default": "ignore", "alerts.group_minutes": "5"}).status_code == 303
    )
    after = desk.do(load_configuration).rules
    assert after == replace(before, alerts=replace(before.alerts, default=AlertClass.IGNORE, group_minutes=5))
    assert "<strong>ignored</strong>" in client.get(RULES).get_data(as_text=True)


def test_the_list_of_prices_says_which_counts_where_today(desk: Desk) -> None:
    client = desk.client()
    amounts = {"inbound_minute": "0.02", "outbound_minute": "0.03", "sms": "0.04"}
    for key, starts_on in (("us-now", "2026-11-01"), ("us-later", "2027-01-01")):
        save(client, "/console/new-price", key=key, region="us", **{"from": starts_on}, **amounts)
    rows = client.get("/console/prices").get_data(as_text=True).split("<tr>")[2:]
    told = {row.split("</a>")[0].rpartition(">")[2]: row for row in rows}
    for key, counts in {"us-now": True, "us-2026": False, "us-later": False}.items():
        assert ("<td>United States</td>\n    </tr>" in told[key]) == counts, key
    assert "Italy" in told["all-2026"]
    assert "0.0085 USD" in told["us-2026"]


def test_a_region_without_a_price_is_named(desk: Desk) -> None:
    client = desk.client()
    fields = sheet(client.get("/console/prices/all-2026").get_data(as_text=True)).fields
    sent = {name: fields[name] for name in ("csrf_token", "seen")}
    assert client.post("/console/prices/all-2026/remove", data=sent).status_code == 303
    page = client.get("/console/prices").get_data(as_text=True)
    assert "Without a price today" in page
    assert "Italy" in page.split("Without a price today")[1]


def test_the_list_of_components_says_whether_a_status_page_is_read(desk: Desk) -> None:
    page = desk.client().get("/console/components").get_data(as_text=True)
    assert "No status page is read" in page
    assert "Cloud platform" in page
    assert "all regions" in page
