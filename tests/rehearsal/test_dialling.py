"""Dial, whispers and conferences, and the REST API with the vendor's own client."""

from collections.abc import Callable

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.paging.phone import LocalApi
from ivr.rehearsal.handsets import answers, busy, manual, rings_out, unreachable, voicemail
from tests.rehearsal.bench import ACCOUNT, CALLER, HOST, OTHER, OURS, THIRD, TOKEN, Bench

Make = Callable[..., Bench]
DIAL = f'<Dial action="/after" timeout="5"><Number>{OTHER}</Number></Dial><Say>unreachable</Say>'
WHISPER = '<Gather action="/taken" numDigits="1" timeout="2"><Say>Press 1</Say></Gather><Hangup/>'
ROOM = '<Dial action="/left"><Conference {}>room</Conference></Dial>'


@pytest.mark.parametrize(
    ("behaviour", "status"), [(rings_out, "no-answer"), (busy, "busy"), (unreachable, "failed")], ids=str
)
def test_a_dial_that_nobody_takes_tells_its_action_why(bench: Make, behaviour: object, status: str) -> None:
    b = bench({"/answer": DIAL, "/after": "<Say>sorry</Say>"})
    b.call(behaviour).wait_for("sorry")
    assert (b.asked("/after")["DialCallStatus"], b.asked("/after")["DialBridged"]) == (status, "false")


def test_a_dial_without_an_action_falls_through(bench: Make) -> None:
    b = bench({"/answer": f'<Dial timeout="5"><Number>{OTHER}</Number></Dial><Say>next verb</Say>'})
    b.call(busy).wait_for("next verb")


def test_the_first_to_answer_is_connected_and_the_others_are_canceled(bench: Make) -> None:
    b = bench({"/answer": f'<Dial action="/after"><Number>{OTHER}</Number><Number>{THIRD}</Number></Dial>'})
    leg = b.call(manual)
    first, second = b.carrier.phones[OTHER].wait_for_ring(), b.carrier.phones[THIRD].wait_for_ring()
    second.answer()
    leg.wait_until_with(second)
    first.wait_until("canceled")
    second.hang_up()
    assert (b.asked("/after")["DialCallStatus"], b.asked("/after")["DialBridged"]) == ("completed", "true")


# A voicemail that hears the whisper out and presses nothing gives completed, but was never bridged.
def test_the_whisper_trap(bench: Make) -> None:
    whispered = f'<Dial action="/after"><Number url="{HOST}/whisper">{OTHER}</Number></Dial>'
    b = bench({"/answer": whispered, "/whisper": WHISPER, "/after": "<Say>sorry</Say>"})
    b.call(voicemail).wait_for("sorry")
    assert (b.asked("/after")["DialCallStatus"], b.asked("/after")["DialBridged"]) == ("completed", "false")
    whisper = b.asked("/whisper")
    assert (whisper["Direction"], whisper["ParentCallSid"]) == ("outbound-dial", b.asked("/answer")["CallSid"])


def test_a_whisper_that_ends_without_hanging_up_connects(bench: Make) -> None:
    whispered = f'<Dial><Number url="{HOST}/whisper">{OTHER}</Number></Dial>'
    b = bench({"/answer": whispered, "/whisper": "<Say>a caller</Say>"})
    leg = b.call(answers)
    leg.wait_until_with(b.carrier.phones[OTHER].wait_for_ring())


def test_a_caller_who_hangs_up_while_it_rings_is_still_reported(bench: Make) -> None:
    b = bench({"/answer": DIAL})
    leg = b.call(manual)
    ring = b.carrier.phones[OTHER].wait_for_ring()
    leg.hang_up()
    assert (b.asked("/after")["CallStatus"], b.asked("/after")["DialCallStatus"]) == ("completed", "canceled")
    ring.wait_until("canceled")


def test_a_call_to_a_number_nobody_expected_is_a_surprise(bench: Make) -> None:
    b = bench({"/answer": "<Dial><Number>+12125550111</Number></Dial>"})
    b.call().wait_until("completed")
    assert b.carrier.surprises == ["a call to +12125550111, which is no phone"]


def two_in_a_room(b: Bench) -> tuple[object, object]:
    first, second = b.call(), b.carrier.dial(OTHER, OURS)
    first.wait_until_with(second)
    return first, second


