"""How single values of a configuration file are written, and what is said of one that is not."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from routing.escalation import Target, TargetKind
from routing.numbers import e164, is_premium
from schedules.hours import Period
from schedules.wallclock import YEARS
from schedules.zones import UnknownZone, zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"^(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)$")
AUDIO_NAME = r"[0-9a-f]{32}\.(wav|mp3)"
HANDOFF = re.compile(r"^(?:(\w{3}) )?(\d\d:\d\d)$")


def phone(written: str) -> str:
    """A number in E.164."""
    number = e164(written)
    if number is None:
        raise ValueError(f'"{written}" is not an international number. Write it like "+39 0461 171 5112".')
    return number


def outbound_phone(written: str) -> str:
    """A number that we ring: never a premium one (contract art. 8.2)."""
    number = phone(written)
    if is_premium(number):
        raise ValueError(f'"{written}" is a premium number, which is never called. Write an ordinary one.')
    return number


def blocked(written: str) -> str:
    """A caller's number, or the beginning of numbers with a star after it."""
    prefix = re.fullmatch(r"\+[\d ]{2,20}\*", written.strip())
    return written.replace(" ", "") if prefix else phone(written)


def named_zone(name: str) -> str:
    """A named time zone."""
    try:
        zone(name)
    except UnknownZone as error:
        raise ValueError(str(error)) from None
    return name


def written(value: Any, example: str) -> str:
    """A value that must be text; the error shows how it is written."""
    if not isinstance(value, str):
        raise ValueError(f"{value} is not text in quotes. Write it like {example}.")
    return value


def key(text: str) -> str:
    """A name that other entries refer to."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", text):
        raise ValueError(f'"{text}" is no key. Use up to 60 letters, digits, "-" and "_", such as "noc-backup".')
    return text


def partner_number(text: str) -> str:
    """A number that a caller can key in."""
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise ValueError(f'"{text}" cannot be keyed in. A partner number has 1 to 20 digits, such as "4001".')
    return text


def country(code: str) -> str:
    """An ISO 3166 code that telephone numbers belong to."""
    if code not in SUPPORTED_REGIONS:
        hint = "GB" if code == "UK" else "IT"
        raise ValueError(f'"{code}" is no ISO 3166 country. Write two capital letters, such as "{hint}".')
    return code


def language_tag(text: str) -> str:
    """A BCP 47 tag."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError(f'"{text}" is no language. Write a tag such as "it-IT".')
    return text


def audio_name(text: str) -> str:
    """The name under which a recording of a prompt is stored, or nothing."""
    if text and not re.fullmatch(AUDIO_NAME, text):
        raise ValueError(f'"{text}" is no recording. Upload one in the console; `nightline export` names it.')
    return text


