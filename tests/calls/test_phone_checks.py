"""A phone that was entered by hand counts once its code was typed; a test call is confirmed by a key."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.configuration.edit import change_item
from ivr.paging.phone_checks import CALL, CODE, PER_HOUR, TEST, TEXT, TRIES, CheckRefused, ask_check, confirm_code
from ivr.rehearsal.handsets import manual, unreachable, voicemail
from ivr.store.accounts import account_by, add_account, open_session
from ivr.store.audit import Author, list_changes
from ivr.store.phone_checks import PhoneCheck, find_check
from tests.console.typed import sheet, typing
from tests.line import ITALY, JON, Line

MakeLine = Callable[..., Line]
NEW = "+447700900777"


def enter(line: Line, phone: str = NEW) -> None:
    """Somebody enters another phone of Mia's in the console."""
    table = {"key": "mia", "name": "Mia Keller", "phones": ["+49 171 39200 10"], "email": "mia@example.com"}
    with line.engine.begin() as connection:
        change_item(connection, author(line), "engineer", "mia", {**table, "unverified": [phone]})


def author(line: Line) -> Author:
    return Author("Sara Vogel", line.house.clock())


def ask(line: Line, channel: str, kind: str = CODE, engineer: str = "mia", phone: str = NEW) -> int:
    with line.web_engine.begin() as connection:
        return ask_check(line.house, connection, author(line), engineer, phone, kind, channel)


def type_code(line: Line, code: str) -> str:
    with line.web_engine.begin() as connection:
        return confirm_code(line.house, connection, author(line), "mia", NEW, code)


def check(line: Line, id_: int) -> PhoneCheck:
    with line.engine.begin() as connection:
        found = find_check(connection, id_)
    assert found is not None
    return found


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_a_code_by_call_is_heard_after_a_key_and_lets_the_phone_count(brief_line: Line) -> None:
    line = brief_line
    phone = line.phone(NEW, manual)
    enter(line)
    id_ = ask(line, CALL)
    ring = phone.wait_for_ring()
    ring.answer()
    ring.wait_for("To hear the code, press 1")
    assert not re.search(r"\d \d \d", " ".join(ring.heard))
    ring.press("1")
    found = re.search(r"code is ((?:\d ?){6})", ring.wait_for("Your Nightline code is"))
    assert found is not None
    assert type_code(line, found[1]) == ""
    assert line.phones_of("mia") == ("+491713920010", NEW)
    with line.engine.begin() as connection:
        newest = list_changes(connection)[0]
    assert (newest.by, newest.why) == ("Sara Vogel", "confirmed by a code (call)")
    ring.hang_up()
    assert line.eventually(lambda: check(line, id_).status == "ended")


def test_a_code_by_text_lets_the_phone_count_and_is_nowhere_in_the_database(brief_line: Line) -> None:
    line = brief_line
    phone = line.phone(NEW, manual)
    enter(line)
    id_ = ask(line, TEXT)
    code = re.search(r"code is (\d{6})", phone.wait_for_text("code").body)
    assert code is not None
    assert code[1] not in str(check(line, id_))
    assert type_code(line, other_than(code[1])) == "That is not the code. 4 tries are left."
    assert line.phones_of("mia") == ("+491713920010",)
    assert type_code(line, f" {code[1][:3]} {code[1][3:]} ") == ""
    assert NEW in line.phones_of("mia")
    assert type_code(line, code[1]).startswith("There is no code")


def test_a_voicemail_hears_no_code(make_line: MakeLine) -> None:
    line = make_line()
    phone = line.phone(NEW, voicemail)
    enter(line)
    id_ = ask(line, CALL)
    ring = phone.wait_for_ring()
    assert line.eventually(lambda: check(line, id_).status == "ended", 40)
    assert "code is" not in " ".join(ring.heard)


def test_five_wrong_tries_are_the_most_and_ten_minutes_are_the_longest(make_line: MakeLine) -> None:
    line = make_line()
    phone = line.phone(NEW, manual)
    enter(line)
    ask(line, TEXT)
    code = re.search(r"\d{6}", phone.wait_for_text("code").body)
    assert code is not None
    said = [type_code(line, other_than(code[0])) for _ in range(TRIES + 1)]
    assert said[TRIES - 1] == "That is not the code. 0 tries are left."
    assert said[TRIES] == "There were too many wrong tries. Ask for a new code."
    assert type_code(line, code[0]) == "There were too many wrong tries. Ask for a new code."
    ask(line, TEXT)
    line.let_pass(timedelta(minutes=10))
    assert type_code(line, "123456").startswith("There is no code that is good now")


