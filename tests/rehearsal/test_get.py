"""GET instead of POST: a document may ask for it wherever it names another one."""

from collections.abc import Callable

import pytest
from twilio.request_validator import RequestValidator

from ivr.rehearsal.handsets import answers, busy
from ivr.rehearsal.webhooks import WebhookRequest
from tests.rehearsal.bench import CALLER, HOST, OTHER, TOKEN, Bench

Make = Callable[..., Bench]
THANKS = "<Say>thanks</Say>"
GATHER = '<Gather action="keys?a=1" method="GET" numDigits="1"><Say>Press something</Say></Gather>'


def is_signed_get(request: WebhookRequest) -> bool:
    """Everything in the query, nothing posted, and the vendor's own validator agrees with the signature."""
    signature = request.headers["X-Twilio-Signature"]
    whole = RequestValidator(TOKEN).validate(request.url, {}, signature)
    return request.method == "GET" and request.params == () and "Content-Type" not in request.headers and bool(whole)


def test_the_keys_of_a_gather_are_appended_to_the_query_and_signed(bench: Make) -> None:
    b = bench({"/answer": GATHER, "/keys": THANKS})
    leg = b.call()
    leg.wait_for("Press")
    leg.press("5")
    leg.wait_for("thanks")
    asked = b.asked("/keys")
    assert (asked["a"], asked["Digits"], asked["CallStatus"], asked["FromCity"]) == ("1", "5", "in-progress", "")
    assert is_signed_get(b.sent_to("/keys"))
    assert b.sent_to("/answer").method == "POST"


def test_an_empty_redirect_asks_for_the_document_itself_without_what_was_appended(bench: Make) -> None:
    redirect = '<Redirect method="GET"/>'
    b = bench({"/answer": '<Redirect method="GET">/loop?a=1</Redirect>', "/loop": f"<Pause length='60'/>{redirect}"})
    leg = b.call()
    assert b.carrier.wait_until(lambda: sum(path == "/loop" for path, _ in b.requests) >= 3, 10)
    leg.hang_up()
    third = [request.url for request in b.sent if "/loop" in request.url][2]
    assert third.count("CallSid=") == 1
    assert third.startswith(f"{HOST}/loop?a=1&")


@pytest.mark.parametrize("verb", ["Record", "Dial"])
def test_the_action_of_a_record_or_a_dial_is_asked_by_get(bench: Make, verb: str) -> None:
    inside = {"Record": "", "Dial": f"<Number>{OTHER}</Number>"}[verb]
    b = bench({"/answer": f'<{verb} action="after" method="GET" timeout="5">{inside}</{verb}>', "/after": THANKS})
    b.call(busy).wait_for("thanks")
    assert is_signed_get(b.sent_to("/after"))


def test_a_whisper_is_asked_by_get_and_its_relative_url_is_resolved_against_the_document(bench: Make) -> None:
    dial = f'<Dial><Number url="whisper" method="GET">{OTHER}</Number></Dial>'
    b = bench({"/answer": '<Redirect method="GET">/calm/dial</Redirect>', "/calm/dial": dial, "/calm/whisper": THANKS})
    leg = b.call(answers)
    leg.wait_until_with(b.carrier.phones[OTHER].wait_for_ring())
    assert is_signed_get(b.sent_to("/calm/whisper"))
    assert b.asked("/calm/whisper")["ParentCallSid"] == leg.sid


def test_a_caller_who_hangs_up_while_it_rings_is_reported_by_get(bench: Make) -> None:
    b = bench({"/answer": f'<Dial action="/after" method="GET"><Number>{OTHER}</Number></Dial>'})
    leg = b.call()
    b.carrier.phones[OTHER].wait_for_ring()
    leg.hang_up()
    assert b.asked("/after")["DialCallStatus"] == "canceled"
    assert is_signed_get(b.sent_to("/after"))


def test_the_fallback_is_asked_by_get_where_the_number_says_so(bench: Make) -> None:
    b = bench({"/answer": 500, "/fallback": THANKS})
    urls = {"voice_url": f"{HOST}/answer", "fallback_url": f"{HOST}/fallback", "fallback_method": "GET"}
    b.carrier.add_number("+12125550199", **urls)
    b.carrier.dial(CALLER, "+12125550199").wait_for("thanks")
    assert is_signed_get(b.sent_to("/fallback"))
    assert b.asked("/fallback")["ErrorCode"] == "11200"
