"""Signed webhooks: what is sent, to whom, how often, and what is never sent."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOSClient
from sqlalchemy import select
from standardwebhooks import Webhook

from ivr.house import build_house
from ivr.integrations.delivering import WAITS, again, attempt, relay, rescue
from ivr.integrations.endpoints import rotate
from ivr.integrations.recipients import Recipients
from ivr.paging.pager import OUT_QUEUE
from ivr.paging.worker import DELIVERIES_AT_ONCE
from ivr.settings import Settings
from ivr.store import calls
from ivr.store.audit import Author
from ivr.store.console_tables import changes
from ivr.store.deliveries import DeliveryState, begin_try, tries_of
from ivr.store.endpoints import add_endpoint, find_endpoint
from ivr.store.engine import connect
from tests.console.desk import Desk
from tests.databases import Templates
from tests.hosts import wait_until
from tests.integrations.facts import CALL, TICKET
from tests.integrations.outside import endpoint, house_of, later, note, open_ticket, told, work
from tests.integrations.services import Given, Service
from tests.line import ROSSI, WorkerProcess


def test_a_message_is_signed_as_standard_webhooks_says(desk: Desk, service: Service) -> None:
    made = endpoint(desk, f"{service.url}/hook?from=nightline", types=["ticket.opened"])
    open_ticket(desk)
    (one,) = work(desk)
    (asked,) = service.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/hook", {"from": "nightline"})
    assert asked.headers["content-type"] == "application/json"
    assert Webhook(made.secret).verify(asked.body, asked.headers)["type"] == "ticket.opened"
    signed = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{wanted}"
    assert 24 <= len(key) <= 64
    assert (one.state, one.status, one.attempts) == (DeliveryState.DELIVERED, 200, 1)


def test_a_message_says_what_happened_and_masks_numbers_unless_they_are_wanted(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url, types=["ticket.changed"])
    endpoint(desk, service.url, types=["ticket.changed"], with_numbers=True)
    open_ticket(desk)
    note(desk, "call them at +44 20 7946 0201")
    work(desk)
    masked, whole = (asked.json for asked in service.asked)
    assert (masked["type"], masked["timestamp"]) == ("ticket.changed", "2026-11-28T02:00:00.000Z")
    assert masked["data"]["ticket"]["number"] == 1042
    assert masked["data"]["ticket"]["partner_name"] == "Rossi Telecom"
    assert masked["data"]["change"]["event"] == "note"
    assert "7946" not in json.dumps(masked)
    assert ROSSI not in json.dumps(masked)
    assert whole["data"]["ticket"]["caller"] == ROSSI
    assert whole["data"]["change"]["detail"] == "by Jon Bell: call them at +44 20 7946 0201"


def test_every_try_has_the_same_id_and_body_and_a_new_signature_until_it_is_taken(desk: Desk, service: Service) -> None:
    made = endpoint(desk, service.url, types=["call.started"])
    service.answers = [Given(500, {"error": "broken"}), Given(302, headers={"Location": "http://127.0.0.1:1/"})]
    open_ticket(desk)
    (first,) = work(desk)
    assert (first.state, first.said) == (DeliveryState.WAITING, '{"error": "broken"}')
    assert first.next_at == desk.at + timedelta(seconds=5)
    assert work(desk)[0].attempts == 1  # not yet
    later(desk, seconds=5)
    assert work(desk)[0].next_at == desk.at + timedelta(minutes=1)
    later(desk, minutes=1)
    (one,) = work(desk)
    assert one.state is DeliveryState.DELIVERED
    assert len({asked.headers["webhook-id"] for asked in service.asked}) == 1
    assert len({asked.body for asked in service.asked}) == 1
    assert [bool(Webhook(made.secret).verify(asked.body, asked.headers)) for asked in service.asked] == [True] * 3
    with desk.engine.connect() as connection:
        assert [tried.status for tried in tries_of(connection, one.id)] == [500, 302, 200]


def test_an_endpoint_that_never_answers_well_is_given_up_after_a_day_or_two_and_can_be_replayed(
    desk: Desk, service: Service
) -> None:
    endpoint(desk, service.url, types=["call.started"])
    service.answers = [Given(503)] * (len(WAITS) + 1)
    open_ticket(desk)
    for wait in WAITS:
        work(desk)
        later(desk, seconds=wait.total_seconds())
    (one,) = work(desk)
    assert (one.state, one.attempts, one.next_at) == (DeliveryState.FAILED, len(WAITS) + 1, None)
    assert timedelta(days=1) < sum(WAITS, timedelta(0)) < timedelta(days=3)
    with desk.engine.begin() as connection:
        assert again(house_of(desk), connection, one.id, desk.at)
        assert again(house_of(desk), connection, one.id, desk.at)
    (one,) = work(desk)
    assert one.state is DeliveryState.DELIVERED
    assert len({asked.headers["webhook-id"] for asked in service.asked}) == 1


def test_an_answer_with_a_sign_that_no_column_holds_is_an_answer_like_others(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url, types=["call.started"])
    service.answers = [Given(200, b"thank\x00you")]
    open_ticket(desk)
    (one,) = work(desk)
    assert (one.state, one.said) == (DeliveryState.DELIVERED, "thank you")


def test_retry_after_is_kept(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url, types=["call.started"])
    service.answers = [Given(429, headers={"Retry-After": "90"})]
    open_ticket(desk)
    assert work(desk)[0].next_at == desk.at + timedelta(seconds=90)


def test_an_endpoint_that_is_gone_is_disabled_and_what_waits_for_it_is_dropped(desk: Desk, service: Service) -> None:
    made = endpoint(desk, service.url)
    service.answers = [Given(410)]
    open_ticket(desk)
    states = {one.type: one.state for one in work(desk)}
    assert states == {"call.started": DeliveryState.FAILED, "ticket.opened": DeliveryState.DROPPED}
    assert len(service.asked) == 1
    with desk.engine.connect() as connection:
        found = find_endpoint(connection, made.id)
        assert found is not None
        assert (found.disabled_at, found.disabled_why) == (desk.at, "It answered 410 Gone.")
        assert connection.execute(select(changes.c.action).where(changes.c.kind == "webhook")).scalar_one() == "disable"
    note(desk, "later")
    assert len(work(desk)) == 2


def test_both_secrets_sign_for_a_day_after_a_rotation(desk: Desk, service: Service) -> None:
    made = endpoint(desk, service.url)
    new = desk.do(lambda c: rotate(house_of(desk), c, Author("Sara", desk.at), made))
    open_ticket(desk)
    work(desk)
    for secret in (made.secret, new):
        assert Webhook(secret).verify(service.asked[0].body, service.asked[0].headers)
    later(desk, hours=25)
    note(desk, "later")
    work(desk)
    assert len(service.asked[-1].headers["webhook-signature"].split(" ")) == 1


def test_an_address_that_may_not_be_reached_is_a_failure_that_is_seen_at_once(desk: Desk, service: Service) -> None:
    house = house_of(desk)
    elsewhere = house.settings.model_copy(update={"public_url": "https://nightline.example.com"})
    object.__setattr__(house, "settings", elsewhere)
    endpoint(desk, service.url, types=["call.started"])
    open_ticket(desk)
    (one,) = work(desk)
    assert (one.state, one.said) == (DeliveryState.FAILED, "127.0.0.1 is not a public address")
    assert service.asked == []


@pytest.mark.parametrize(
    "given", [Given(200, b"x" * 1_100_000), Given(200, b"no gzip", {"Content-Encoding": "gzip"})], ids=["long", "odd"]
)
def test_whoever_says_yes_has_taken_it_whatever_is_wrong_with_the_rest(
    desk: Desk, service: Service, given: Given
) -> None:
    endpoint(desk, service.url, types=["call.started"])
    service.answers = [given]
    open_ticket(desk)
    (one,) = work(desk)
    assert (one.state, one.status, one.attempts) == (DeliveryState.DELIVERED, 200, 1)


def test_a_network_that_the_settings_name_may_be_reached(desk: Desk, service: Service) -> None:
    house = house_of(desk)
    values = {"public_url": "https://nightline.example.com", "private_webhooks": "10.0.0.0/8, 127.0.0.1/32"}
    object.__setattr__(house, "settings", house.settings.model_copy(update=values))
    endpoint(desk, service.url, types=["call.started"])
    open_ticket(desk)
    assert work(desk)[0].state is DeliveryState.DELIVERED


def test_a_try_that_comes_twice_or_late_sends_nothing(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url, types=["call.started"])
    open_ticket(desk)
    (one,) = work(desk)
    for number in (1, 2, 3):
        attempt(house_of(desk), Recipients(), one.id, number)
    assert relay(house_of(desk), Recipients()) == 0
    assert len(service.asked) == 1


def test_a_try_that_may_still_be_under_way_is_not_made_twice_at_once(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url, types=["call.started"])
    open_ticket(desk)
    relay(house_of(desk), Recipients())
    (one,) = told(desk)
    with desk.engine.begin() as connection:
        assert begin_try(connection, one, desk.at)
        assert not begin_try(connection, one, desk.at)
    (still,) = work(desk)
    assert (service.asked, still.attempts) == ([], 0)
    later(desk, seconds=20)
    assert work(desk)[0].state is DeliveryState.DELIVERED


def test_a_delivery_that_nobody_is_at_is_taken_up(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url, types=["call.started"])
    open_ticket(desk)
    relay(house_of(desk), Recipients())
    assert rescue(house_of(desk)) == 0
    later(desk, minutes=3)
    assert rescue(house_of(desk)) == 1
    assert rescue(house_of(desk)) == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_worker_delivers_and_tries_again_by_itself(
    kind: str, templates: Templates, tmp_path: Path, service: Service, make_settings: Callable[[str], Settings]
) -> None:
    settings = make_settings(templates.prepared(kind, tmp_path))
    house = build_house(settings, connect(settings.database_url))
    with house.engine.begin() as connection:
        made = add_endpoint(connection, service.url, "Sara", house.clock(), types=["call.started"])
    service.answers = [Given(500)]
    worker = WorkerProcess(settings)
    worker.start()
    try:
        with house.engine.begin() as connection:
            calls.begin_call(connection, CALL)
        wait_until(lambda: len(service.asked) == 2)
    finally:
        worker.stop()
        house.engine.dispose()
    assert Webhook(made.secret).verify(service.asked[1].body, service.asked[1].headers)["data"]["call"]["id"] == "CA1"


def test_to_one_recipient_one_try_is_made_at_a_time_whatever_the_number_of_workers(desk: Desk) -> None:
    queue = DBOSClient(system_database_engine=desk.engine, lazy=True).retrieve_queue(OUT_QUEUE)
    assert queue is not None
    assert (queue.worker_concurrency, queue.partition_concurrency) == (DELIVERIES_AT_ONCE, 1)


def test_what_is_told_is_of_this_ticket(desk: Desk, service: Service) -> None:
    endpoint(desk, service.url)
    open_ticket(desk)
    work(desk)
    assert {one.ticket for one in told(desk)} == {None, TICKET.number}


def test_the_ten_lines_of_the_documentation_tell_true_from_false(desk: Desk, service: Service) -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "webhooks.md").read_text()
    found: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], found)  # noqa: S102  # our own documentation
    made = endpoint(desk, service.url, types=["ticket.opened"])
    open_ticket(desk)
    work(desk)
    asked, check = service.asked[0], found["is_from_nightline"]
    assert check(made.secret, asked.headers, asked.body)
    assert not check(made.secret, asked.headers, asked.body + b" ")
    assert not check(made.secret, {**asked.headers, "webhook-timestamp": "1795831201"}, asked.body)
