"""What travels in URLs: a step and small numbers, never what a caller said, and never anybody else's ticket."""

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from ivr.rehearsal.handsets import manual
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.webhooks import WebhookRequest, WebhookResponse, signed
from routing.screening import QUESTIONS
from routing.tickets import TicketState
from tests.line import ADA, JON, JON_TOO, LEO, PUBLIC_URL, STRANGER, TOKEN, Line

MakeLine = Callable[..., Line]

LONGEST_URL = 300
ALLOWED = {"try": r"\d", "attempt": r"1042-\d+", "escalation": r"\d", "question": "|".join(QUESTIONS)}


def listen_in(line: Line) -> list[str]:
    """Every URL of every document that the service answers from now on."""
    found: list[str] = []

    def deliver(request: WebhookRequest) -> WebhookResponse:
        response = line.deliver(request)
        found.extend(re.findall(r"https?://[^<\"\s]+", html.unescape(response.body.decode())))
        return response

    line.carrier.deliver = deliver
    return found


def a_whole_call(line: Line) -> None:
    """A stranger types partner number and PIN, answers two questions, holds, meets an engineer, and is paged again."""
    jon = line.phone(JON, manual)
    caller = line.dial(STRANGER)
    for text, keys in (
        ("partner number", "4001#"),
        ("PIN", "0000#"),
        ("partner number", "4001#"),
        ("PIN", "4821#"),
        ("platform", "2"),
        ("another operator", "1"),
    ):
        caller.wait_for(text)
        caller.press(keys)
    caller.wait_for("[beep]")
    caller.press("#")
    for _ in range(12):
        caller.wait_for("ringing")
    ring = jon.wait_for_ring()
    ring.answer()
    for key in "37":
        ring.wait_for("Critical ticket")
        ring.press(key)
    line.take(ring, caller)
    ring.hang_up()
    caller.wait_for("engineer's line has ended")
    line.take(jon.wait_for_ring(60, after=1), caller)
    caller.hang_up()
    jon.legs[1].wait_for("To call back")


def test_f24_no_url_of_a_whole_call_grows_or_carries_an_answer_or_a_number(make_line: MakeLine) -> None:
    line = make_line()
    urls = listen_in(line)
    a_whole_call(line)
    urls += [request.url for request in line.requests]
    steps = {urlsplit(url).path.rpartition("/")[2] for url in urls}
    assert {"heard_pin", "heard_answer", "tell_progress", "heard_take", "after_conversation", "attempt_status"} <= steps
    for url in urls:
        assert url.startswith(PUBLIC_URL)
        assert len(url) <= LONGEST_URL
        for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
            assert re.fullmatch(ALLOWED[name], value), url


def post(line: Line, leg: Leg, path: str, **more: str) -> str:
    """A signed request about a leg, for whatever path; what is answered."""
    params = {**line.carrier.voice_params(leg), **more}
    return line.deliver(signed(TOKEN, f"{PUBLIC_URL}/voice/{path}", tuple(params.items()))).body.decode()


def test_f24_a_url_that_was_changed_after_it_was_signed_is_refused(make_line: MakeLine) -> None:
    line = make_line()
    leg = line.phone(JON, manual)
    line.critical_call()
    ring = leg.wait_for_ring()
    right = signed(
        TOKEN, f"{PUBLIC_URL}/voice/heard_take?attempt=1042-1", tuple(line.carrier.voice_params(ring).items())
    )
    for changed in ("attempt=1042-2", "attempt=1042-1&try=2", "attempt=1042-1&", ""):
        forged = WebhookRequest(f"{PUBLIC_URL}/voice/heard_take?{changed}", right.params, right.headers)
        assert line.deliver(forged).status == 403
    more_keys = WebhookRequest(right.url, (*right.params, ("Digits", "1")), right.headers)
    assert line.deliver(more_keys).status == 403
    assert line.ticket().state is TicketState.PAGING


def test_f24_the_leg_of_one_ticket_gets_nothing_of_another_whatever_its_url_says(make_line: MakeLine) -> None:
    line = make_line()
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    line.critical_call()
    jons = jon.wait_for_ring()
    other = line.platform_is_down("+12125550202")
    adas = ada.wait_for_ring()
    (attempt,) = (attempt.id for attempt in line.attempts(1043))
    assert line.eventually(lambda: all(line.attempts(number)[0].leg for number in (1042, 1043)))
    for step in ("ask_to_take", "heard_take", "heard_call_back", "after_meeting"):
        answer = post(line, jons, f"{step}?attempt={attempt}", Digits="1")
        assert "no longer needed" in answer
        assert "Harbor" not in answer
    post(line, jons, f"attempt_status?attempt={attempt}", CallStatus="completed")
    post(line, other, "after_ringing?attempt=1042-1", DialCallStatus="completed")
    assert [line.ticket(number).state for number in (1042, 1043)] == [TicketState.PAGING] * 2
    assert [attempt.outcome for number in (1042, 1043) for attempt in line.attempts(number)] == [None, None]
    assert not {leg.status for leg in (jons, adas)} - {"ringing"}
    assert not line.phone(JON_TOO).legs + line.phone(LEO).legs
