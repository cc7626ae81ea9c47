"""The link in a text: signed for one attempt, short-lived, and good for one confirmation."""

from datetime import datetime, timedelta

from ivr.house import House
from ivr.tokens import seal, unseal

PURPOSE = "take"
GOOD_FOR = timedelta(minutes=30)


def link_to_take(house: House, attempt: str, at: datetime) -> str:
    """The address of the page on which whoever was texted takes the ticket, until half an hour after `at`."""
    token = seal(house.settings, PURPOSE, {"attempt": attempt}, at + GOOD_FOR)
    return f"{house.settings.public_url}/take/{token}"


def attempt_behind(house: House, token: str, at: datetime) -> str | None:
    """The attempt that a link is for; None when it is forged or too old."""
    found = unseal(house.settings, PURPOSE, token, at)
    return found.get("attempt") if found else None
