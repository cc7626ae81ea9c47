"""Feedback: the caller of a ticket that is over is asked once, by text, with a link that is good for one answer."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr.house import House
from ivr.store.feedback import ask_once, asked_since, give_once
from ivr.store.messages import TextRecord
from ivr.store.optouts import wants_no_texts
from ivr.store.tickets import log
from ivr.tokens import seal, unseal
from routing.configuration import Configuration
from routing.numbers import e164, is_mobile, is_premium, may_be_called
from routing.tickets import Ticket

logger = structlog.get_logger()

PURPOSE = "feedback"
GOOD_FOR = timedelta(days=14)
DAY = timedelta(days=1)
MOST_A_DAY = 3
"""Nobody is asked more often, however many tickets of theirs are closed."""


def ask_for_feedback(house: House, connection: Connection, known: Configuration, ticket: Ticket, at: datetime) -> bool:
    """Ask the caller of a ticket that was resolved or closed, where that is switched on; True when they are asked now.

    Nobody but the caller is asked, on the number they called from, and only when it is a mobile phone of a partner that
    calls may go to. Whoever texted STOP is not asked. Once a ticket.
    """
    to = whom_to_ask(connection, known, ticket)
    if to is None or asked_since(connection, to, at - DAY) >= MOST_A_DAY:
        return False
    if not ask_once(connection, ticket.number, to, at):
        return False
    link = link_to_say(house, ticket.number, at)
    asks = f"How were you helped? {link} Reply STOP for no more texts."
    body = f"Nightline: ticket {ticket.number} is {ticket.state}. {asks}"
    house.pager.text(connection, TextRecord(f"feedback-{ticket.number}", ticket.number, to, body, at))
    logger.info("feedback asked for", ticket=ticket.number)
    return True


def whom_to_ask(connection: Connection, known: Configuration, ticket: Ticket) -> str | None:
    """The number (E.164) that the caller may be asked on; None for nobody."""
    number = e164(ticket.caller)
    if not known.rules.feedback_texts or not (ticket.verified and ticket.partner) or number is None:
        return None
    if not is_mobile(number) or is_premium(number) or not may_be_called(number, known.rules.call_back_countries):
        return None
    ours = any(number in (*person.phones, *person.unverified) for person in known.engineers.values())
    return None if ours or wants_no_texts(connection, number) else number


def link_to_say(house: House, ticket: int, at: datetime) -> str:
    """The address of the page on which the caller says how they were helped, for two weeks after `at`."""
    token = seal(house.settings, PURPOSE, {"ticket": str(ticket)}, at + GOOD_FOR)
    return f"{house.settings.public_url}/feedback/{token}"


def ticket_behind(house: House, token: str, at: datetime) -> int | None:
    """The ticket that a link is for; None when it is forged or too old."""
    found = unseal(house.settings, PURPOSE, token, at)
    number = found.get("ticket", "") if found else ""
    return int(number) if number.isdecimal() else None


def say(connection: Connection, ticket: int, stars: int, comment: str, at: datetime) -> bool:
    """Keep what the caller says, once; False when it was said before."""
    if not give_once(connection, ticket, stars, comment, at):
        return False
    log(connection, ticket, "feedback", at, "feedback", f"{stars} of 5 stars")
    return True
