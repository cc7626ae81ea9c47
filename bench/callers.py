"""Requests of callers as the carrier sends them, and callers who wait on hold, stored as if they had called before."""

import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from bench.load import voice_request
from bench.service import Service
from ivr.rehearsal.stage import ACCOUNT, TOKEN
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from ivr.store.configuration import PartnerEntry, save_partners
from ivr.store.rehearsal import clock_in
from routing.partners import Partner, Tier
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

ITALY, ROSSI = "+3904611715112", "+442079460201"
"""A regional number, and the phone of a partner of the sample configuration."""

FIRST_TICKET = 900001
COUNT = itertools.count(1)


def new_sid() -> str:
    """An id of a call that no other has."""
    return f"CA{os.getpid():08x}{next(COUNT):024x}"


@dataclass(frozen=True)
class Callers:
    """Builds what callers of one service send."""

    service: Service

    def request(self, step: str, sid: str, caller: str = ROSSI, **more: str) -> bytes:
        """The signed request for a step (with its query) of one call."""
        params = {
            "CallSid": sid,
            "AccountSid": ACCOUNT,
            "From": caller,
            "To": ITALY,
            "Caller": caller,
            "Called": ITALY,
            "CallStatus": "in-progress",
            "Direction": "inbound",
        }
        return voice_request(TOKEN, f"{self.service.public_url}/voice/{step}", {**params, **more})

    def answer(self, sid: str) -> bytes:
        """A call that comes in."""
        return self.request("answer", sid)

    def first_key(self, sid: str) -> bytes:
        """The first question answered: calls are dropping. It is written down, and the next question asked."""
        return self.request("heard_answer?question=symptom&try=1", sid, Digits="2")

    def on_hold(self, sid: str, caller: str) -> bytes:
        """Ten seconds on hold are over."""
        return self.request("tell_progress", sid, caller)


def callers_on_hold(engine: Engine, how_many: int) -> Mapping[str, str]:
    """Store partners who wait while their ticket pages and an engineer's phone rings: the ids of calls, with phones."""
    numbers = range(FIRST_TICKET, FIRST_TICKET + how_many)
    partners = [Partner(str(n), f"Partner {n}", Tier.GOLD, "FR", (f"+33199{n}",)) for n in numbers]
    waiting = {new_sid(): partner for partner in partners}
    with engine.begin() as connection:
        at = clock_in(connection)()
        save_partners(connection, [PartnerEntry(partner) for partner in partners], [])
        for sid, partner in waiting.items():
            number, phone = int(partner.number), partner.phones[0]
            call = CallRecord(sid, "it", ITALY, phone, phone, at, False, partner.number, "caller ID", ticket=number)
            calls.begin_call(connection, replace(call, on_hold_at=at))
            tickets.insert_ticket(connection, _ticket(number, sid, partner, at))
            attempts.insert_attempt(connection, _ringing(number, at))
    return {sid: partner.phones[0] for sid, partner in waiting.items()}


def _ticket(number: int, sid: str, partner: Partner, at: datetime) -> Ticket:
    return Ticket(
        number=number,
        call=sid,
        region="it",
        partner=partner.number,
        partner_name=partner.name,
        class_of_service=ClassOfService.CRITICAL,
        symptom=Symptom.DROPS,
        article="16.3",
        answers={"symptom": "2", "reproduced": "1"},
        caller=partner.phones[0],
        called=ITALY,
        pbx="",
        verified=True,
        state=TicketState.PAGING,
        opened_at=at,
        escalation=1,
    )


def _ringing(ticket: int, at: datetime) -> AttemptRecord:
    """Somebody of their own for each ticket: nobody is rung twice at once."""
    return AttemptRecord(
        id=f"{ticket}-1",
        ticket=ticket,
        position=1,
        round=1,
        person=f"engineer-{ticket}",
        name="Jon Bell",
        because="on call",
        phone=f"+44770090{ticket % 10000:04}",
        ring_seconds=20,
        decided_at=at,
        tried_at=at,
        placed_at=at,
        ringing_at=at,
        leg=f"CA{ticket:032x}",
    )
