"""The console's pages about webhooks and deliveries."""

import re

from sqlalchemy import select

from ivr.store.console_tables import changes
from ivr.store.deliveries import DeliveryState
from ivr.store.endpoints import list_endpoints
from tests.console.desk import Desk
from tests.integrations.outside import endpoint, open_ticket, told, work
from tests.integrations.services import Given, Service

LIST, NEW = "/console/integrations", "/console/integrations/webhooks"


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def test_an_endpoint_is_added_and_its_secret_is_shown_once(desk: Desk) -> None:
    client = desk.client("manager")
    made = text(
        desk.post(client, NEW, url="https://example.com/in?key=k3y", types=["ticket.opened"], description="CRM")
    )
    (one,) = desk.do(list_endpoints)
    assert (one.url, one.types, one.with_numbers) == ("https://example.com/in?key=k3y", ("ticket.opened",), False)
    assert re.search(r"whsec_[\w+/=]+", made)
    assert one.secret.replace("+", "&#43;") in made or one.secret in made
    for path in (LIST, f"{NEW}/{one.id}"):
        assert "whsec_" not in text(client.get(path))
    audit = desk.do(
        lambda connection: connection.execute(select(changes.c.after).where(changes.c.kind == "webhook")).all()
    )
    assert "k3y" not in str(audit)
    assert "whsec_" not in str(audit)


def test_an_address_that_cannot_be_used_is_said_and_what_was_typed_stays(desk: Desk) -> None:
    answer = desk.post(desk.client("manager"), NEW, url="http://example.com/in", description="CRM")
    assert answer.status_code == 422
    assert "It must begin with https://" in text(answer)
    assert 'value="CRM"' in text(answer)
    assert desk.do(list_endpoints) == []


def test_a_change_that_is_refused_stays_as_it_was_typed(desk: Desk) -> None:
    one = endpoint(desk, "https://example.com/in")
    form = {"url": "http://example.com/in", "description": "CRM", "types": ["call.ended"], "with_numbers": "on"}
    answer = desk.post(desk.client("manager"), f"{NEW}/{one.id}", **form)
    assert answer.status_code == 422
    for typed in (
        'value="http://example.com/in"',
        'value="CRM"',
        'value="call.ended" checked',
        '"with_numbers" checked',
    ):
        assert typed in text(answer)
    assert desk.do(list_endpoints) == [one]


def test_only_managers_set_up_webhooks(desk: Desk) -> None:
    for role in ("viewer", "engineer"):
        assert desk.client(role).get(LIST).status_code == 403
        assert desk.post(desk.client(role), NEW, url="https://example.com/").status_code == 403


def test_a_secret_is_rotated_and_an_endpoint_disabled_enabled_and_removed(desk: Desk) -> None:
    one = endpoint(desk, "https://example.com/in")
    client, here = desk.client("manager"), f"{NEW}/{one.id}"
    assert "whsec_" in text(desk.post(client, f"{here}/secret"))
    (after,) = desk.do(list_endpoints)
    assert (after.previous_secret, after.secret == one.secret) == (one.secret, False)
    open_ticket(desk)
    desk.post(client, f"{here}/disable")
    assert "Disabled by Sara Vogel" in text(client.get(here))
    assert work(desk) == []
    desk.post(client, f"{here}/enable")
    desk.post(client, here, url="https://example.com/other", types=["call.ended"])
    (changed,) = desk.do(list_endpoints)
    assert (changed.url, changed.types, changed.disabled_at) == ("https://example.com/other", ("call.ended",), None)
    desk.post(client, f"{here}/remove")
    assert desk.do(list_endpoints) == []
    assert client.get(here).status_code == 404


def test_deliveries_are_seen_with_each_answer_and_sent_again_by_a_button(desk: Desk, service: Service) -> None:
    one = endpoint(desk, service.url, types=["ticket.opened"])
    service.answers = [Given(500, {"error": "our database is away"})]
    open_ticket(desk)
    (delivery,) = work(desk)
    client = desk.client("manager")
    page = text(client.get(f"/console/integrations/deliveries/{delivery.id}"))
    assert "our database is away" in page
    assert delivery.name in page
    assert "Rossi Telecom" in page
    assert delivery.type in text(client.get("/console/integrations/deliveries?state=waiting&ticket=1042"))
    assert "Nothing went out" in text(client.get("/console/integrations/deliveries?state=failed"))
    desk.post(client, f"/console/integrations/deliveries/{delivery.id}/again")
    assert work(desk)[0].state is DeliveryState.DELIVERED
    desk.post(client, "/console/integrations/deliveries/again", target=one.target)
    assert len(service.asked) == 2


def test_a_test_goes_to_this_endpoint_alone(desk: Desk, service: Service) -> None:
    one, _ = endpoint(desk, service.url, types=["call.ended"]), endpoint(desk, service.url)
    desk.post(desk.client("manager"), f"{NEW}/{one.id}/test")
    work(desk)
    (asked,) = service.asked
    assert asked.json["type"] == "webhook.test"
    assert [found.target for found in told(desk)] == [one.target]


def test_a_number_that_no_row_has_is_not_found(desk: Desk) -> None:
    answer = desk.client("manager").get(f"{NEW}/{'9' * 30}")
    assert answer.status_code == 404
    assert "There is no such number" in text(answer)


def test_what_failed_is_said_on_tonight_and_to_prometheus(desk: Desk) -> None:
    endpoint(desk, "https://10.0.0.1/", types=["ticket.opened"])
    open_ticket(desk)
    work(desk)
    said = "A delivery to webhook:1 failed since yesterday."
    assert said in text(desk.client("manager").get("/console/tonight"))
    assert said in text(desk.client("viewer").get("/console/tonight"))
    figures = text(desk.client("viewer").get("/metrics"))
    assert 'nightline_deliveries{recipient="webhook:1",state="failed"} 1.0' in figures
