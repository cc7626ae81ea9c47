"""Webhook endpoints by API: like at the console, with secrets told once, and deliveries that are sent again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from ivr.store.audit import list_changes
from ivr.store.configuration import hold_configuration
from ivr.store.deliveries import DeliveryState
from ivr.store.delivery_tables import deliveries
from ivr.store.endpoints import find_endpoint
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.integrations.outside import open_ticket, work
from tests.line import ROSSI

CRM = {"url": "https://crm.example.com/in?key=k3y", "description": "CRM", "types": ["ticket.opened"]}
HERE = "/webhook-endpoints"


@pytest.fixture
def writer(desk: Desk) -> Program:
    return Program(desk, "webhooks", "webhooks-write")


def made(writer: Program, **more: Any) -> dict[str, Any]:
    answer = writer.ask("POST", HERE, json={**CRM, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def test_an_endpoint_is_added_and_its_secret_is_told_once(desk: Desk, writer: Program) -> None:
    answer = writer.ask("POST", HERE, json=CRM)
    body = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1{HERE}/{body['id']}")
    assert (body["enabled"], body["with_numbers"], body["by"]) == (True, False, "a program")
    stored = desk.do(lambda connection: find_endpoint(connection, body["id"]))
    assert (stored.secret, stored.url, stored.types) == (body["secret"], CRM["url"], ("ticket.opened",))
    read = writer.get(f"{HERE}/{body['id']}")
    assert read.headers["ETag"] == answer.headers["ETag"]
    assert [read.get_json()] == writer.get(HERE).get_json()["endpoints"]
    assert "secret" not in read.get_json()
    (change,) = desk.do(lambda connection: list_changes(connection, kind="webhook"))
    assert (change.by, change.source, change.action) == ("a program", "api", "add")
    assert not {"k3y", body["secret"]} & set(str(change.after).split())
    assert "k3y" not in str(change.after)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://crm.example.com/in"}, "url"),
        ({"url": "https://"}, "url"),
        ({"types": ["ticket.forgotten"]}, "types.0"),
        ({"description": "x" * 201}, "description"),
        ({"secret": "whsec_of-my-own"}, "secret"),
    ],
)
def test_what_cannot_be_used_is_a_problem_with_its_field(writer: Program, wrong: dict[str, Any], field: str) -> None:
    id_ = made(writer)["id"]
    etag = writer.get(f"{HERE}/{id_}").headers["ETag"]
    for method, path in (("POST", HERE), ("PUT", f"{HERE}/{id_}")):
        answer = writer.ask(method, path, {"If-Match": etag}, json={**CRM, **wrong})
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert [fault["field"] for fault in answer.get_json()["errors"]] == [field]
    assert len(writer.get(HERE).get_json()["endpoints"]) == 1
    assert writer.get(f"{HERE}/{id_}").headers["ETag"] == etag


def test_an_endpoint_is_changed_as_it_was_read_and_keeps_its_secret(desk: Desk) -> None:
    writer = Program(desk, "webhooks", "webhooks-write", "phones")
    body = made(writer)
    here = f"{HERE}/{body['id']}"
    mine = {"If-Match": writer.get(here).headers["ETag"]}
    other = {**CRM, "url": "https://crm.example.com/other", "types": [], "with_numbers": True}
    assert writer.ask("PUT", here, json=other).status_code == 428
    changed = writer.ask("PUT", here, mine, json=other)
    assert changed.status_code == 200
    assert (changed.get_json()["url"], changed.get_json()["with_numbers"]) == (other["url"], True)
    assert writer.ask("PUT", here, mine, json=CRM).status_code == 412
    assert writer.ask("DELETE", here, mine).status_code == 412
    assert desk.do(lambda connection: find_endpoint(connection, body["id"])).secret == body["secret"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_changes_of_an_endpoint_at_once_one_is_the_first_and_the_other_is_told(
    make_desk: Callable[[str], Desk], kind: str
) -> None:
    writer = Program(make_desk(kind), "webhooks", "webhooks-write")
    here = f"{HERE}/{made(writer)['id']}"
    mine = {"If-Match": writer.get(here).headers["ETag"]}
    first: list[int] = []

    def change_first(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE webhook_endpoints") and not first:
            first.append(0)
            first[0] = writer.ask("PUT", here, mine, json={**CRM, "description": "theirs"}).status_code

    event.listen(writer.desk.app.extensions["houses"].main.engine, "before_cursor_execute", change_first)
    assert (writer.ask("PUT", here, mine, json=CRM).status_code, first) == (412, [200])
    assert writer.get(here).get_json()["description"] == "theirs"


def test_while_somebody_else_writes_into_sqlite_a_change_of_an_endpoint_is_asked_for_again(
    desk: Desk, writer: Program
) -> None:
    here = f"{HERE}/{made(writer)['id']}"
    mine = {"If-Match": writer.get(here).headers["ETag"]}
    with desk.engine.begin() as connection:
        hold_configuration(connection)
        away = writer.ask("PUT", here, mine, json={**CRM, "description": "mine"})
    assert (away.status_code, away.content_type) == (503, "application/problem+json")
    assert away.headers["Retry-After"] == "5"
    assert writer.ask("PUT", here, mine, json={**CRM, "description": "mine"}).status_code == 200


def test_an_endpoint_is_disabled_enabled_and_removed(desk: Desk, writer: Program) -> None:
    here = f"{HERE}/{made(writer)['id']}"
    open_ticket(desk)
    work(desk)
    off = writer.ask("PUT", here, {"If-Match": "*"}, json={**CRM, "enabled": False}).get_json()
    assert (off["enabled"], off["disabled_why"]) == (False, "Disabled by a program.")
    assert [one["state"] for one in writer.get(f"{here}/deliveries").get_json()["deliveries"]] == ["dropped"]
    assert writer.ask("POST", f"{here}/test").status_code == 409
    on = writer.ask("PUT", here, {"If-Match": "*"}, json=CRM).get_json()
    assert (on["enabled"], on["disabled_at"]) == (True, None)
    assert writer.ask("DELETE", here).status_code == 428
    assert writer.ask("DELETE", here, {"If-Match": writer.get(here).headers["ETag"]}).status_code == 204
    assert writer.get(here).status_code == 404
    actions = [one.action for one in desk.do(lambda connection: list_changes(connection, kind="webhook"))]
    assert actions == ["remove", "enable", "change", "disable", "change", "add"]


def test_a_new_secret_is_told_once_and_the_one_before_signs_too_for_a_day(desk: Desk, writer: Program) -> None:
    body = made(writer)
    rotated = writer.ask("POST", f"{HERE}/{body['id']}/secret").get_json()
    assert rotated["secret"] != body["secret"]
    assert rotated["previous_secret_until"] == "2026-11-29T02:00:00Z"
    stored = desk.do(lambda connection: find_endpoint(connection, body["id"]))
    assert stored.secrets_at(desk.at) == (rotated["secret"], body["secret"])


def test_deliveries_are_listed_page_after_page_read_and_sent_again(desk: Desk, writer: Program) -> None:
    here = f"{HERE}/{made(writer, url='https://10.0.0.1/in', types=[])['id']}"
    other = f"{HERE}/{made(writer, types=['call.started'])['id']}"
    open_ticket(desk)
    work(desk)
    found, cursor = [], ""
    while cursor is not None:
        page = writer.get(f"{here}/deliveries?limit=1{cursor and f'&cursor={cursor}'}").get_json()
        found, cursor = found + page["deliveries"], page["next"]
    assert [one["type"] for one in found] == ["ticket.opened", "call.started"]
    assert [one["type"] for one in writer.get(f"{here}/deliveries?type=ticket.opened").get_json()["deliveries"]] == [
        "ticket.opened"
    ]
    assert writer.get(f"{here}/deliveries?state=waiting").get_json()["deliveries"] == []
    one = found[0]
    whole = writer.get(f"{here}/deliveries/{one['id']}").get_json()
    assert (whole["state"], whole["tries"][0]["number"], whole["ticket"]) == ("failed", 1, 1042)
    assert "not a public address" in whole["tries"][0]["said"]
    assert '"type":"ticket.opened"' in whole["body"]
    assert writer.get(f"{other}/deliveries/{one['id']}").status_code == 404
    again = writer.ask("POST", f"{here}/deliveries/{one['id']}/replay")
    assert (again.status_code, again.get_json()["state"]) == (202, "waiting")
    assert DeliveryState.FAILED in {delivery.state for delivery in work(desk)}
    assert len(writer.get(f"{here}/deliveries/{one['id']}").get_json()["tries"]) == 2
    (change, *_) = desk.do(lambda connection: list_changes(connection, kind="delivery"))
    assert (change.by, change.action, change.key) == ("a program", "again", str(one["id"]))


def test_a_test_is_sent_to_this_endpoint_alone(desk: Desk, writer: Program) -> None:
    id_ = made(writer)["id"]
    made(writer)
    sent = writer.ask("POST", f"{HERE}/{id_}/test")
    assert (sent.status_code, sent.get_json()["type"]) == (202, "webhook.test")
    assert desk.do(lambda c: c.execute(select(deliveries.c.target)).scalars().all()) == [f"webhook:{id_}"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_new_endpoint_has_no_deliveries_of_one_that_was_removed(make_desk: Callable[[str], Desk], kind: str) -> None:
    writer = Program(make_desk(kind), "webhooks", "webhooks-write")
    seen = set()
    for _ in range(3):
        here = f"{HERE}/{made(writer)['id']}"
        assert writer.get(f"{here}/deliveries").get_json()["deliveries"] == []
        assert writer.ask("POST", f"{here}/test").status_code == 202
        assert writer.ask("DELETE", here, {"If-Match": "*"}).status_code == 204
        seen.add(here)
    assert len(seen) == 3


def test_numbers_in_what_was_sent_are_whole_only_with_the_scope_phones(desk: Desk, writer: Program) -> None:
    whole = Program(desk, "webhooks", "webhooks-write", "phones")
    here = f"{HERE}/{made(whole, with_numbers=True)['id']}"
    open_ticket(desk)
    work(desk)
    (one,) = writer.get(f"{here}/deliveries").get_json()["deliveries"]
    path = f"{here}/deliveries/{one['id']}"
    assert ROSSI in whole.get(path).get_json()["body"]
    assert ROSSI not in writer.get(path).get_json()["body"]
    assert writer.ask("POST", f"{path}/replay").status_code == 403
    assert whole.ask("POST", f"{path}/replay").status_code == 202


def test_without_the_scope_phones_no_whole_numbers_are_sent_anywhere_that_a_program_names(
    desk: Desk, writer: Program
) -> None:
    whole, mine = Program(desk, "webhooks-write", "phones"), {"If-Match": "*"}
    theirs, plain = (f"{HERE}/{made(whole, with_numbers=is_whole)['id']}" for is_whole in (True, False))
    for method, path, wanted in (
        ("POST", HERE, {"with_numbers": True}),
        ("PUT", plain, {"with_numbers": True}),
        ("PUT", theirs, {"url": "https://elsewhere.example.com/in", "with_numbers": True}),
        ("PUT", theirs, {"url": "https://elsewhere.example.com/in", "with_numbers": False}),
    ):
        refused = writer.ask(method, path, mine, json={**CRM, **wanted})
        assert (refused.status_code, refused.get_json()["detail"]) == (403, 'It has not the scope "phones".')
    assert {one["url"] for one in writer.get(HERE).get_json()["endpoints"]} == {CRM["url"]}
    assert writer.ask("PUT", plain, mine, json=CRM).status_code == 200


def test_reading_is_not_writing_and_what_is_not_there_is_a_problem(desk: Desk, writer: Program) -> None:
    id_ = made(writer)["id"]
    reader = Program(desk, "webhooks")
    assert reader.get(HERE).status_code == 200
    for method, path in (
        ("POST", HERE),
        ("PUT", f"{HERE}/{id_}"),
        ("DELETE", f"{HERE}/{id_}"),
        ("POST", f"{HERE}/{id_}/secret"),
        ("POST", f"{HERE}/{id_}/test"),
        ("POST", f"{HERE}/{id_}/deliveries/1/replay"),
    ):
        assert reader.ask(method, path, json=CRM).status_code == 403
    assert Program(desk, "rotas").get(HERE).status_code == 403
    for number in ("9", "9" * 30):
        assert writer.get(f"{HERE}/{number}").status_code == 404
    assert writer.get(f"{HERE}/{id_}/deliveries/9").status_code == 404
    assert writer.get(f"{HERE}/{id_}/deliveries?cursor=YWJj").status_code == 422