def test_three_codes_an_hour_are_the_most_for_a_phone(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(NEW, manual)
    enter(line)
    with line.frozen_worker():
        for _ in range(PER_HOUR[CODE]):
            ask(line, TEXT)
        with pytest.raises(CheckRefused, match="3 in an hour"):
            ask(line, TEXT)
        line.let_pass(timedelta(hours=1, seconds=1))
        ask(line, TEXT)


def test_codes_go_to_phones_that_wait_and_tests_to_those_that_count_and_nowhere_else(make_line: MakeLine) -> None:
    line = make_line()
    enter(line)
    for kind, phone in ((CODE, JON), (TEST, NEW), (CODE, "+19005551234"), (TEST, "+447700900999")):
        with pytest.raises(CheckRefused, match="not listed here"):
            ask(line, TEXT, kind, "mia", phone)


def test_a_test_call_is_confirmed_by_the_key_and_a_test_text_by_the_carrier(brief_line: Line) -> None:
    line = brief_line
    phone = line.phone(JON, manual)
    by_call = ask(line, CALL, TEST, "jon", JON)
    ring = phone.wait_for_ring()
    ring.answer()
    ring.wait_for("This is a test of Nightline")
    assert check(line, by_call).confirmed_at is None
    ring.press("1")
    ring.wait_for("Thank you")
    assert line.eventually(lambda: check(line, by_call).confirmed_at is not None)
    by_text = ask(line, TEXT, TEST, "jon", JON)
    phone.wait_for_text("This is a test of Nightline")
    assert line.eventually(lambda: check(line, by_text).status in {"sent", "delivered"})


def test_a_phone_that_stopped_texts_is_told_of_and_one_that_cannot_be_reached_too(make_line: MakeLine) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    jon.text(ITALY, "STOP")
    assert line.eventually(lambda: JON in line.stopped_phones())
    with pytest.raises(CheckRefused, match="texted STOP"):
        ask(line, TEXT, TEST, "jon", JON)
    line.phone(NEW, unreachable)
    enter(line)
    id_ = ask(line, CALL)
    assert line.eventually(lambda: check(line, id_).status == "failed")


def test_a_code_that_no_worker_sent_in_time_is_not_sent_any_more(make_line: MakeLine) -> None:
    line = make_line()
    phone = line.phone(NEW, manual)
    enter(line)
    with line.frozen_worker():
        id_ = ask(line, TEXT)
        line.let_pass(timedelta(minutes=11))
    assert line.eventually(lambda: check(line, id_).status == "late")
    assert phone.texts == []


def signed_in(line: Line) -> FlaskClient:
    """A manager at the console of this line."""
    at = line.house.clock()
    with line.engine.begin() as connection:
        account = account_by(connection, login="sara")
        if account is None:
            add_account(
                connection, login="sara", name="Sara Vogel", role="manager", at=at, engineer=None, password_hash=""
            )
            account = account_by(connection, login="sara")
        assert account is not None
        secret = open_session(connection, account, at, "test", is_complete=True)
    client = line.app.test_client()
    client.set_cookie("__Host-nightline", secret, secure=True)
    return client


def press(client: FlaskClient, path: str, holds: str, **typed: str) -> TestResponse:
    """Press a button of the form that holds a field, on the page of Mia."""
    base = "https://localhost"
    page = client.get("/console/engineers/mia", base_url=base).get_data(as_text=True)
    fields = typing(sheet(page, holds), typed)
    return client.post(f"/console/engineers/mia{path}", data=fields, base_url=base)


@pytest.mark.parametrize("channel", [CALL, TEXT])
def test_a_manager_enters_a_phone_in_the_console_and_its_owner_confirms_it(brief_line: Line, channel: str) -> None:
    line = brief_line
    phone = line.phone(NEW, manual)
    client = signed_in(line)
    assert press(client, "", "seen", unverified=NEW, do="save").status_code == 303
    assert line.phones_of("mia") == ("+491713920010",)
    asked = press(client, "/phones/check", "kind", phone=NEW, kind=CODE, channel=channel)
    assert asked.status_code == 303
    if channel == CALL:
        ring = phone.wait_for_ring()
        ring.answer()
        ring.wait_for("press 1")
        ring.press("1")
        heard = ring.wait_for("Your Nightline code is")
    else:
        heard = phone.wait_for_text("Your Nightline code is").body
    client = signed_in(line)  # the console may have been restarted meanwhile
    code = "".join(re.findall(r"\d", heard)[:6])
    wrong = press(client, "/phones/confirm", "code", phone=NEW, code=other_than(code))
    assert "4 tries are left" in wrong.get_data(as_text=True)
    assert press(client, "/phones/confirm", "code", phone=NEW, code=code).status_code == 303
    assert line.phones_of("mia") == ("+491713920010", NEW)
