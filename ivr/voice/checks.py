"""The check of a phone as its owner hears it: a key first, so that no voicemail hears a code; then the code, twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.phone_checks import CODE, code_of, is_over
from ivr.places import To
from ivr.prompts import catalogue as prompts
from ivr.store.phone_checks import PhoneCheck, confirm_check, find_check
from ivr.voice import words
from ivr.voice.heard import Heard
from ivr.voice.steps import CHECK_STEPS, check_step
from ivr.voice.turns import Ask, Goodbye, Turn
from ivr.voice.words import sentences

TRIES = 3


@dataclass(frozen=True)
class CheckLeg:
    """The leg on which a phone is checked. `at` is UTC."""

    house: House
    connection: Connection
    check: PhoneCheck
    at: datetime


def check_turn(house: House, connection: Connection, step: str, heard: Heard) -> Turn:
    """One step on such a leg. Raises KeyError for an unknown step."""
    perform = CHECK_STEPS[step]
    id_ = heard.place.get("check", "")
    check = find_check(connection, int(id_)) if id_.isdecimal() else None
    if check is None or is_over(check, house.clock()) or heard.carrier.get("To") != check.phone:
        return Goodbye(sentences(prompts.NO_SUCH_PAGE))
    turn: Turn = perform(CheckLeg(house, connection, check, house.clock()), heard)
    return turn


@check_step
def ask_key(leg: CheckLeg, heard: Heard) -> Turn:
    """Heard by whoever picks up, voicemail included, and again after silence: who calls, and one key."""
    if heard.try_ > TRIES:
        return Goodbye(sentences(prompts.NOBODY_PRESSED))
    says = prompts.PRESS_FOR_CODE if leg.check.kind == CODE else prompts.PRESS_IN_TEST
    return Ask(sentences(says), then=place(heard_key, leg), otherwise=place(ask_key, leg, heard.try_ + 1))


@check_step
def heard_key(leg: CheckLeg, heard: Heard) -> Turn:
    """Heard after a key: 1 is answered with the code, or in a test with thanks; any other asks again."""
    if heard.keys != "1":
        return ask_key(leg, heard)
    if leg.check.kind == CODE:
        return tell_code(leg, heard)
    confirm_check(leg.connection, leg.check.id, leg.at)
    return Goodbye(sentences(prompts.TEST_HEARD))


@check_step
def tell_code(leg: CheckLeg, heard: Heard) -> Turn:
    """Heard by whoever pressed the key: the six digits twice, and again on any key."""
    if heard.try_ > TRIES:
        return Goodbye(sentences(prompts.CHECK_ENDS))
    code = words.spoken_code(code_of(leg.house.settings, leg.check))
    ends = Goodbye(sentences(prompts.CHECK_ENDS))
    return Ask(sentences(code, code, prompts.REPEAT_CODE), then=place(tell_code, leg, heard.try_ + 1), otherwise=ends)


def place(step: Callable[..., Turn], leg: CheckLeg, try_: int = 1) -> To:
    """The place of a step on the leg of a check."""
    return To(f"check/{step.__name__}", (("check", str(leg.check.id)), ("try", str(try_))))
