"""Texts that engineers send: taking a ticket, or passing it on, by reply."""

from collections.abc import Mapping

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy import Connection
from twilio.twiml.messaging_response import MessagingResponse

from ivr.house import House
from ivr.paging.acceptance import Taken, accept, decline
from ivr.paging.check_outbox import text_reported
from ivr.plain import plain
from ivr.reminders.answers import answer_ok
from ivr.standby.houses import Houses
from ivr.store import attempts, tickets
from ivr.store.feedback import was_asked
from ivr.store.messages import TextRecord, last_text_to, text_answered, text_received, text_status
from ivr.store.optouts import start_texts, stop_texts
from routing.escalation import TargetKind
from routing.numbers import e164
from routing.people import Engineer
from routing.replies import Action, Confirmed, ForCarrier, Reply, Unclear, understand
from routing.tickets import Ticket

logger = structlog.get_logger()

sms = Blueprint("sms", __name__)

HOW_TO = (
    "Nightline did not understand. Reply with the ticket's number and 1 to take it or 2 to pass it on, "
    'such as "1042 1".'
)
NO_SHIFT = "Thank you. No shift of yours waits to be confirmed."
TOO_LONG = 1000


@sms.post("/sms/incoming")
def incoming() -> Response:
    """A text came in on one of our numbers."""
    form, houses = carrier_form(), current_houses()
    reply = houses.run(lambda house, connection: answer_text(house, connection, form))
    response = MessagingResponse()
    if reply:
        response.message(plain(reply))
    return Response(str(response), content_type="text/xml; charset=utf-8")


@sms.post("/sms/status")
def status() -> Response:
    """The carrier reports on a text that we sent."""
    sid, became = request.form.get("MessageSid", ""), request.form.get("MessageStatus", "")

    def take(_house: House, connection: Connection) -> None:
        text_status(connection, sid, became)
        text_reported(connection, sid, became)

    current_houses().run(take)
    return Response(status=204)


def carrier_form() -> dict[str, str]:
    """What the carrier sent, without what no column can hold: somebody else wrote or said a part of it."""
    return {name: plain(value) for name, value in request.form.items()}


def current_houses() -> Houses:
    """The parts of this application, on the database and on the standby."""
    found: Houses = current_app.extensions["houses"]
    return found


def answer_text(house: House, connection: Connection, carrier: Mapping[str, str]) -> str:
    """Do what a text asks for, once; returns the answer, empty for none."""
    sid, body = carrier.get("MessageSid", ""), carrier.get("Body", "")[:TOO_LONG]
    answered = text_answered(connection, sid)
    if answered is not None:
        return answered
    sender = e164(carrier.get("From", ""))
    engineer = engineer_with(house, connection, sender) if sender else None
    if engineer is None:
        logger.warning("text from a number that is no engineer's", sid=sid)
        hear_partner(house, connection, sender, body)
        reply = ""
    else:
        reply = obey(house, connection, engineer, sender or "", body)
    return text_received(connection, sid, carrier.get("From", "")[:60], body, house.clock(), reply)


def engineer_with(house: House, connection: Connection, phone: str) -> Engineer | None:
    """The engineer whose phone this is: only they may answer for themselves. A duty phone answers for itself."""
    known = house.configuration.current(connection)
    found = next((person for person in known.engineers.values() if phone in person.phones and person.active), None)
    targets = (target for policy in known.policies.values() for level in policy.levels for target in level.targets)
    if found is None and any(target.kind is TargetKind.PHONE and target.key == phone for target in targets):
        return Engineer(phone, known.name_of(phone), (phone,))
    return found


def obey(house: House, connection: Connection, engineer: Engineer, sender: str, body: str) -> str:
    """Carry out an engineer's reply; returns what is texted back."""
    match understand(body):
        case ForCarrier(texts=None):
            return ""
        case ForCarrier(texts=wanted):
            want_texts(house, connection, engineer, sender, wanted=bool(wanted))
            return ""
        case Unclear():
            return HOW_TO
        case Confirmed():
            return answer_ok(house, connection, sender, is_explicit=True) or NO_SHIFT
        case Reply(may_confirm=True) if answer := answer_ok(house, connection, sender):
            return answer
        case Reply(action=action, ticket=named):
            paging = tickets.paging_tickets(connection)
            if named is None and not (len(paging) == 1 and was_asked_last(connection, sender, paging[0])):
                open_now = ", ".join(str(ticket.number) for ticket in paging) or "none"
                return f"Which ticket? Open now: {open_now}. Reply with its number first."
            number = named if named is not None else paging[0].number
            act = take if action is Action.TAKE else pass_on
            return act(house, connection, engineer, number)


def was_asked_last(connection: Connection, phone: str, ticket: Ticket) -> bool:
    """Whether the last text to a phone was about this ticket: a reply without a number may answer an older one."""
    last = last_text_to(connection, phone, ticket.opened_at)
    return last is not None and last.ticket == ticket.number


def hear_partner(house: House, connection: Connection, sender: str | None, body: str) -> None:
    """STOP and START of somebody who was asked for feedback; nobody else's is kept."""
    meant = understand(body)
    if sender is None or not isinstance(meant, ForCarrier) or meant.texts is None or not was_asked(connection, sender):
        return
    if meant.texts:
        start_texts(connection, sender)
    else:
        stop_texts(connection, sender, house.clock())


def want_texts(house: House, connection: Connection, engineer: Engineer, phone: str, wanted: bool) -> None:
    """STOP and START hold for the phone that texted; it is rung all the same, and managers are told."""
    if wanted:
        start_texts(connection, phone)
    elif stop_texts(connection, phone, house.clock()):
        logger.warning("an engineer wants no texts", engineer=engineer.key)
        body = f"Nightline: {engineer.name} stopped texts to one phone, and is rung without them until they text START."
        for manager in house.configuration.current(connection).managers:
            if manager.key != engineer.key:
                key = f"stop-{engineer.key}-{manager.key}-{house.clock():%Y%m%d%H%M%S}"
                house.pager.text(connection, TextRecord(key, None, manager.phones[0], body, house.clock()))


def take(house: House, connection: Connection, engineer: Engineer, number: int) -> str:
    """Give the ticket to this engineer, unless somebody has it."""
    found = accept(connection, house.pager, number, engineer.key, "text", house.clock())
    if isinstance(found, Taken):
        if found.ticket.is_monitoring:
            return f"Ticket {number} is yours: {found.ticket.what}"[:300]
        return f"Ticket {number} is yours. Answer your phone to speak to the caller."
    if found.person is None:
        return f"There is no open ticket {number}."
    name = house.configuration.current(connection).name_of(found.person)
    return f"Ticket {number} was already taken by {name}."


def pass_on(house: House, connection: Connection, engineer: Engineer, number: int) -> str:
    """Pass the ticket on: the next person is rung at once."""
    ringing = [
        attempt
        for attempt in attempts.attempts_of(connection, number)
        if attempt.person == engineer.key and attempt.outcome is None
    ]
    if not ringing:
        return f"Ticket {number} is not ringing you."
    decline(connection, house.pager, ringing[-1], house.clock())
    return f"Ticket {number} was passed on."
