"""The monitoring's alerts on the console's pages, and settings that no form shows."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from ivr.alerts.intake import take_in
from ivr.house import House
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.retention import begin_run, end_run
from routing.alerts import Alert
from tests.console.desk import Desk
from tests.console.typed import save


def take(desk: Desk, *alerts: Alert) -> None:
    house: House = desk.app.extensions["houses"].main
    desk.do(lambda connection: take_in(house, connection, alerts, desk.at))


def test_a_ticket_lists_its_alerts_with_what_was_told_of_each(desk: Desk) -> None:
    labels = {"severity": "critical", "job": "core-sip", "phone": "+442079460201"}
    first = Alert("f1", True, "SIP trunks down", "no registration", labels, "1100-7", "IT", "4001", "g")
    take(desk, first, replace(first, fingerprint="f2", summary="SIP proxy down"), replace(first, firing=False))
    page = desk.client("viewer").get("/console/tickets/1042").get_data(as_text=True)
    for told in ("Rossi Telecom", "SIP trunks down", "SIP proxy down", "core-sip", "1100-7", "no registration", "18.2"):
        assert told in page
    assert "+442079460201" not in page
    assert "SIP trunks down" in desk.client("viewer").get("/console/tickets").get_data(as_text=True)


def test_the_pages_of_alerts_and_of_privacy_can_be_read_by_everybody(
    served: Desk, assert_looks_good: Callable[..., None]
) -> None:
    first = Alert(
        "f1", True, "SIP trunks down", "no registration", {"severity": "critical"}, "1100-7", "IT", "4001", "g"
    )
    take(served, first, replace(first, fingerprint="f2", summary="SIP proxy down"))

    def swept(connection: Connection) -> None:
        begin_run(connection, "day-calls", "calls", served.at, "the worker", served.at)
        end_run(connection, "day-calls", 12, "")
        begin_run(connection, "day-recordings", "recordings", served.at, "the worker", served.at)
        end_run(connection, "day-recordings", 1, "2 are left for the next run: the carrier does not answer")

    served.do(swept)
    open_all = "document.querySelectorAll('details').forEach(one => one.open = true)"
    assert_looks_good("/console/tickets/1042", "ticket-of-alerts", before=lambda page: page.evaluate(open_all))
    assert_looks_good("/console/privacy", "privacy")


def test_saving_the_service_page_leaves_what_it_does_not_show(desk: Desk) -> None:
    def change(connection: Connection) -> None:
        known = load_configuration(connection)
        alerts = replace(known.rules.alerts, pages_per_hour=3)
        rules = replace(known.rules, reminders=False, alerts=alerts)
        save_configuration(connection, replace(known, rules=rules))

    desk.do(change)
    saved = save(desk.client("manager"), "/console/service", calls_per_hour="7")
    assert saved.status_code == 303, saved.get_data(as_text=True)
    rules = desk.do(load_configuration).rules
    assert (rules.calls_per_hour, rules.reminders, rules.alerts.pages_per_hour) == (7, False, 3)
