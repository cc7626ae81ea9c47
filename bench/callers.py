"""Requests of callers as the carrier sends them, and callers who wait on hold, stored as if they had called before."""

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from bench.load import voice_request
from bench.service import Service
from ivr.rehearsal.stage import ACCOUNT, TOKEN
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from ivr.store.rehearsal import clock_in
from routing.screening import Symptom
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState

ITALY, ROSSI, HARBOR = "+3904611715112", "+442079460201", "+12125550202"
"""A regional number, and the phones of two partners of the sample configuration."""

FIRST_TICKET = 900001
COUNT = itertools.count(1)


def new_sid() -> str:
    """An id of a call that no other has."""
    return f"CA{os.getpid():08x}{next(COUNT):024x}"


@dataclass(frozen=True)
class Callers:
    """Builds what callers of one service send."""

    service: Service
    caller: str = ROSSI

    def request(self, step: str, sid: str, **more: str) -> bytes:
        """The signed request for a step (with its query) of one call."""
        params = {
            "CallSid": sid,
            "AccountSid": ACCOUNT,
            "From": self.caller,
            "To": ITALY,
            "Caller": self.caller,
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

    def on_hold(self, sid: str) -> bytes:
        """Ten seconds on hold are over."""
        return self.request("tell_progress", sid)


def callers_on_hold(engine: Engine, how_many: int) -> Sequence[str]:
    """Store calls that wait while their ticket pages and an engineer's phone rings; their ids."""
    waiting = [new_sid() for _ in range(how_many)]
    with engine.begin() as connection:
        at = clock_in(connection)()
        for number, sid in enumerate(waiting, FIRST_TICKET):
            calls.begin_call(connection, _call(sid, number, at))
            tickets.insert_ticket(connection, _ticket(number, sid, at))
            attempts.insert_attempt(connection, _ringing(number, at))
    return waiting


def _call(sid: str, ticket: int, at: datetime) -> CallRecord:
    return CallRecord(sid, "it", ITALY, HARBOR, HARBOR, at, False, "4002", "caller ID", ticket=ticket, on_hold_at=at)


def _ticket(number: int, sid: str, at: datetime) -> Ticket:
    return Ticket(
        number=number,
        call=sid,
        region="it",
        partner="4002",
        partner_name="Harbor Voice",
        class_of_service=ClassOfService.CRITICAL,
        symptom=Symptom.DROPS,
        article="16.3",
        answers={"symptom": "2", "reproduced": "1"},
        caller=HARBOR,
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
