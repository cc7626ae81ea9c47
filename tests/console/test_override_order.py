"""Which of several overrides has the last word when one was entered, changed or brought back in the console."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.console.override_ids import override_id
from ivr.store.accounts import account_by, update_account
from schedules.overrides import Override
from schedules.rota import who_is_on_call
from tests.console.desk import Desk
from tests.console.rota_scenes import SUNDAY_NIGHT, with_overrides
from tests.console.test_rota_editor import present, save, undo_last, wish
from tests.line import NIGHT

HOUR = timedelta(hours=1)
UNDER = Override("leo", NIGHT - 3 * HOUR, NIGHT + 9 * HOUR, "Sara Vogel")
ABOVE = Override("mia", NIGHT - HOUR, NIGHT + 3 * HOUR, "Sara Vogel")


@pytest.fixture(autouse=True)
def _in_rome(desk: Desk) -> None:
    """The manager reads Rome's clock."""
    desk.do(lambda c: update_account(c, account_by(c, login="manager").id, zone="Europe/Rome"))  # type: ignore[union-attr]


def on_call(desk: Desk, hours: int) -> list[str]:
    return [one.engineer for one in who_is_on_call(present(desk), NIGHT + hours * HOUR)]


def test_undoing_the_removal_of_an_override_puts_nobody_else_on_call_than_before(desk: Desk) -> None:
    desk.do(lambda c: with_overrides(c, UNDER, ABOVE))
    save(desk, id=override_id(UNDER), what="nothing")
    assert [on_call(desk, hours) for hours in (0, 3)] == [["mia"], ["jon"]]
    desk.at = NIGHT + timedelta(minutes=5)
    undo_last(desk)
    assert [on_call(desk, hours) for hours in (1, 2, 3, 8, 9)] == [["mia"], ["mia"], ["leo"], ["leo"], ["jon"]]


def test_a_new_override_has_the_last_word_though_it_is_drawn_from_before_the_others(desk: Desk) -> None:
    desk.do(lambda c: with_overrides(c, ABOVE))
    save(desk, **wish(**{"engineer": "ada", "from": "2026-11-28T01:00", "until": "2026-11-28T07:00"}))
    assert [on_call(desk, hours) for hours in (-1, 0, 3, 4)] == [["mia"], ["ada"], ["ada"], ["jon"]]


def test_one_of_two_that_begin_together_keeps_its_place_when_it_is_stretched(desk: Desk) -> None:
    first, second = (Override(who, *SUNDAY_NIGHT, "Sara Vogel") for who in ("leo", "mia"))
    desk.do(lambda c: with_overrides(c, first, second))
    save(desk, **wish(id=override_id(first), until="2026-11-30T12:00"))
    assert present(desk).overrides == (replace(first, ends_at=SUNDAY_NIGHT[1] + 3 * HOUR), second)
