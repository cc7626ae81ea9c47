"""Ticket sync: one ticket here is one ticket there, whatever fails in between, in each vendor's own words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from ivr.integrations.delivering import again
from ivr.integrations.desk import DeskTarget
from ivr.integrations.desks.base import News
from ivr.integrations.file import read_targets
from ivr.integrations.recipients import Recipients
from ivr.store import tickets
from ivr.store.deliveries import DeliveryState
from ivr.store.delivery_tables import desk_tickets
from routing.service import ClassOfService
from routing.tickets import TicketEvent, TicketState
from tests.console.desk import Desk
from tests.integrations.facts import TICKET
from tests.integrations.outside import house_of, later, note, open_ticket, told, work
from tests.integrations.services import Given, running
from tests.integrations.vendor_jira import JiraService
from tests.integrations.vendor_zammad import ZammadService
from tests.integrations.vendor_zendesk import ZendeskService
from tests.integrations.vendors import Vendor

ACCESS = {
    "zammad": 'group = "Users"\ncustomer = "nightline@example.com"',
    "zendesk": 'email = "agent@example.com"',
    "jira": 'email = "bot@example.com"\nproject = "SUP"\nissue_type = "Incident"',
}
SERVICES = {"zammad": ZammadService, "zendesk": ZendeskService, "jira": JiraService}
OPEN, WORKED_ON, DONE = (
    {"zammad": "new", "zendesk": "new", "jira": "To do"},
    {"jira": "In progress"},
    {"zendesk": "solved", "jira": "Done"},
)
URGENT = {"zammad": "3 high", "zendesk": "urgent", "jira": "Highest"}
NORMAL = {"zammad": "2 normal", "zendesk": "normal", "jira": "Medium"}


@dataclass
class Sync:
    """A vendor, and the worker that tells it."""

    desk: Desk
    kind: str
    vendor: Any
    recipients: Recipients

    def work(self) -> Any:
        """The last delivery, after everything that is due was tried."""
        for _ in range(4):
            work(self.desk, self.recipients)
        return told(self.desk)[-1]

    def happens(
        self, event: str, key: str, move: TicketEvent | None = None, detail: str = "by Jon", **values: Any
    ) -> None:
        with self.desk.engine.begin() as connection:
            if move is not None:
                tickets.move_ticket(connection, TICKET.number, move, **values)
            tickets.log(connection, TICKET.number, key, self.desk.at, event, detail)


def entry(kind: str, url: str, more: str = "") -> str:
    return f'[[desks]]\nkey = "support"\nkind = "{kind}"\nurl = "{url}"\ntoken = "t0ken"\n{ACCESS[kind]}\n{more}\n'


@pytest.fixture(params=list(SERVICES))
def sync(request: pytest.FixtureRequest, desk: Desk, tmp_path: Path) -> Iterator[Sync]:
    vendor: Vendor = SERVICES[request.param]()
    path = tmp_path / "integrations.toml"
    path.write_text(entry(request.param, vendor.url))
    with running(vendor):
        yield Sync(desk, request.param, vendor, Recipients(read_targets(path)))


def test_a_night_here_is_the_same_night_there(sync: Sync) -> None:
    open_ticket(sync.desk)
    assert sync.work().state is DeliveryState.DELIVERED
    assert sync.vendor.state_of() == (OPEN[sync.kind], URGENT[sync.kind])
    sync.happens("acknowledged", "acknowledged-1", TicketEvent.ACKNOWLEDGE, acknowledged_by="jon")
    sync.work()
    assert sync.vendor.state_of()[0] == WORKED_ON.get(sync.kind, "open")
    note(sync.desk, "the provider was called")
    sync.happens("downgraded", "class-1", TicketEvent.DOWNGRADE, class_of_service=ClassOfService.STANDARD)
    sync.work()
    assert sync.vendor.state_of()[1] == NORMAL[sync.kind]
    sync.happens("resolved", "resolved", TicketEvent.RESOLVE, "by Jon Bell: restarted")
    assert sync.work().state is DeliveryState.DELIVERED
    assert sync.vendor.state_of()[0] == DONE.get(sync.kind, "closed")
    texts = sync.vendor.texts()
    assert len(texts) == 5
    assert "Rossi Telecom (4001)" in texts[0]
    assert "Note by Jon Bell: the provider was called" in texts[2]
    assert "Resolved by Jon Bell: restarted" in texts[4]
    assert {one.state for one in told(sync.desk)} == {DeliveryState.DELIVERED}


def test_a_ticket_that_closed_by_itself_is_done_there_too(sync: Sync) -> None:
    open_ticket(sync.desk)
    sync.happens("closed by itself", "recovered", TicketEvent.RECOVER, "by the monitoring: all its alerts are over")
    assert sync.work().state is DeliveryState.DELIVERED
    assert sync.vendor.state_of()[0] == DONE.get(sync.kind, "closed")
    assert "Closed by the monitoring: all its alerts are over" in sync.vendor.texts()[-1]


def test_a_ticket_that_the_monitoring_raised_has_the_other_priority_there_too(sync: Sync) -> None:
    with sync.desk.engine.begin() as connection:
        standard = replace(TICKET, class_of_service=ClassOfService.STANDARD, state=TicketState.OPEN)
        tickets.insert_ticket(connection, standard)
    sync.work()
    assert sync.vendor.state_of()[1] == NORMAL[sync.kind]
    sync.happens("raised", "raised-1", TicketEvent.UPGRADE, class_of_service=ClassOfService.CRITICAL)
    sync.work()
    assert sync.vendor.state_of()[1] == URGENT[sync.kind]


def test_no_telephone_number_leaves_the_house(sync: Sync) -> None:
    open_ticket(sync.desk)
    note(sync.desk, "their number is +44 20 7946 0201")
    sync.work()
    sent = b"".join(asked.body for asked in sync.vendor.asked)
    assert b"7946" not in sent
    assert b"442079460201" not in sent


def test_a_ticket_whose_answer_was_lost_is_found_and_not_created_again(sync: Sync) -> None:
    sync.vendor.crowd(60)
    if isinstance(sync.vendor, ZendeskService):
        sync.vendor.keys.clear()
    sync.vendor.fails_after = 1
    open_ticket(sync.desk)
    assert (sync.work().state, sync.work().status) == (DeliveryState.WAITING, 502)
    later(sync.desk, hours=3)
    if isinstance(sync.vendor, ZendeskService):
        sync.vendor.keys.clear()  # Zendesk forgets its keys after two hours
    assert sync.work().state is DeliveryState.DELIVERED
    assert len([asked for asked in sync.vendor.writes() if asked.method == "POST"]) == 1
    linked = sync.desk.do(lambda connection: connection.execute(select(desk_tickets)).mappings().one())
    assert linked["id"] == str(10061 if sync.kind == "jira" else 61)
    assert linked["url"].startswith(sync.vendor.url)


def test_a_ticket_of_zammad_with_a_long_title_is_found_again(tmp_path: Path) -> None:
    vendor, path = ZammadService(), tmp_path / "integrations.toml"
    path.write_text(entry("zammad", vendor.url))
    (target,) = read_targets(path)
    assert isinstance(target, DeskTarget)
    news = News("NL-1042", "a mark", "Rossi " * 50, "first words", "more words", critical=True, state="open")
    with running(vendor):
        made = target.desk.create(news)
        assert target.desk.find(news.reference) == made
    assert len(vendor.tickets[1]["title"]) == 250


def test_a_note_whose_answer_was_lost_is_not_added_again(sync: Sync) -> None:
    open_ticket(sync.desk)
    for number in range(3):
        note(sync.desk, f"note {number}", key=str(number))
    sync.work()
    sync.vendor.fails_after = 1
    note(sync.desk, "the last one", key="last")
    assert sync.work().state is DeliveryState.WAITING
    later(sync.desk, seconds=30)
    assert sync.work().state is DeliveryState.DELIVERED
    assert len([text for text in sync.vendor.texts() if "the last one" in text]) == 1


def the_end_is_lost(sync: Sync) -> None:
    """The worker dies, or its database goes away, between the answer and the writing down of it; once."""
    engine = house_of(sync.desk).engine

    def breaks(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO delivery_attempts"):
            raise OperationalError(statement, {}, Exception("the server closed the connection"))

    event.listen(engine, "before_cursor_execute", breaks)
    with pytest.raises(OperationalError):
        work(sync.desk, sync.recipients)
    event.remove(engine, "before_cursor_execute", breaks)


def test_a_note_whose_try_was_cut_off_is_not_added_again(sync: Sync) -> None:
    open_ticket(sync.desk)
    sync.work()
    note(sync.desk, "the last one", key="last")
    the_end_is_lost(sync)
    later(sync.desk, seconds=30)
    assert sync.work().state is DeliveryState.DELIVERED
    assert len([text for text in sync.vendor.texts() if "the last one" in text]) == 1


def test_after_a_try_that_was_cut_off_the_search_is_given_its_time(sync: Sync) -> None:
    open_ticket(sync.desk)
    the_end_is_lost(sync)
    sync.desk.do(lambda connection: connection.execute(desk_tickets.delete()))
    asked = len(sync.vendor.asked)
    assert (sync.work().state, len(sync.vendor.asked)) == (DeliveryState.WAITING, asked)
    later(sync.desk, seconds=30)
    assert (sync.work().state, sync.work().attempts) == (DeliveryState.DELIVERED, 1)
    assert len([asked for asked in sync.vendor.writes() if asked.method == "POST"]) == 1


def test_what_follows_waits_for_what_went_before(sync: Sync) -> None:
    sync.vendor.answers = [Given(500)]
    open_ticket(sync.desk)
    note(sync.desk, "first", key="1")
    sync.work()
    assert [one.attempts for one in told(sync.desk)] == [1, 0]
    later(sync.desk, minutes=6)
    sync.work()
    assert {one.state for one in told(sync.desk)} == {DeliveryState.DELIVERED}
    assert "first" in sync.vendor.texts()[1]


def test_a_limit_is_kept_and_no_access_is_said_and_tried_again(sync: Sync) -> None:
    sync.vendor.answers = [Given(429, {"error": "slow down"}, {"Retry-After": "77"}), sync.vendor.denied()]
    open_ticket(sync.desk)
    assert sync.work().next_at == sync.desk.at + timedelta(seconds=77)
    later(sync.desk, seconds=77)
    failed = sync.work()
    assert (failed.state, failed.status) == (DeliveryState.WAITING, 401)
    assert "Couldn't authenticate you" in failed.said
    assert "t0ken" not in failed.said
    later(sync.desk, minutes=1)
    assert sync.work().state is DeliveryState.DELIVERED


def test_what_is_refused_is_seen_at_the_ticket_and_tried_again_by_hand(sync: Sync) -> None:
    find = 0 if sync.kind == "jira" else 1
    sync.vendor.answers = [Given(200, {"issues": [], "isLast": True}), Given(400, {"errors": {"summary": "no"}})]
    if find:
        empty: Any = [] if sync.kind == "zammad" else {"tickets": []}
        sync.vendor.answers = [Given(200, empty), Given(422, {"error": "a field is missing"})]
    open_ticket(sync.desk)
    failed = sync.work()
    assert (failed.state, failed.next_at) == (DeliveryState.FAILED, None)
    client = sync.desk.client("engineer")
    page = client.get("/console/tickets/1042").get_data(as_text=True)
    assert "desk:support" in page
    assert "failed" in page
    answer = sync.desk.post(client, f"/console/integrations/deliveries/{failed.id}/again")
    assert answer.location == "/console/tickets/1042"
    assert sync.work().state is DeliveryState.DELIVERED
    page = client.get("/console/tickets/1042").get_data(as_text=True)
    assert "in sync" in page
    assert sync.desk.do(lambda connection: tickets.find_ticket(connection, 1042)) == TICKET


def test_a_ticket_that_was_never_created_is_created_by_what_follows(sync: Sync) -> None:
    sync.vendor.answers = [Given(400, {"error": "maintenance page"})]
    open_ticket(sync.desk)
    assert sync.work().state is DeliveryState.FAILED
    note(sync.desk, "later")
    assert sync.work().state is DeliveryState.DELIVERED
    assert [("Rossi" in text, "later" in text) for text in sync.vendor.texts()] == [(True, False), (False, True)]
    first = told(sync.desk)[0]
    sync.desk.do(lambda connection: again(house_of(sync.desk), connection, first.id, sync.desk.at))
    sync.work()
    assert len([asked for asked in sync.vendor.writes() if asked.method == "POST" and "comment" not in asked.path]) == 1


def test_classes_that_a_desk_does_not_want_are_not_sent(desk: Desk, tmp_path: Path) -> None:
    vendor = ZendeskService()
    path = tmp_path / "integrations.toml"
    path.write_text(entry("zendesk", vendor.url, 'classes = ["standard"]'))
    with running(vendor):
        open_ticket(desk)
        assert work(desk, Recipients(read_targets(path))) == []
        assert vendor.asked == []


def test_an_own_status_of_a_jira_project_is_used_and_one_that_is_not_there_is_said(desk: Desk, tmp_path: Path) -> None:
    vendor = JiraService()
    path = tmp_path / "integrations.toml"
    path.write_text(entry("jira", vendor.url, 'states = { resolved = "Waiting for customer" }'))
    with running(vendor):
        sync = Sync(desk, "jira", vendor, Recipients(read_targets(path)))
        open_ticket(desk)
        sync.happens("resolved", "resolved")
        failed = sync.work()
        assert failed.state is DeliveryState.FAILED
        assert "it may go to: In progress, Done" in failed.said
        vendor.statuses = {**vendor.statuses, "Waiting for customer": "indeterminate"}
        desk.do(lambda connection: again(house_of(desk), connection, failed.id, desk.at))
        assert sync.work().state is DeliveryState.DELIVERED
        assert vendor.state_of()[0] == "Waiting for customer"
        assert len(vendor.texts()) == 2


def test_a_priority_that_is_left_empty_is_not_sent(desk: Desk, tmp_path: Path) -> None:
    vendor = JiraService()
    path = tmp_path / "integrations.toml"
    path.write_text(entry("jira", vendor.url, 'priorities = { critical = "", standard = "" }'))
    with running(vendor):
        sync = Sync(desk, "jira", vendor, Recipients(read_targets(path)))
        open_ticket(desk)
        sync.happens("downgraded", "class-1", TicketEvent.DOWNGRADE, class_of_service=ClassOfService.STANDARD)
        assert sync.work().state is DeliveryState.DELIVERED
        assert "priority" not in vendor.issues[10001]["fields"]