def test_a_conference_connects_two_and_whoever_ends_it_ends_it_for_all(bench: Make) -> None:
    b = bench({"/answer": ROOM.format('endConferenceOnExit="true"'), "/left": "<Say>alone</Say>"})
    first, second = two_in_a_room(b)
    first.hang_up()  # type: ignore[attr-defined]
    second.wait_for("alone")  # type: ignore[attr-defined]

    def statuses() -> list[str]:
        return sorted(params["CallStatus"] for path, params in b.requests if path == "/left")

    b.carrier.wait_until(lambda: len(statuses()) == 2, 10)
    assert statuses() == ["completed", "in-progress"]


def test_a_conference_goes_on_when_somebody_leaves_who_does_not_end_it(bench: Make) -> None:
    b = bench({"/answer": ROOM.format(""), "/left": "<Say>alone</Say>"})
    first, second = two_in_a_room(b)
    first.hang_up()  # type: ignore[attr-defined]
    b.carrier.wait_until(lambda: any(path == "/left" for path, _ in b.requests), 10)
    assert second.status == "in-progress"  # type: ignore[attr-defined]
    assert "alone" not in second.heard  # type: ignore[attr-defined]


def client(b: Bench) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=LocalApi(b.carrier.serve()))


def test_the_vendors_client_places_moves_and_ends_a_call(bench: Make) -> None:
    b = bench({"/outbound": "<Say>hello</Say><Pause length='600'/>", "/moved": "<Say>moved</Say><Pause length='600'/>"})
    rest = client(b)
    placed = rest.calls.create(
        to=OTHER,
        from_=OURS,
        url=f"{HOST}/outbound",
        status_callback=f"{HOST}/events",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        timeout=20,
    )
    assert placed.status == "queued"
    ring = b.carrier.phones[OTHER].wait_for_ring()
    assert [found.sid for found in rest.calls.list(to=OTHER, status="ringing")] == [placed.sid]
    ring.answer()
    ring.wait_for("hello")
    assert b.asked("/outbound")["CallStatus"] == "in-progress"
    rest.calls(placed.sid).update(url=f"{HOST}/moved", method="POST")
    ring.wait_for("moved")
    rest.calls(placed.sid).update(status="completed")
    ring.wait_until("completed")
    with pytest.raises(TwilioRestException) as refused:
        rest.calls(placed.sid).update(status="completed")
    assert refused.value.code == 21220

    def told() -> set[str]:
        return {params["CallStatus"] for path, params in b.requests if path == "/events"}

    assert b.carrier.wait_until(lambda: "completed" in told(), 5)
    assert told() == {"initiated", "ringing", "in-progress", "completed"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"from_": OURS, "to": OTHER}, 21205),
        ({"from_": OURS, "to": "", "url": f"{HOST}/x"}, 21201),
        ({"from_": "+12125550111", "to": OTHER, "url": f"{HOST}/x"}, 21210),
    ],
)
def test_what_twilio_would_refuse_is_refused(bench: Make, given: dict[str, str], code: int) -> None:
    b = bench({})
    with pytest.raises(TwilioRestException) as refused:
        client(b).calls.create(**given)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert b.carrier.surprises


def test_a_wrong_token_and_an_unknown_call_are_refused(bench: Make) -> None:
    b = bench({})
    api = b.carrier.serve()
    with pytest.raises(TwilioRestException) as refused:
        Client(ACCOUNT, "wrong", http_client=LocalApi(api)).calls("CA" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as unknown:
        Client(ACCOUNT, TOKEN, http_client=LocalApi(api)).calls("CA" + "0" * 32).fetch()
    assert (unknown.value.status, unknown.value.code) == (404, 20404)


def test_one_call_a_second_is_placed_and_the_rest_wait_in_the_queue(bench: Make) -> None:
    b = bench({}, pace=10)
    b.carrier.calls_per_second = 1
    rest = client(b)
    for number in (OTHER, THIRD):
        rest.calls.create(to=number, from_=OURS, url=f"{HOST}/x")
    for number in (OTHER, THIRD):
        b.carrier.phones[number].wait_for_ring()
    first, second = (event.at for event in b.carrier.log if event.text == "ringing")
    assert second - first >= 0.9


def test_texts_go_out_come_in_and_are_answered(bench: Make) -> None:
    b = bench({"/sms": "<Message>got it</Message>"})
    client(b).messages.create(to=CALLER, from_=OURS, body="hello")
    b.carrier.phones[CALLER].wait_for_text("hello")
    b.carrier.phones[CALLER].text(OURS, "1042 1")
    assert b.asked("/sms")["Body"] == "1042 1"
    b.carrier.phones[CALLER].wait_for_text("got it")
