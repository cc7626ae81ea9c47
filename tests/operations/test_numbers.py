"""`nightline numbers`: the difference is shown first, and nothing else of the account is touched."""

import json
from dataclasses import replace

import pytest

from tests.line import ITALY, US
from tests.operations.conftest import Operator

SENDER = "+15005550006"


def test_numbers_that_lead_here_need_nothing(operator: Operator) -> None:
    found = operator.type("numbers", "plan")
    assert found.exit_code == 0
    assert found.output.count("nothing to change") == 6


def test_the_plan_shows_each_field_and_changes_nothing(operator: Operator) -> None:
    numbers = operator.carrier.numbers
    numbers[ITALY] = replace(numbers[ITALY], voice_url="https://old.example/answer", voice_application_sid="AP1")
    before = dict(numbers)
    found = operator.type("numbers", "plan", "--json")
    assert found.exit_code == 3
    (italy,) = (row for row in json.loads(found.output) if row["number"] == ITALY)
    here = operator.settings.public_url
    assert italy["changes"] == {
        "voice_url": {"now": "https://old.example/answer", "wanted": f"{here}/voice/answer"},
        "voice_application_sid": {"now": "AP1", "wanted": ""},
    }
    assert numbers == before


def test_applying_sets_what_differs_and_touches_no_other_number(operator: Operator) -> None:
    carrier = operator.carrier
    carrier.add_number("+15005550006", voice_url="https://somebody.example/else")
    carrier.numbers[US] = replace(carrier.numbers[US], sms_url=None, fallback_url="https://static.example/us.xml")
    other, right = carrier.numbers["+15005550006"], carrier.numbers[US]
    assert operator.type("numbers", "apply", "--yes").exit_code == 0
    assert carrier.numbers[US] == replace(right, sms_url=f"{operator.settings.public_url}/sms/incoming")
    assert carrier.numbers["+15005550006"] == other
    assert operator.type("numbers", "plan").exit_code == 0


def test_a_number_that_cannot_text_keeps_its_message_fields(operator: Operator) -> None:
    numbers = operator.carrier.numbers
    numbers[ITALY] = replace(numbers[ITALY], can_text=False, sms_url="https://old.example/sms")
    assert operator.type("numbers", "plan").exit_code == 0


def test_the_number_that_sends_texts_gets_its_replies_here_and_its_calls_go_where_they_went(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_SMS_FROM", SENDER)
    operator.carrier.add_number(SENDER, voice_url="https://somebody.example/else", sms_url="https://old.example/sms")
    before, here = operator.carrier.numbers[SENDER], operator.settings.public_url
    planned = operator.type("numbers", "plan", "--json")
    assert planned.exit_code == 3
    assert json.loads(planned.output)[-1] == {
        "region": None,
        "number": SENDER,
        "in_account": True,
        "changes": {"sms_url": {"now": "https://old.example/sms", "wanted": f"{here}/sms/incoming"}},
    }
    assert operator.type("numbers", "apply", "--yes").exit_code == 0
    assert operator.carrier.numbers[SENDER] == replace(before, sms_url=f"{here}/sms/incoming")
    assert f"{SENDER} (texts): nothing to change" in operator.type("numbers", "plan").output


def test_a_region_s_number_that_also_sends_texts_is_planned_once(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_SMS_FROM", US)
    assert operator.type("numbers", "plan").output.count("nothing to change") == 6


def test_a_region_whose_number_the_account_has_not_is_said_and_fails(operator: Operator) -> None:
    del operator.carrier.numbers[ITALY]
    found = operator.type("numbers", "apply", "--yes")
    assert found.exit_code == 1
    assert f"{ITALY} (Italy): not a number of this account" in found.output


def test_without_yes_the_operator_is_asked_first(operator: Operator) -> None:
    numbers = operator.carrier.numbers
    numbers[ITALY] = replace(numbers[ITALY], voice_url="https://old.example/answer")
    assert operator.type("numbers", "apply").exit_code == 1
    assert numbers[ITALY].voice_url == "https://old.example/answer"


def test_more_numbers_than_a_page_holds_are_all_read(operator: Operator) -> None:
    mine = dict(operator.carrier.numbers)
    operator.carrier.numbers.clear()
    for count in range(250):
        operator.carrier.add_number(f"+1500555{count:04d}", voice_url="https://somebody.example/else")
    operator.carrier.numbers.update(mine)
    assert operator.type("numbers", "plan").exit_code == 0


def test_a_refusal_of_the_carrier_is_said_in_words(operator: Operator) -> None:
    operator.carrier.fail_rest = lambda _method, _path: (503, 20503)
    found = operator.type("numbers", "plan")
    assert found.exit_code == 1
    assert "the carrier says: 20503" in found.output
