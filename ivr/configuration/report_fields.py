"""How the values of components and prices are written: symptoms, currencies, amounts."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from routing.announcing import ANNOUNCEABLE
from routing.screening import Symptom

PLACES = 6
MOST = 1000


def announceable(value: Any) -> Symptom:
    """A symptom that callers can have in common."""
    if value not in set(ANNOUNCEABLE):
        raise ValueError(f'"{value}" is no symptom. Write one of {", ".join(ANNOUNCEABLE)}, or leave the key out.')
    return Symptom(value)


def currency(text: str) -> str:
    """An ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError(f'"{text}" is no currency. Write three capital letters, such as "EUR".')
    return text


def amount(value: Any) -> Decimal:
    """What something costs: never a rounded binary fraction."""
    found = Decimal(str(value)) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
    if found is None or not found.is_finite() or not 0 <= found <= MOST:
        raise ValueError(f"{value!r} is no price. Write a number from 0 to {MOST} without quotes, such as 0.0085.")
    if found != round(found, PLACES):
        raise ValueError(f"{value} has more than {PLACES} places after the point.")
    return found


Announceable = Annotated[Symptom, BeforeValidator(announceable)]
Currency = Annotated[str, AfterValidator(currency)]
Amount = Annotated[Decimal, BeforeValidator(amount)]
