"""Pages of lists: where one ends and the next begins, as a mark that means something to us alone."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from ivr.api.problems import Fault, cannot_be_used
from ivr.store.listing import Place, place_in, text_of_place
from ivr.store.types import number_in

MOST, USUAL = 100, 50
WRONG = Fault(field="cursor", text="is none of ours. Leave it out for the first page, then send what `next` says.")


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(None, max_length=200, description="What `next` of the page before says.")
    limit: int = Field(USUAL, ge=1, le=MOST, description="How many at most.")


def mark(text: str) -> str:
    """A cursor for a place in a list."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def marked(cursor: str | None) -> str:
    """The place behind a cursor; empty for the first page. Raises Trouble."""
    try:
        text = urlsafe_b64decode((cursor or "") + "=" * (-len(cursor or "") % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    if bool(text) != bool(cursor) or "\x00" in text:
        raise cannot_be_used(WRONG)
    return text


def number_of(cursor: str | None) -> int | None:
    """The number behind a cursor of a list that goes by numbers; None for the first page. Raises Trouble."""
    text = marked(cursor)
    if text and number_in(text) is None:
        raise cannot_be_used(WRONG)
    return number_in(text)


def mark_of(at: datetime, key: str | int) -> str:
    """A cursor for the place after a row of a list that goes by an instant."""
    return mark(text_of_place(at, key))


def place_of(cursor: str | None, is_number: bool = False) -> Place | None:
    """The place behind such a cursor; None for the first page. Raises Trouble."""
    text = marked(cursor)
    if not text:
        return None
    place = place_in(text, is_number=is_number)
    if place is None:
        raise cannot_be_used(WRONG)
    return place
