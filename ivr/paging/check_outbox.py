"""Sending the codes and tests of phones: the worker's part, and what the carrier reports of it."""

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.phone import Phone, PhoneFailed
from ivr.paging.phone_checks import CALL, TEST, TEXT, code_of, is_over, listed
from ivr.places import To
from ivr.settings import Settings
from ivr.store import phone_checks as store
from ivr.store.optouts import stop_texts
from ivr.store.phone_checks import PhoneCheck

logger = structlog.get_logger()

RING_SECONDS = 30

OPTED_OUT = "21610"
"""The carrier's error for a phone that texted STOP."""

REPORTED = {
    "queued": store.SENT,
    "initiated": store.SENT,
    "ringing": store.RINGING,
    "in-progress": store.ANSWERED,
    "completed": store.ENDED,
    "busy": store.BUSY,
    "no-answer": store.NO_ANSWER,
    "failed": store.FAILED,
    "canceled": store.NO_ANSWER,
}
"""What the carrier says of a call, in our words."""

TEXT_REPORTED = {"delivered": store.DELIVERED, "undelivered": store.FAILED, "failed": store.FAILED}
"""What it says of a text."""


def text_of(settings: Settings, check: PhoneCheck) -> str:
    """What is texted."""
    if check.kind == TEST:
        return "This is a test of Nightline: texts reach this phone. You need not answer."
    code = code_of(settings, check)
    return f"Your Nightline code is {code}. It is good for ten minutes. Nobody of Nightline asks you for it by phone."


def send_check(house: House, phone: Phone, id_: int) -> None:
    """Place the call or send the text of a check; done twice it is done once. Raises PhoneFailed for what may pass."""
    with house.engine.begin() as connection:
        check = still_to_send(house, connection, id_)
        sender = house.configuration.current(connection).default_region.number
    if check is None:
        return
    try:
        sid = place_call(phone, check, sender) if check.channel == CALL else send_text(house, phone, check, sender)
    except PhoneFailed as failure:
        if not failure.permanent:
            raise
        not_sent(house, check, str(failure))
        return
    with house.engine.begin() as connection:
        store.note_check(connection, check.id, store.SENT, sid=sid)


def give_up_check(house: House, id_: int, why: str) -> None:
    """The carrier did not do it, however often it was asked."""
    with house.engine.begin() as connection:
        store.note_check(connection, id_, store.FAILED, detail=why)


def still_to_send(house: House, connection: Connection, id_: int) -> PhoneCheck | None:
    """The check, when it waits, is good, and its phone still is one of the engineer's own."""
    check = store.find_check(connection, id_)
    if check is None or check.status != store.WAITING:
        return None
    person = house.configuration.current(connection).engineers.get(check.engineer)
    if is_over(check, house.clock()) or person is None or check.phone not in listed(person, check.kind):
        store.note_check(connection, id_, store.LATE)
        return None
    return check


def place_call(phone: Phone, check: PhoneCheck, caller_id: str) -> str:
    """Ring the phone, unless a call of ours to it lives already, as a crash may leave behind."""
    for living in phone.living_legs(check.phone, caller_id):
        return living.sid
    place = (("check", str(check.id)),)
    return phone.call(check.phone, caller_id, To("check/ask_key", place), To("check/status", place), RING_SECONDS)


def send_text(house: House, phone: Phone, check: PhoneCheck, caller_id: str) -> str:
    """Text the phone."""
    return phone.text(check.phone, caller_id, text_of(house.settings, check))[0]


def not_sent(house: House, check: PhoneCheck, why: str) -> None:
    """The carrier refused for good; a phone that texted STOP is remembered."""
    stopped = check.channel == TEXT and why.startswith(OPTED_OUT)
    logger.warning("a phone check was refused", check=check.id, why=why)
    with house.engine.begin() as connection:
        if stopped:
            stop_texts(connection, check.phone, house.clock())
        store.note_check(connection, check.id, store.STOPPED if stopped else store.FAILED, detail=why)


def call_reported(connection: Connection, id_: int, carrier: dict[str, str]) -> None:
    """The carrier reports on the call of a check."""
    if status := REPORTED.get(carrier.get("CallStatus", "")):
        store.note_check(connection, id_, status, sid=carrier.get("CallSid"))


def text_reported(connection: Connection, sid: str, status: str) -> None:
    """The carrier reports on a text, maybe on that of a check."""
    if known := TEXT_REPORTED.get(status):
        store.note_text(connection, sid, known)
