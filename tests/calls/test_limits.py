"""Callers who are refused, PINs that rest, and turns that go round."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert

from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.rehearsal.leg import Leg
from ivr.store.tables import pin_failures
from routing.tickets import TicketState
from tests.faults.test_faults import variant
from tests.line import ADA, ITALY, JON, LEO, MIA, NIGHT, ROSSI, SARA, STRANGER, Line

MakeLine = Callable[..., Line]
PARTNERS = (ROSSI, "+12125550202", "+493023125203", "+33199000207")
NO_BLOCKS, NO_STRANGERS = "blocked_callers = []", "strangers_per_minute = 30"


def try_pin(line: Line, pin: str, from_: str = STRANGER, partner: str = "4001") -> Leg:
    caller = line.dial(from_=from_)
    caller.wait_for("partner number")
    caller.press(f"{partner}#")
    caller.wait_for("your PIN")
    caller.press(f"{pin}#")
    return caller


def test_a_blocked_caller_hears_a_busy_tone_and_leaves_a_trace(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line(config=variant(tmp_path, (NO_BLOCKS, f'blocked_callers = ["{STRANGER}", "+4420*"]')))
    caller = line.dial(from_=STRANGER)
    caller.wait_until("busy")
    assert caller.heard == []
    line.dial(from_=ROSSI).wait_for("platform")  # the prefix does not hit a partner
    assert line.outcome_of(caller) == "blocked"


def test_strangers_beyond_the_limit_hear_a_busy_tone_and_a_partner_never_does(
    make_line: MakeLine, tmp_path: Path
) -> None:
    line = make_line(mode="twice", config=variant(tmp_path, (NO_STRANGERS, "strangers_per_minute = 2")))
    for number in ("+442079460290", "+442079460291"):
        line.dial(from_=number).wait_for("partner number")
    refused = line.dial(from_="+442079460292")
    refused.wait_until("busy")
    line.dial(from_=ROSSI).wait_for("platform")
    assert line.outcome_of(refused) == "too many calls of strangers"


def test_a_stranger_who_calls_too_often_in_an_hour_hears_a_busy_tone(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line(config=variant(tmp_path, ("calls_per_hour = 20", "calls_per_hour = 1")))
    line.dial(from_=STRANGER).wait_for("partner number")
    line.dial(from_=STRANGER).wait_until("busy")
    line.dial(from_="+442079460298").wait_for("partner number")


def test_f33_after_three_wrong_pins_the_right_one_is_not_looked_at_for_a_while(brief_line: Line) -> None:
    line = brief_line
    caller = try_pin(line, "0000")
    for wrong in ("1111", "2222"):
        caller.wait_for("did not match")
        caller.press("4001#")
        caller.wait_for("your PIN")
        caller.press(f"{wrong}#")
    caller.wait_for("could not recognise you")
    again = try_pin(line, "4821")
    again.wait_for("too many wrong tries")
    again.wait_for("leave your name")
    assert line.phone(JON, manual).legs == []


def test_a_right_pin_forgets_the_wrong_ones_before_it(brief_line: Line) -> None:
    line = brief_line
    for pin in ("0000", "1111"):
        try_pin(line, pin).wait_for("did not match")
    try_pin(line, "4821").wait_for("platform")
    try_pin(line, "0000").wait_for("did not match")
    try_pin(line, "4821").wait_for("platform")


def count_wrong_pins(line: Line, key: str, failures: int) -> None:
    with line.engine.begin() as connection:
        connection.execute(insert(pin_failures).values(key=key, failures=failures, last_at=line.house.clock()))


def test_f33_wrong_pins_of_withheld_numbers_count_together_whichever_partners_they_are_tried_on(
    brief_line: Line,
) -> None:
    line = brief_line
    count_wrong_pins(line, f"withheld:{NIGHT:%Y-%m-%d}", 29)
    try_pin(line, "4821", "anonymous").wait_for("platform")  # a right one, which lets nobody begin anew
    try_pin(line, "0000", "anonymous", "4002").wait_for("did not match")
    try_pin(line, "4821", "sip:alice@example.com").wait_for("too many wrong tries")
    try_pin(line, "4821").wait_for("platform")


def test_managers_are_told_once_a_day_of_unusually_many_wrong_pins(brief_line: Line) -> None:
    line = brief_line
    count_wrong_pins(line, f"day:{NIGHT:%Y-%m-%d}", 28)
    try_pin(line, "0000").wait_for("did not match")
    assert line.phone(SARA).texts == []
    for partner in ("4002", "4003"):
        try_pin(line, "0000", "anonymous", partner).wait_for("did not match")
    line.phone(SARA).wait_for_text("30 wrong PINs")
    assert len(line.phone(SARA).texts) == 1


def test_round_robin_rings_another_engineer_first_for_each_ticket(make_line: MakeLine, tmp_path: Path) -> None:
    everybody = 'targets = ["engineer:mia", "engineer:ada", "engineer:leo"]'
    alone = ("incident_minutes = 60", "incident_minutes = 0")
    config = variant(
        tmp_path, alone, ('targets = ["rota:noc"]', everybody), ('order = "rota"', 'order = "round_robin"')
    )
    line = make_line(mode="twice", config=config)
    for position, (partner, phone) in enumerate(zip(PARTNERS, (MIA, ADA, LEO, MIA), strict=True)):
        line.phone(phone, answers_and_presses("1"))
        caller = line.platform_is_down(partner)
        caller.wait_for("connected with", 60)
        assert [attempt.phone for attempt in line.attempts(1042 + position)] == [phone]
        caller.hang_up()
        line.phone(phone).legs[-1].hang_up()
        assert line.eventually(lambda p=position: all(a.ended_at for a in line.attempts(1042 + p)))


def test_f5_when_nobody_of_a_policy_can_be_rung_the_fallback_policy_is(make_line: MakeLine, tmp_path: Path) -> None:
    nobody = '[[rotas]]\nkey = "nobody"\nname = "Nobody"\n\n[[policies]]\nkey = "empty"\nname = "Nobody"\n'
    level = '  [[policies.levels]]\n  targets = ["rota:nobody"]\n\n'
    line = make_line(
        config=variant(
            tmp_path,
            ("# --------------------------------------------------------------------------------------------------- "
             "partners", nobody + level + "# partners"),
            ('desk = ["+44 20 7946 0110", "+44 20 7946 0111"]\npolicy = "noc"',
             'desk = ["+44 20 7946 0110"]\npolicy = "empty"'),
        )
    )  # fmt: skip
    line.phone(JON, answers_and_presses("1"))
    line.platform_is_down().wait_for("connected with Jon Bell", 60)
    assert line.ticket().state is TicketState.ACKNOWLEDGED
    assert line.ticket().called == ITALY
