"""Checking phones: a code lets a phone count once it was typed, a test tells whether one that counts is reached."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.configuration.edit import item_of, save_item
from ivr.house import House
from ivr.settings import Settings
from ivr.store import phone_checks as store
from ivr.store.audit import Author
from ivr.store.configuration import hold_configuration, load_configuration
from ivr.store.optouts import wants_no_texts
from ivr.store.phone_checks import PhoneCheck
from ivr.tokens import key_for
from routing.numbers import is_premium
from routing.people import Engineer, verified

CODE, TEST = "code", "test"
CALL, TEXT = "call", "text"
CHANNELS = (CALL, TEXT)

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
PER_HOUR = {CODE: 3, TEST: 6}


class CheckRefused(Exception):
    """Nothing is sent; the text says why, and what to do."""


def ask_check(
    house: House, connection: Connection, author: Author, engineer: str, phone: str, kind: str, channel: str
) -> int:
    """Have a code or a test sent to one of an engineer's own phones by the worker; returns the id of the check.

    Nothing leaves before the transaction commits. Raises CheckRefused.
    """
    hold_configuration(connection)  # so that two at once are counted
    person = load_configuration(connection).engineers.get(engineer)
    if person is None or phone not in listed(person, kind) or is_premium(phone) or channel not in CHANNELS:
        raise CheckRefused("This phone is not listed here any more. Load the page again.")
    if store.checks_since(connection, phone, kind, author.at - timedelta(hours=1)) >= PER_HOUR[kind]:
        raise CheckRefused(f"{PER_HOUR[kind]} in an hour are the most for one phone. Wait, then try again.")
    if channel == TEXT and wants_no_texts(connection, phone):
        raise CheckRefused("This phone texted STOP. Let it text START to one of our numbers, or take the call.")
    salt = secrets.token_hex(16)
    digest = code_hash(house.settings.auth_tokens[0], salt, code_behind(house.settings.auth_tokens[0], salt))
    asked = {"asked_at": author.at, "asked_by": author.name, "salt": salt, "code_hash": digest}
    id_ = store.add_check(connection, engineer=engineer, phone=phone, kind=kind, channel=channel, **asked)
    house.pager.check_phone(connection, id_)
    return id_


def listed(engineer: Engineer, kind: str) -> tuple[str, ...]:
    """The phones that a code or a test may go to."""
    return engineer.unverified if kind == CODE else engineer.phones


def confirm_code(house: House, connection: Connection, author: Author, engineer: str, phone: str, typed: str) -> str:
    """Let a phone count whose code was typed; returns what is wrong, empty when nothing is.

    Five tries within ten minutes, and only the newest code of a phone counts. To be committed either way.
    """
    hold_configuration(connection)
    check = store.latest_check(connection, engineer, phone, CODE)
    if check is None or check.confirmed_at is not None or is_over(check, author.at):
        return "There is no code that is good now. Ask for a new one."
    if not store.take_try(connection, check.id, TRIES):
        return "There were too many wrong tries. Ask for a new code."
    if not fits(house.settings, check, typed):
        left = TRIES - check.tries - 1
        return f"That is not the code. {left} {'try is' if left == 1 else 'tries are'} left."
    current = load_configuration(connection)
    person: Engineer | None = item_of(current, "engineer", engineer)
    if person is None or phone not in person.unverified:
        return "This phone is not listed here any more. Load the page again."
    store.confirm_check(connection, check.id, author.at)
    why = f"confirmed by a code ({check.channel})"
    save_item(connection, author, current, "engineer", engineer, verified(person, phone), why=why)
    return ""


def is_over(check: PhoneCheck, at: datetime) -> bool:
    """Whether a check is too old to be sent or confirmed."""
    return at >= check.asked_at + GOOD_FOR


def code_behind(token: str, salt: str) -> str:
    """The six digits that a salt and a secret of this service make: they are stored nowhere."""
    digest = hmac.new(key_for(token, "phone code"), salt.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06}"


def code_hash(token: str, salt: str, code: str) -> str:
    """What tells whether a code is the right one, to whoever has the secret."""
    return hmac.new(key_for(token, "phone code hash"), f"{salt} {code}".encode(), hashlib.sha256).hexdigest()


def fits(settings: Settings, check: PhoneCheck, typed: str) -> bool:
    """Whether this is the code of a check, however it is grouped; sealed with either token of a rotation."""
    code = "".join(sign for sign in typed if sign.isdigit())
    return any(
        hmac.compare_digest(code_hash(token, check.salt, code), check.code_hash) for token in settings.auth_tokens
    )


def code_of(settings: Settings, check: PhoneCheck) -> str:
    """The code of a check; empty when the secret it was made with is gone."""
    codes = (code_behind(token, check.salt) for token in settings.auth_tokens)
    return next((code for code in codes if fits(settings, check, code)), "")
