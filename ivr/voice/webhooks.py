"""The carrier's door: checks the signature, runs the step that the URL names, answers TwiML."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Response, request
from sqlalchemy import Connection
from structlog.contextvars import bind_contextvars

from ivr.house import House
from ivr.paging.check_outbox import call_reported
from ivr.paging.incoming import carrier_form, current_houses
from ivr.paging.status import attempt_status, call_status
from ivr.places import Urls
from ivr.prompts.catalogue import CHECK_TROUBLE, NO_SUCH_PAGE
from ivr.standby.houses import Houses, MovedBack
from ivr.standby.mirror import missed_attempt
from ivr.store import attempts, calls, tickets
from ivr.store.calls import CallRecord
from ivr.store.standing import standing_of
from ivr.voice import again, call_back, help, script, whisper
from ivr.voice.call import Call
from ivr.voice.caller import support_or_closed
from ivr.voice.checks import check_turn
from ivr.voice.heard import Heard
from ivr.voice.leg import EngineerLeg
from ivr.voice.saying import changes_of
from ivr.voice.steps import AFTER_VERDICT, CALLER_STEPS, ENGINEER_STEPS
from ivr.voice.trouble import Failure, way_out, whisper_without_database
from ivr.voice.turns import Goodbye, Turn
from ivr.voice.twiml import to_twiml
from ivr.voice.words import sentences
from routing.configuration import Configuration
from routing.numbers import e164, masked
from routing.partners import Partner

logger = structlog.get_logger()

voice = Blueprint("voice", __name__)

MODULES = (script, again, call_back, whisper, help)
"""Imported for the steps that they register."""


@voice.post("/voice/status")
def number_status() -> Response:
    """A caller's leg ended (the number's own status callback)."""
    form = carrier_form()
    current_houses().run(lambda house, connection: call_status(connection, house, form), call=form.get("CallSid", ""))
    return Response(status=204)


@voice.post("/voice/attempt_status")
def leg_status() -> Response:
    """An engineer's leg is queued, ringing, answered or over."""
    here, form, attempt = current_houses(), carrier_form(), request.args.get("attempt", "")

    def take(house: House, connection: Connection) -> None:
        if ticket := tickets.find_ticket(connection, attempts.ticket_of(attempt)):
            bind_contextvars(call=ticket.call)
        if house.is_standby and attempts.find_attempt(connection, attempt) is None:
            missed_attempt(house, connection, attempt, form.get("CallSid", ""), form.get("To", ""))
        attempt_status(connection, house, attempt, form)
        if not house.is_standby:
            here.remember_attempts(connection, attempts.ticket_of(attempt))

    here.run(take, attempt=attempt)
    return Response(status=204)


@voice.post("/voice/last_resort")
def last_resort() -> Response:
    """Whoever is rung by the caller's own leg, because even the standby failed."""
    here = current_houses()
    urls = Urls(here.main.settings.public_url)
    return twiml_response(whisper_without_database(here, urls, request.form.get("Digits", "")))


@voice.post("/voice/check/status")
def check_status() -> Response:
    """The leg on which a phone is checked rings, is answered, or is over."""
    id_, house = request.args.get("check", ""), current_houses().main
    if id_.isdecimal():
        with house.engine.begin() as connection:
            call_reported(connection, int(id_), carrier_form())
    return Response(status=204)


@voice.post("/voice/check/<step>")
def run_check_step(step: str) -> Response:
    """Run the named step on the leg of a check. It can wait: without the database it says so, and ends."""
    house = current_houses().main
    try:
        with house.engine.begin() as connection:
            turn = check_turn(house, connection, step, Heard(request.args.to_dict(), carrier_form()))
    except Exception:
        logger.exception("the check of a phone failed", step=step)
        turn = Goodbye(sentences(CHECK_TROUBLE))
    return twiml_response(to_twiml(turn, Urls(house.settings.public_url), changes_of(house)))


@voice.post("/voice/<step>")
def run_step(step: str) -> Response:
    """Run the named step of the caller's script or of the whisper."""
    heard = Heard(request.args.to_dict(), carrier_form())
    here = current_houses()
    house = here.of(heard.carrier.get("CallSid", ""), heard.place.get("attempt", ""))
    return twiml_response(answered(here, house, step, heard))


