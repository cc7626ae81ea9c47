"""The phone in the terminal, scripted: it presses what it was told, and hangs up in the end."""

from collections.abc import Callable

from ivr.rehearsal.terminal import Outcome, Terminal
from tests.rehearsal.bench import CALLER, OTHER, OURS, Bench

Make = Callable[..., Bench]
QUESTION = '<Gather action="/next" numDigits="1" timeout="30"><Say>press</Say></Gather>'


def follow(b: Bench) -> tuple[Outcome, Terminal]:
    terminal = Terminal(b.carrier.serve(), {}, lambda _line: None, as_json=True)
    terminal.dial(CALLER, OURS)
    return terminal.follow(["1"]), terminal


def test_a_scripted_caller_who_is_connected_speaks_a_while_and_hangs_up(bench: Make) -> None:
    b = bench({"/answer": QUESTION, "/next": f"<Dial><Number>{OTHER}</Number></Dial>"}, pace=10)
    other = b.carrier.phones[OTHER]
    b.carrier.run(lambda: other.wait_for_ring().answer(), "owner")
    outcome, terminal = follow(b)
    assert outcome.joined_with == [OTHER]
    assert b.carrier.legs[terminal.sid].status == "completed"


def test_a_scripted_caller_whom_nobody_answers_hangs_up_after_a_while_on_hold(bench: Make) -> None:
    b = bench({"/answer": QUESTION, "/next": '<Pause length="5"/><Redirect>/next</Redirect>'})
    outcome, terminal = follow(b)
    assert outcome.joined_with == []
    assert b.carrier.legs[terminal.sid].status == "completed"
