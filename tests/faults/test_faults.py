"""Things that break: hours that cannot be worked out, a locked database, a carrier that fails, empty rotas."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dbos import DBOSClient
from sqlalchemy import Connection, text, update

from ivr.rehearsal.handsets import answers_and_presses, manual
from ivr.rehearsal.leg import Leg
from ivr.rehearsal.webhooks import WebhookRequest, signed
from ivr.store.tables import configuration_items
from routing.escalation import Outcome
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import TicketState
from tests.line import ADA, DAY, EXAMPLE, ITALY, JON, LEO, PUBLIC_URL, ROSSI, SARA, TOKEN, Line

MakeLine = Callable[..., Line]
KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def variant(folder: Path, *changes: tuple[str, str]) -> Path:
    """The example configuration with texts replaced."""
    text_ = EXAMPLE.read_text()
    for old, new in changes:
        assert old in text_
        text_ = text_.replace(old, new)
    path = folder / "variant.toml"
    path.write_text(text_)
    return path


@pytest.mark.parametrize("broken", [{"zone": "Europe/Nowhere"}, {"holidays": {"country": "XX"}}], ids=str)
def test_f11_hours_that_cannot_be_worked_out_lead_to_the_screening(
    make_line: MakeLine, broken: dict[str, object]
) -> None:
    line = make_line(now=DAY)
    with line.engine.begin() as connection:
        where = (configuration_items.c.kind == "region") & (configuration_items.c.key == "it")
        document = connection.execute(
            text("select document from configuration_items where kind = 'region' and key = 'it'")
        ).scalar_one()
        document = json.loads(document) if isinstance(document, str) else document
        document["hours"].update(broken)
        connection.execute(update(configuration_items).where(where).values(document=document))
    line.start_web()
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("calling the engineer")
    line.phone(JON, manual).wait_for_ring()


@pytest.mark.parametrize("step", ["heard_answer?question=of-another-release&try=1", "ask_of_another_release"])
def test_a_step_that_fails_pages_for_an_eligible_caller_and_takes_a_message_from_others(
    make_line: MakeLine, step: str
) -> None:
    line = make_line()
    line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    lost = f"{PUBLIC_URL}/voice/{step}"
    answer = line.deliver(signed(TOKEN, lost, tuple(line.carrier.voice_params(caller).items())))
    assert b"technical problem" in answer.body
    line.phone(JON).wait_for_ring()
    assert line.ticket().state is TicketState.PAGING
    stranger = line.dial("anonymous")
    stranger.wait_for("partner number")
    answer = line.deliver(signed(TOKEN, lost, tuple(line.carrier.voice_params(stranger).items())))
    assert b"leave your name" in answer.body
    assert len(line.tickets()) == 1


def test_a_step_that_fails_after_a_standard_verdict_ends_the_call_and_calls_nobody(make_line: MakeLine) -> None:
    line = make_line()
    caller = line.dial()
    for heard, key in (("platform", "4"), ("fault of an operator", "2")):
        caller.wait_for(heard)
        caller.press(key)
    caller.wait_for("[beep]")
    lost = f"{PUBLIC_URL}/voice/ask_of_another_release"
    answer = line.deliver(signed(TOKEN, lost, tuple(line.carrier.voice_params(caller).items())))
    assert b"Goodbye" in answer.body
    assert [one.class_of_service for one in line.tickets()] == [ClassOfService.STANDARD]


@KINDS
def test_f23_a_locked_database_still_speaks_and_goes_on_with_the_key_that_was_pressed(
    make_line: MakeLine, kind: str
) -> None:
    line = make_line(kind)
    line.phone(JON, manual)
    caller = line.dial()
    caller.wait_for("platform")
    other = line.engine.connect()
    other.execute(text("begin immediate" if kind == "sqlite" else "lock table answers in access exclusive mode"))
    caller.press("1")
    caller.wait_for("One moment please")
    other.rollback()
    other.close()
    caller.wait_for("Your ticket is", 30)
    line.phone(JON).wait_for_ring()
    assert line.eventually(lambda: len(line.tickets()) == 1)  # the standby may have opened it


@contextmanager
def locked_from(line: Line, *steps: str) -> Iterator[None]:
    """From the first request for one of these steps on nothing can be written, until all that came are answered."""
    held: list[Connection] = []

    def lock(request: WebhookRequest) -> None:
        if not held and urlsplit(request.url).path.removeprefix("/voice/") in steps:
            held.append(line.engine.connect())
            held[0].execute(text("begin immediate"))

    line.before_request = lock
    yield
    assert line.eventually(lambda: line.houses.is_away and not line._answering)
    held[0].rollback()
    held[0].close()


def speaks_after_the_tone(line: Line, from_: str, asked: str) -> Leg:
    """A caller who presses nothing until a message is asked for, and is speaking it."""
    caller = line.dial(from_)
    caller.wait_for(asked, 40)
    caller.wait_for("[beep]")
    caller.speak("This is Bianchi, our portal is down", 20)
    assert line.eventually(lambda: not caller.has_speech())
    return caller


@pytest.mark.parametrize("hangs_up", [False, True], ids=["presses a key", "hangs up"])
def test_f23_the_message_of_a_stranger_is_kept_when_the_database_is_locked_at_its_end(
    make_line: MakeLine, hangs_up: bool
) -> None:
    line = make_line("sqlite")
    stranger = speaks_after_the_tone(line, "anonymous", "leave your name")
    with locked_from(line, "after_unverified"):
        if hangs_up:
            stranger.hang_up()
        else:
            stranger.press("#")
            stranger.wait_for("Thank you", 30)
    line.phone(SARA).wait_for_text("left a message", 30)
    assert line.eventually(lambda: [one.class_of_service for one in line.tickets()] == [ClassOfService.STANDARD])


def test_f23_a_caller_without_keys_who_speaks_and_hangs_up_pages_when_the_database_is_locked(
    make_line: MakeLine,
) -> None:
    line = make_line("sqlite")
    jon = line.phone(JON, manual)
    caller = speaks_after_the_tone(line, ROSSI, "cannot hear your keys")
    with locked_from(line, "after_speaking", "stored_speech"):
        caller.hang_up()
    jon.wait_for_ring(30)
    assert line.eventually(lambda: [one.symptom for one in line.tickets()] == [Symptom.UNSCREENED])


def test_f23_a_call_goes_on_when_a_table_it_writes_is_gone(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, answers_and_presses("1"))
    line.dial().wait_for("platform")
    caller = line.dial()
    caller.wait_for("platform")
    with line.frozen_worker(), line.engine.begin() as connection:
        connection.execute(text("alter table answers rename to answers_away"))
        connection.commit()
        caller.press("1")
        jon = line.phone(JON).wait_for_ring(60)
        caller.wait_until_with(jon)
        caller.hang_up()
        caller.wait_until("completed")
        with line.engine.begin() as again:
            again.execute(text("alter table answers_away rename to answers"))
    assert line.eventually(lambda: [ticket.acknowledged_by for ticket in line.tickets()] == ["jon"])


@pytest.mark.parametrize(
    "change",
    [
        ('participants = ["mia", "jon", "ada"]', "participants = []"),
        ('phones = ["+44 7700 900 120", "+44 20 7946 0120"]', "phones = []"),
        ('email = "jon@example.com"', 'email = "jon@example.com"\nactive = false'),
    ],
    ids=["nobody takes turns", "no phone", "not active"],
)
def test_f5_a_first_level_with_nobody_is_skipped_at_once_and_reported(
    make_line: MakeLine, tmp_path: Path, change: tuple[str, str]
) -> None:
    line = make_line(config=variant(tmp_path, change))
    line.critical_call()
    line.phone(ADA).wait_for_ring()
    assert [attempt.phone for attempt in line.attempts()] == [ADA]
    assert "level skipped" in line.events()
    line.phone(SARA).wait_for_text("level 1 of policy noc has nobody on it")


def test_f5_with_nobody_on_any_level_managers_are_rung_at_once(make_line: MakeLine, tmp_path: Path) -> None:
    nobody = [
        ('participants = ["mia", "jon", "ada"]', "participants = []"),
        ('participants = ["jon", "ada", "mia"]', "participants = []"),
        ('phones = ["+1 212 555 0140"]', "phones = []"),
    ]
    line = make_line(config=variant(tmp_path, *nobody))
    line.phone(SARA, answers_and_presses("1"))
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("connected with Sara Vogel", 40)


def test_f5_without_managers_rounds_go_on_until_somebody_is_there(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line(config=variant(tmp_path, ("manager = true", "manager = false")), ring_seconds=5)
    caller = line.critical_call()
    assert line.eventually(lambda: line.ticket().round >= 4, 60)
    line.phone(LEO, answers_and_presses("1"))
    caller.wait_for("connected with Leo Marin", 60)


def test_f20_reports_that_are_doubled_and_reordered_only_move_things_forward(make_line: MakeLine) -> None:
    line = make_line(ring_seconds=5)
    line.carrier.callbacks.reorder = line.carrier.callbacks.duplicate = True
    line.phone(ADA, answers_and_presses("1"))
    line.critical_call().wait_for("connected with Ada Rossi", 60)
    assert [attempt.phone for attempt in line.attempts()][:3] == [*line.phones_of("jon"), ADA]


def test_f20_reports_that_never_come_are_asked_for(make_line: MakeLine) -> None:
    line = make_line(ring_seconds=5)
    line.carrier.callbacks.drop = lambda params: "CallbackSource" in params
    line.phone(ADA, answers_and_presses("1"))
    line.critical_call().wait_for("connected with Ada Rossi", 60)
    assert line.attempts()[0].outcome is Outcome.NO_ANSWER


def test_f21_accepting_needs_no_rest_api_and_the_next_hold_request_joins(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    ring.answer()
    ring.wait_for("Critical ticket")
    line.carrier.fail_rest = lambda _method, _path: (500, 20500)
    ring.press("1")
    caller.wait_until_with(ring)


def test_a_call_that_the_carrier_refuses_is_followed_by_the_next_phone(make_line: MakeLine) -> None:
    line = make_line()
    refused: list[str] = []

    def refuse_the_first(method: str, path: str) -> tuple[int, int] | None:
        if method == "POST" and path.endswith("Calls.json") and not refused:
            refused.append(path)
            return (400, 21211)
        return None

    line.carrier.fail_rest = refuse_the_first
    line.critical_call()
    line.phone(line.phones_of("jon")[1]).wait_for_ring()
    assert line.attempts()[0].outcome is Outcome.FAILED


def test_a_throttled_carrier_is_asked_again_and_no_phone_rings_twice(make_line: MakeLine) -> None:
    line = make_line()
    throttled: list[str] = []

    def throttle_twice(method: str, path: str) -> tuple[int, int] | None:
        if method == "POST" and path.endswith("Calls.json") and len(throttled) < 2:
            throttled.append(path)
            return (429, 20429)
        return None

    line.carrier.fail_rest = throttle_twice
    caller = line.dial()
    caller.wait_for("platform")
    caller.press("1")
    caller.wait_for("[beep]")
    caller.speak("It is a long story", 3000)
    line.phone(JON, manual).wait_for_ring()
    assert len(throttled) == 2
    assert len(line.phone(JON).legs) == 1


def test_f28_an_engineer_on_another_call_is_passed_over_and_texted_once(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    first = line.critical_call()
    ring = jon.wait_for_ring()
    line.take(ring, first)
    second = line.dial("+12125550202")
    second.wait_for("platform")
    second.press("1")
    second.wait_for("Your ticket is")
    line.phone(ADA, manual).wait_for_ring()
    assert [attempt.person for attempt in line.attempts(1043)] == ["ada"]
    assert len(jon.legs) == 1


def test_a_page_whose_workflow_was_lost_begins_anew(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    with line.frozen_worker():
        line.critical_call()
        client = DBOSClient(system_database_engine=line.engine)
        client.cancel_workflow("escalation-1042-1")
        client.destroy()
    line.phone(JON).wait_for_ring(40)
    assert "paging began anew" in line.events()
    assert len(line.phone(JON).legs) == 1


def test_a_leg_whose_last_report_never_came_is_closed_and_its_owner_is_free_again(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.callbacks.drop = lambda params: params.get("CallStatus") == "completed" and "CallDuration" in params
    line.phone(JON, answers_and_presses("2"))
    line.phone(ADA, answers_and_presses("1"))
    line.critical_call().wait_for("connected with Ada Rossi", 40)
    assert line.eventually(lambda: line.attempts()[0].ended_at is not None, 40)


def test_a_ticket_that_was_taken_by_text_while_its_workflow_broke_still_brings_both_together(
    make_line: MakeLine,
) -> None:
    line = make_line(pace=5)
    ada = line.phone(ADA, manual)
    with line.frozen_worker():
        caller = line.critical_call()
        ada.text(ITALY, "1042 1")
        assert line.eventually(lambda: line.ticket().acknowledged_by == "ada")
        client = DBOSClient(system_database_engine=line.engine)
        client.cancel_workflow("escalation-1042-1")
        client.destroy()
    ring = ada.wait_for_ring(40)
    ring.answer()
    caller.wait_until_with(ring)
