"""F22: every webhook refuses what the carrier did not sign, whatever stands between it and us."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from ivr.api.frame import SCOPES
from ivr.app import create_app
from ivr.console.frame import ROLES
from ivr.house import build_house
from ivr.rehearsal.webhooks import signature
from ivr.settings import Settings
from ivr.store.tables import answers, calls, tickets
from ivr.voice.signature import SignatureCheck
from tests.line import PUBLIC_URL, TOKEN, Line

PARAMS = {"CallSid": "CA1", "From": "+442079460201", "To": "+3904611715112", "CallStatus": "ringing", "ToCity": ""}
OTHER = "another-token"


def settings_with(line: Line, **changes: object) -> Settings:
    return Settings.model_validate({**line.settings.model_dump(), **changes})


def post(app, path: str, url: str, token: str = TOKEN, **headers: str) -> int:  # type: ignore[no-untyped-def]
    signed = {"X-Twilio-Signature": signature(token, url, PARAMS.items()), **headers}
    return int(app.test_client().post(path, data=PARAMS, headers=signed).status_code)


@pytest.mark.parametrize(
    ("caller", "published"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_the_published_vectors_of_the_documentation_are_reproduced(caller: str, published: str) -> None:
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": caller,
        "Digits": "1234",
        "From": caller,
        "To": "+18005551212",
    }
    assert signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", params.items()) == published
    check = SignatureCheck("https://mycompany.com", ("12345",))
    assert check.is_signed("/myapp.php", "foo=1&bar=2", params.items(), published)


@pytest.mark.parametrize("value", ["", " padded ", "ünïcode", "a&b=c", "+1 2"])
def test_our_carrier_signs_as_the_sdk_validates(value: str) -> None:
    url = "https://nightline.example.com/voice/answer?x=1&y="
    params = {"B": value, "a": "2", "Empty": ""}
    assert RequestValidator(TOKEN).validate(url, params, signature(TOKEN, url, params.items()))


def test_f22_every_webhook_refuses_an_unsigned_and_a_wrongly_signed_request_and_nothing_changes(
    make_line: Callable[..., Line],
) -> None:
    line = make_line()
    webhooks = [rule for rule in line.app.url_map.iter_rules() if rule.rule.startswith(("/voice", "/sms"))]
    assert webhooks
    for rule in webhooks:
        path = rule.rule.replace("<step>", "heard_answer")
        client = line.app.test_client()
        assert client.post(path, data=PARAMS).status_code == 403, path
        assert client.post(path, data=PARAMS, headers={"X-Twilio-Signature": "x"}).status_code == 403, path
        assert post(line.app, path, PUBLIC_URL + path, OTHER) == 403, path
        assert post(line.app, path, "https://elsewhere.example.com" + path) == 403, path
    with line.engine.begin() as connection:
        for table in (calls, answers, tickets):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_whatever_takes_more_than_a_look_is_signed_or_sealed_or_asks_who_it_is(make_line: Callable[..., Line]) -> None:
    rules = [one for one in make_line().app.url_map.iter_rules() if (one.methods or set()) - {"GET", "HEAD", "OPTIONS"}]
    others = [one for one in rules if one.endpoint not in {**ROLES, **SCOPES}]
    assert others != rules
    sealed = ("/voice/", "/sms/", "/take/<token>", "/feedback/<token>")
    assert [one.rule for one in others if not one.rule.startswith(sealed)] == []


@pytest.mark.parametrize(
    ("public_url", "path", "signed_url"),
    [
        ("https://n.example.com", "/voice/answer", "https://n.example.com/voice/answer"),
        ("https://n.example.com/", "/voice/answer", "https://n.example.com/voice/answer"),
        ("https://n.example.com:8443", "/voice/answer", "https://n.example.com/voice/answer"),
        ("https://n.example.com:8443", "/sms/incoming", "https://n.example.com:8443/sms/incoming"),
        ("http://127.0.0.1:5000", "/voice/answer", "http://127.0.0.1:5000/voice/answer"),
        ("https://user:pw@n.example.com", "/voice/answer", "https://n.example.com/voice/answer"),
        ("https://n.example.com/line", "/voice/answer", "https://n.example.com/line/voice/answer"),
        ("https://n.example.com/line", "/line/voice/answer", "https://n.example.com/line/voice/answer"),
        ("https://n.example.com/voice", "/voice/answer", "https://n.example.com/voice/voice/answer"),
        ("https://n.example.com", "/voice/answer?a=1&b=%20", "https://n.example.com/voice/answer?a=1&b=%20"),
    ],
)
def test_f22_the_public_url_decides_with_proxies_ports_prefixes_and_queries(
    make_line: Callable[..., Line], public_url: str, path: str, signed_url: str
) -> None:
    line = make_line()
    app = create_app(settings_with(line, public_url=public_url), build_house(line.settings, line.engine))
    forwarded = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example.com"}
    token = TOKEN
    by_sdk = RequestValidator(token).compute_signature(signed_url, PARAMS)
    status = app.test_client().post(path, data=PARAMS, headers={"X-Twilio-Signature": by_sdk, **forwarded}).status_code
    assert status == 200


def test_f22_both_tokens_are_accepted_during_a_rotation_and_one_before(make_line: Callable[..., Line]) -> None:
    line = make_line()
    url = PUBLIC_URL + "/voice/answer"
    assert post(line.app, "/voice/answer", url, OTHER) == 403
    rotating = create_app(settings_with(line, second_auth_token=OTHER), build_house(line.settings, line.engine))
    assert post(rotating, "/voice/answer", url, OTHER) == 200
    assert post(rotating, "/voice/answer", url, TOKEN) == 200