def answered(here: Houses, house: House, step: str, heard: Heard) -> str:
    """What a step answers on a house, or the way out. On the standby: in the database, if the call is there again."""
    began = here.main.clock()
    try:
        turn = take_turn(here, house, step, heard)
        return to_twiml(turn, Urls(here.main.settings.public_url), changes_of(house))
    except MovedBack:
        return answered(here, here.main, step, heard)
    except Exception as error:
        # The one boundary of the voice edge: whatever broke (a step that only another release knew, too),
        # somebody is still listening.
        logger.exception("step failed", step=step, call=heard.carrier.get("CallSid"))
        return way_out(here, house, step, heard, Failure(error, began), take_turn)


def take_turn(here: Houses, house: House, step: str, heard: Heard) -> Turn:
    """Run a step on a house, in one transaction. Raises what the step or the database raises."""
    if step in ENGINEER_STEPS:
        with here.transaction(house, heard.carrier.get("CallSid", ""), heard.place.get("attempt", "")) as connection:
            return engineer_turn(house, connection, step, heard)
    with here.transaction(house, heard.carrier.get("CallSid", "")) as connection:
        turn, call = caller_turn(house, connection, step, heard)
        before = here.seen_last(call.sid)
        seen = call.seen() if before is None or not call.is_as(before) else None
    if seen is not None:
        here.remember(seen)
    return turn


def twiml_response(twiml: str) -> Response:
    """A document, as the carrier wants it."""
    return Response(twiml, content_type="text/xml; charset=utf-8")


def caller_turn(h: House, connection: Connection, step: str, heard: Heard) -> tuple[Turn, Call]:
    """One step of the caller's script, and the call as it is now. Raises KeyError for an unknown step."""
    perform = CALLER_STEPS[step]
    call = open_call(h, connection, heard.carrier)
    if step in AFTER_VERDICT and call.engineer_on_line is not None:
        turn: Turn = script.join(call, call.engineer_on_line.name)
    else:
        turn = perform(call, heard)
    return turn, call


def engineer_turn(h: House, connection: Connection, step: str, heard: Heard) -> Turn:
    """One step on the leg of somebody who is rung."""
    id_, carrier = heard.place.get("attempt", ""), heard.carrier
    attempt = attempts.find_attempt(connection, id_)
    if attempt is None and h.is_standby:
        attempt = missed_attempt(h, connection, id_, carrier["CallSid"], carrier["To"])
    if attempt is None or not attempt.is_rung_by(carrier["CallSid"], carrier.get("To", "")):
        return Goodbye(sentences(NO_SUCH_PAGE))
    attempts.note_leg(connection, attempt.id, carrier["CallSid"])
    leg = EngineerLeg(h, connection, attempt, h.clock())
    bind_contextvars(call=leg.ticket.call)
    turn: Turn = ENGINEER_STEPS[step](leg, heard)
    return turn


def open_call(h: House, connection: Connection, carrier: Any) -> Call:
    """The call that a request belongs to; its first request stores it."""
    at, sid, caller = h.clock(), carrier["CallSid"], e164(carrier.get("From", ""))
    stands = standing_of(connection, sid, caller, at)
    is_new = stands.call is None
    if is_new:
        configuration = h.configuration.current(connection, stands.configuration)
        record = first_facts(configuration, carrier, caller, stands.partner, at)
        is_new = calls.begin_call(connection, record) is record
        stands = replace(stands, call=record) if is_new else standing_of(connection, sid, caller, at)
    call = Call(h, connection, stands, at)
    if is_new:
        call.answers = {}
    bind_contextvars(ticket=call.record.ticket)
    return call


def first_facts(
    configuration: Configuration, carrier: Any, caller: str | None, partner: Partner | None, at: datetime
) -> CallRecord:
    """What the first request of a call tells: the region, the caller, and whether support is open."""
    called = e164(carrier.get("To", "")) or carrier.get("To", "")
    region = configuration.region_of(called)
    if region is None:
        logger.warning("unknown number called", called=masked(called), served_as=configuration.rules.default_region)
        region = configuration.default_region
    return CallRecord(
        sid=carrier["CallSid"],
        region=region.key,
        called=called[:60],
        caller=carrier.get("From", "")[:120],
        caller_number=caller,
        started_at=at,
        in_support_hours=support_or_closed(region, at).is_open,
        partner=partner.number if partner else None,
        recognised_by="caller ID" if partner else None,
    )
