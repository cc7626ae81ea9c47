"""What an engineer's OK is the answer to: the shift they were reminded of, or the ticket they were asked to take."""

from datetime import timedelta

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.outbox import ONLY_TELLS
from ivr.reminders.occasions import Shift
from ivr.reminders.words import confirmed
from ivr.store.messages import last_text_to
from ivr.store.reminders import confirm_reminders, unconfirmed
from ivr.store.tickets import paging_tickets

LOOK_BACK = timedelta(hours=30)
"""A reminder goes out a day before; an OK may be the answer to it until the shift begins."""

NOTHING_LEFT = "Thank you. Nothing of yours waits to be confirmed."


def answer_ok(house: House, connection: Connection, phone: str, is_explicit: bool = False) -> str | None:
    """Confirm what this phone was reminded of; returns the answer. None: the OK is about a ticket.

    It answers the last text to this phone. Where that was about a ticket, and a shift waits too, one of both is asked
    for: an OK to a reminder never takes a ticket. `is_explicit`: the text says that it is about the shift.
    """
    at = house.clock()
    waiting = unconfirmed(connection, phone, at)
    last = last_text_to(connection, phone, at - LOOK_BACK)
    is_of_shifts = is_explicit or (last is not None and ONLY_TELLS.search(last.key) is not None)
    if not waiting:
        return NOTHING_LEFT if is_of_shifts and not is_explicit else None
    paging = [] if is_of_shifts else paging_tickets(connection)
    if paging:
        return f'Which do you mean? Reply "{paging[0].number} 1" to take the ticket, "shift OK" to confirm your shift.'
    confirm_reminders(connection, waiting, at)
    shifts = dict.fromkeys(Shift(one.rota, one.engineer, one.starts_at, one.ends_at) for one in waiting)
    return confirmed(house.configuration.current(connection), shifts)
