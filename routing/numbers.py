"""Telephone numbers: one written form, and the ones that must never be rung."""

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

PREMIUM = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
NOT_CALLED_BACK = PREMIUM | {PhoneNumberType.UAN}


@lru_cache(maxsize=10_000)
def e164(written: str) -> str | None:
    """The E.164 form of a number however it is written; None for one that is no telephone number.

    `+39 0461 1715112` and `+3904611715112` give the same. A number without `+` is not guessed at:
    withheld (`anonymous`), SIP and short caller IDs give None.
    """
    text = written.strip()
    if not text.startswith("+"):
        return None
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def dialled(keys: str, country: str) -> str | None:
    """The E.164 form of digits keyed in by a caller: `00` and a country code, else national in `country`."""
    international = keys.startswith("00")
    text = f"+{keys[2:]}" if international else keys
    try:
        number = phonenumbers.parse(text, None if international else country)
    except NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def grouped(number: str) -> str:
    """An E.164 number with blanks, as people write it; anything else as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return number


def country_of(number: str) -> str:
    """The main ISO 3166 country of an E.164 number, such as `IT`."""
    return phonenumbers.region_code_for_country_code(phonenumbers.parse(number, None).country_code or 0)


def may_be_called(number: str, countries: frozenset[str]) -> bool:
    """Whether a call back may go to this E.164 number (contract art. 8.2: no premium numbers).

    `countries` are the ISO 3166 countries allowed; empty allows every country. Of countries that share a calling code
    each counts by itself, as Jamaica beside the US; a number that is no one's in particular counts as the main one's.
    """
    parsed = phonenumbers.parse(number, None)
    if phonenumbers.number_type(parsed) in NOT_CALLED_BACK:
        return False
    country = phonenumbers.region_code_for_number(parsed) or country_of(number)
    return not countries or country in countries


def is_mobile(number: str) -> bool:
    """Whether this E.164 number is, or in its country may be, a mobile phone's, which texts reach."""
    kinds = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.number_type(phonenumbers.parse(number, None)) in kinds


def is_premium(number: str) -> bool:
    """Whether a call to this E.164 number earns its owner money (contract art. 8.2)."""
    return phonenumbers.number_type(phonenumbers.parse(number, None)) in PREMIUM


def masked(number: str) -> str:
    """A number as logs show it: the country code and the last two digits."""
    return f"{number[:3]}…{number[-2:]}" if len(number) > 6 else number
