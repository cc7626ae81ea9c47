"""The API's frame: tokens and scopes, problems, the description, and what a fuzzer finds."""

import io
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from ivr.api.alert_models import AlertIn
from ivr.api.frame import SCOPES, Answer, Ask, asking
from ivr.api.pages import mark
from ivr.api.scopes import Scope
from ivr.cli import nightline
from ivr.store.api_tokens import list_tokens, make_token, revoke_token
from ivr.store.configuration import hold_configuration
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.console.night import Night, busy_night

RULES_BETWEEN_FIELDS = schemathesis.checks.positive_data_acceptance
"""A schema cannot say that one instant must come after another, or that a key must exist: we refuse those in words."""


def test_every_resource_names_its_scope(desk: Desk) -> None:
    rules = {rule.endpoint for rule in desk.app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert rules == set(SCOPES)
    assert {endpoint for endpoint, scope in SCOPES.items() if scope is None} == {
        "api.openapi",
        "api.reference",
        "api.unknown",
    }


def test_without_a_token_or_its_scope_nothing_is_told(desk: Desk) -> None:
    stranger = desk.app.test_client().get("/api/v1/on-call")
    assert stranger.status_code == 401
    assert stranger.headers["WWW-Authenticate"].startswith("Bearer")
    assert Program(desk, "rotas").get("/on-call").status_code == 403


def test_a_token_ends_when_it_is_revoked_or_over(desk: Desk) -> None:
    program = Program(desk, "on-call")
    assert program.get("/on-call").status_code == 200
    (kept,) = desk.do(list_tokens)
    assert desk.do(lambda connection: revoke_token(connection, kept.id, desk.at))
    assert program.get("/on-call").status_code == 401
    day = desk.at + timedelta(days=1)
    program.secret = desk.do(lambda c: make_token(c, "short", ["on-call"], "tests", desk.at, day))
    assert program.get("/on-call").status_code == 200
    desk.at = day
    assert program.get("/on-call").status_code == 401


ALERT = b'{"fingerprint": "f1", "status": "firing", "summary": "SIP trunks down"}'


class OnTheWay(io.BytesIO):
    """A body of which each part takes so long that somebody else writes meanwhile."""

    desk: Desk

    def read(self, size: int | None = -1, /) -> bytes:
        self.desk.do(hold_configuration)
        return super().read(size)


def test_while_a_token_that_is_noted_to_be_used_is_answered_others_write(desk: Desk) -> None:
    token, body = Program(desk, "alerts").secret, OnTheWay(ALERT)
    body.desk = desk

    def slow(ask: Ask) -> Answer:
        desk.do(hold_configuration)
        return ask.body  # type: ignore[no-any-return]

    sent = {"method": "POST", "content_type": "application/json", "content_length": len(ALERT), "input_stream": body}
    with desk.app.test_request_context(headers={"Authorization": f"Bearer {token}"}, **sent):
        answer = asking(slow, Scope.ALERTS, (None, AlertIn), {}, 200)
    assert (answer.status_code, body.tell()) == (200, len(ALERT))
    (kept,) = desk.do(list_tokens)
    assert kept.used_at == desk.at


def test_an_address_that_does_not_exist_is_a_problem_too(program: Program) -> None:
    answer = program.get("/nothing/here")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_method_that_an_address_does_not_know_is_told_those_that_it_knows(program: Program) -> None:
    answer = program.ask("PATCH", "/partners/4001")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, DELETE")
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize(
    "path",
    [
        *("/tickets?since=", "/tickets?until=", "/calls?since=", "/calls?until=", "/on-call?at="),
        *("/rotas/noc/schedule?from=", "/rotas/noc/schedule?until="),
    ],
)
def test_an_instant_that_no_zone_can_reckon_with_is_refused_in_words(desk: Desk, path: str, at: str) -> None:
    answer = Program(desk, *Scope).get(path + at)
    assert answer.status_code == 422
    assert "no instant of our time" in answer.json["errors"][0]["text"]


@pytest.mark.parametrize("path", ["/tickets", "/calls"])
@pytest.mark.parametrize(
    "place", ["9999-12-31T23:59:59-14:00~1", "0001-01-01T00:00:00+14:00~1", "2026-11-28T03:00:00~1"]
)
def test_a_cursor_that_somebody_made_up_is_refused_in_words(desk: Desk, path: str, place: str) -> None:
    answer = Program(desk, *Scope).get(f"{path}?cursor={mark(place)}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "cursor"


def test_an_operator_makes_lists_and_revokes_tokens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", desk.engine.url.render_as_string(hide_password=False))
    run = CliRunner()
    secret = run.invoke(nightline, ["token", "add", "wall board", "--scope", "on-call"]).output.strip()
    program = Program(desk, "rotas")
    program.secret = secret
    assert program.get("/on-call").status_code == 200
    listed = run.invoke(nightline, ["token", "list"]).output
    assert "wall board" in listed
    assert secret not in listed
    assert run.invoke(nightline, ["token", "revoke", "1"]).exit_code == 0
    assert program.get("/on-call").status_code == 401
    assert run.invoke(nightline, ["token", "revoke", "1"]).exit_code == 1


def test_a_fuzzer_finds_nothing_that_the_description_does_not_allow(desk: Desk) -> None:
    busy_night(Night(desk))
    secret = Program(desk, *Scope).secret
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app)

    for found in schema.get_all_operations():
        fuzz(found.ok(), {"Authorization": f"Bearer {secret}"})


def fuzz(operation: Any, headers: dict[str, str]) -> None:
    """What a generator makes of one operation's description is answered as the description says."""

    @given(case=operation.as_strategy())
    @settings(max_examples=12, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=[RULES_BETWEEN_FIELDS])

    ask()