def a_date(value: Any) -> Any:
    """A local date as TOML has it: a number would be taken for seconds since 1970."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"{value!r} is no date. Write it without quotes, like 2026-12-25.")
    return of_our_time(value)


def a_moment(value: Any) -> Any:
    """A wall-clock time or an instant, bare or in quotes; never a number or a date alone."""
    try:
        found = value if isinstance(value, datetime) else _moment(value)
    except (TypeError, ValueError):
        text = str(value) if isinstance(value, date) else repr(value)
        raise ValueError(f"{text} is no date with a time. Write it like 2026-12-24T18:00:00.") from None
    return of_our_time(found)


def of_our_time(day: Any) -> Any:
    """A day or an instant that can be reckoned with in every zone."""
    if day.year not in YEARS:
        raise ValueError(f"{day} is no date of our time. Write a year from {YEARS[0]} to {YEARS[-1]}.")
    return day


def _moment(text: Any) -> datetime:
    date.fromisoformat(text[:10])
    if not re.fullmatch(r"[T ]\d\d:\d\d.*", text[10:]):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def stored_hash(text: str) -> str:
    """A hash as `nightline export` writes it, or nothing."""
    if text and not text.startswith("$argon2"):
        raise ValueError('is not a hash. Write a PIN as pin = "4821"; it is kept as a hash only.')
    return text


def hhmm(text: str) -> time:
    """A time of day; 24:00 is the end of the day, as 00:00."""
    try:
        return time(0) if text == "24:00" else time.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no time of day. Write it like "09:00".') from None


def weekday(text: str) -> int:
    """0 for Monday."""
    if text.lower() not in WEEKDAYS:
        raise ValueError(f'"{text}" is no weekday. Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.')
    return WEEKDAYS.index(text.lower())


def periods(value: Any) -> tuple[Period, ...]:
    """The periods behind `Mon-Fri 09:00-18:00`, one for each weekday."""
    text = written(value, '"Mon-Fri 09:00-18:00"')
    match = HOURS.match(text)
    if match is None:
        raise ValueError(f'"{text}" is not understood. Write it like "Mon-Fri 09:00-18:00".')
    first = weekday(match[1])
    last = weekday(match[2]) if match[2] else first
    if match[3] == "24:00":
        raise ValueError(f'"{text}" opens at 24:00. Write 00:00 of the next day.')
    opens, closes = hhmm(match[3]), hhmm(match[4])
    if last < first:
        raise ValueError(f'"{text}" ends before it begins. Write two lines, such as "Sat 09:00-12:00".')
    if closes != time(0) and closes <= opens:
        raise ValueError(f'"{text}" closes before it opens. Split it at midnight.')
    return tuple(Period(day, opens, closes) for day in range(first, last + 1))


def handoff(value: Any) -> tuple[int | None, time]:
    """The weekday, where there is one, and the time of a handoff."""
    text = written(value, '"Mon 09:00", or "09:00" for daily turns')
    match = HANDOFF.match(text)
    if match is None:
        raise ValueError(f'"{text}" is not understood. Write it like "Mon 09:00", or "09:00" for daily turns.')
    return (weekday(match[1]) if match[1] else None, hhmm(match[2]))


def target(value: Any) -> Target:
    """A target of a level."""
    text = written(value, '"rota:KEY"')
    kind, _, key = text.partition(":")
    if kind not in set(TargetKind) or not key:
        raise ValueError(f'"{text}" is no target. Write "rota:KEY", "engineer:KEY" or "phone:+...".')
    return Target(TargetKind(kind), outbound_phone(key) if kind == TargetKind.PHONE else key)


def turn(value: Any) -> tuple[str, ...]:
    """One participant, or several who share a turn."""
    people = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    if not people or not all(isinstance(person, str) for person in people):
        raise ValueError(f'{value!r} is no turn. Write a key such as "mia", or ["ada", "leo"] for a shared turn.')
    return people


def at_least_a_week(days: int) -> int:
    """Days that what is under way survives: 0 keeps for ever, 7 is the least."""
    if 0 < days < 7:
        raise ValueError("is too short: work that is under way needs it. Write 7 or more, or 0 to keep it for ever.")
    return days


def pin_digits(text: str) -> str:
    """A PIN that a caller can key in."""
    if not re.fullmatch(r"[0-9]{4,8}", text):
        raise ValueError("a PIN has 4 to 8 digits, in quotes.")
    return text


Phone = Annotated[str, AfterValidator(phone)]
OutboundPhone = Annotated[str, AfterValidator(outbound_phone)]
Blocked = Annotated[str, AfterValidator(blocked)]
Zone = Annotated[str, AfterValidator(named_zone)]
Key = Annotated[str, AfterValidator(key)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Country = Annotated[str, AfterValidator(country)]
Date = Annotated[date, BeforeValidator(a_date)]
Moment = Annotated[datetime, BeforeValidator(a_moment)]
CountryOrNone = Annotated[str, AfterValidator(lambda code: code and country(code))]
AudioName = Annotated[str, AfterValidator(audio_name)]
Language = Annotated[str, AfterValidator(language_tag)]
Hours = Annotated[tuple[Period, ...], BeforeValidator(periods)]
Handoff = Annotated[tuple[int | None, time], BeforeValidator(handoff)]
Turn = Annotated[tuple[str, ...], BeforeValidator(turn)]
LevelTarget = Annotated[Target, BeforeValidator(target)]
PartnerNumber = Annotated[str, AfterValidator(partner_number)]
Pin = Annotated[str, AfterValidator(pin_digits)]
PinHash = Annotated[str, StringConstraints(max_length=200), AfterValidator(stored_hash)]
