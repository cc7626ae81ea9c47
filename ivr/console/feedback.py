"""The page behind the link of a closing text: stars and a comment, once. Looking at it says nothing."""

from dataclasses import dataclass, field

import structlog
from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ivr.console.take import SAFE
from ivr.console.tries import ADDRESS_FREE, address
from ivr.desk.feedback import say, ticket_behind
from ivr.house import House
from ivr.paging.incoming import current_houses
from ivr.store.feedback import find_feedback
from ivr.store.limits import pin_rests, pin_was_wrong

logger = structlog.get_logger()

feedback_pages = Blueprint("feedback_pages", __name__, template_folder="templates")

LONGEST = 1000
STARS = (5, 4, 3, 2, 1)
WORDS = {5: "very well", 4: "well", 3: "it was all right", 2: "not well", 1: "not at all"}


@dataclass(frozen=True)
class Page:
    """What the page shows. `may_say`: the form is there; `stars` and `comment` are what was sent and refused."""

    title: str
    text: str
    may_say: bool = False
    status: int = 200
    comment: str = ""
    wrong: bool = False
    words: dict[int, str] = field(default_factory=lambda: WORDS)


OVER = Page("This link is over", "It was good for two weeks. Thank you all the same.", status=410)
THANKS = Page("Thank you", "What you said is with your ticket.")
AWAY = Page("Try again in a moment", "Nightline cannot be reached right now. Nothing was lost.", status=503)
WAIT = Page("Try again later", "There were too many wrong tries from where you are.", status=429)


@feedback_pages.get("/feedback/<token>")
def show_feedback(token: str) -> Response:
    """The page as it is opened. Nothing changes."""
    return shown(token, is_sent=False)


@feedback_pages.post("/feedback/<token>")
def send_feedback(token: str) -> Response:
    """What was said, once."""
    return shown(token, is_sent=True)


def shown(token: str, *, is_sent: bool) -> Response:
    """The page before or after something was said."""
    house = current_houses().main
    try:
        with house.engine.begin() as connection:
            page = page_of(house, connection, token, is_sent)
    except SQLAlchemyError:
        logger.warning("feedback could not be kept", exc_info=True)
        page = AWAY
    response = make_response(render_template("feedback.html", page=page, token=token), page.status)
    response.headers.update(SAFE)
    return response


def page_of(house: House, connection: Connection, token: str, is_sent: bool) -> Page:
    """What is shown to whoever holds a link. Wrong links are counted by address when something is sent."""
    at, who = house.clock(), f"feedback:{address()}"[:60]
    if is_sent and pin_rests(connection, [who], at, ADDRESS_FREE):
        return WAIT
    number = ticket_behind(house, token, at)
    asked = find_feedback(connection, number) if number is not None else None
    if asked is None:
        if is_sent:
            pin_was_wrong(connection, [who], at)
        return OVER
    title = f"Ticket {asked.ticket}"
    if asked.given_at is not None:
        return THANKS
    if not is_sent:
        return Page(title, "How were you helped?", may_say=True)
    stars, comment = request.form.get("stars", ""), request.form.get("comment", "").replace("\x00", "").strip()
    if stars not in {str(one) for one in STARS}:
        return Page(title, "How were you helped?", True, 422, comment[:LONGEST], wrong=True)
    say(connection, asked.ticket, int(stars), comment[:LONGEST], at)
    return THANKS
