"""Legs that stay behind because a report was lost: they are asked about, and nobody waits for ever."""

from collections.abc import Callable

import pytest

from ivr.paging.orphans import CALLER_QUIET_AFTER, QuietCallers
from ivr.paging.phone import Phone
from ivr.rehearsal.handsets import manual
from ivr.rehearsal.webhooks import WebhookRequest
from ivr.store import attempts, calls
from tests.calls.test_help import together
from tests.line import JON, LEO, Line

MakeLine = Callable[..., Line]


def test_a_caller_whose_last_report_never_came_is_asked_about_and_their_call_ends(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.callbacks.drop = lambda params: params.get("CallStatus") == "completed"
    caller = line.critical_call()
    caller.hang_up()
    line.wait_until_ended(caller)
    assert line.outcome_of(caller) == "hung up"
    assert line.events().count("caller's line ended") == 1


@pytest.mark.parametrize("fault", [None, (401, 20003), (503, 20503)], ids=["told", "token refused", "api down"])
def test_a_caller_who_is_still_there_is_left_alone(make_line: MakeLine, fault: tuple[int, int] | None) -> None:
    line = make_line()
    caller, jon = together(line)
    line.let_pass(CALLER_QUIET_AFTER)
    line.carrier.fail_rest = lambda _method, _path: fault
    assert QuietCallers(line.house, Phone(line.settings)).close() == 0
    assert caller.with_ == {jon}


def test_a_caller_who_comes_into_a_room_that_the_engineer_left_unreported_is_connected_again(
    make_line: MakeLine,
) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    line.carrier.callbacks.drop = lambda params: params.get("CallStatus") == "completed"

    def hang_up_first(request: WebhookRequest) -> None:
        joins = "join_room" in request.url or "tell_progress" in request.url
        if joins and line.attempts()[0].joined_at:
            ring.hang_up()

    line.before_request = hang_up_first
    line.take(ring)
    caller.wait_for("engineer's line has ended", 60)
    line.before_request = lambda _request: None
    line.take(jon.wait_for_ring(60, after=1), caller)


def test_a_colleague_who_comes_into_a_room_that_is_empty_is_thanked_and_does_not_wait_for_ever(
    make_line: MakeLine,
) -> None:
    line = make_line()
    leo = line.phone(LEO, manual)
    caller, jon = together(line)
    jon.press("*")
    jon.wait_for("To add a colleague, press 3")
    jon.press("3")
    jon.press(jon.wait_for("For Leo Marin").split("For Leo Marin, press ")[1][0])
    caller.wait_until_with(jon)
    help_ = leo.wait_for_ring()
    help_.answer()
    help_.wait_for("asks you to join")
    line.carrier.callbacks.drop = lambda params: "CallStatus" in params

    def both_leave(request: WebhookRequest) -> None:
        if "heard_join" in request.url:
            jon.hang_up()
            caller.hang_up()

    line.before_request = both_leave
    help_.press("1")
    help_.wait_for("Joining")
    help_.wait_for("Thank", 60)
    help_.wait_until_over(60)


@pytest.mark.parametrize("is_over", [False, True], ids=["silently", "and the conversation counts as over"])
def test_an_engineer_in_the_room_whose_caller_hangs_up_on_the_way_into_it_is_offered_the_call_back(
    make_line: MakeLine, is_over: bool
) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    caller = line.critical_call()

    def hang_up_on_the_way(request: WebhookRequest) -> None:
        joins = "join_room" in request.url or "tell_progress" in request.url
        if joins and line.attempts()[0].joined_at:
            if is_over:  # the caller's last request came while the engineer was on the way as well
                at = line.house.clock()
                with line.engine.begin() as connection:
                    calls.update_call_once(connection, caller.sid, joined_at=at)
                    attempts.leave_room(connection, 1042, at)
            caller.hang_up()

    line.before_request = hang_up_on_the_way
    ring = line.take(jon.wait_for_ring())
    caller.wait_until_over(60)
    ring.wait_for("To call back, press 1", 60)
