"""A caller's call in progress: the facts that the script asks for, and the few that it adds."""

from dataclasses import replace
from datetime import datetime
from functools import cached_property

import structlog
from sqlalchemy import Connection

from ivr.configuration.pins import pin_matches
from ivr.house import House
from ivr.paging.pager import Pager
from ivr.paging.status import end_leg, ring_bell
from ivr.standby.mirror import Seen
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.calls import CallRecord
from ivr.store.configuration import partner_by_number
from ivr.store.messages import RecordingRecord, TextRecord, link_recordings, store_recording
from ivr.voice import words
from ivr.voice.heard import Heard
from ivr.voice.openings import ticket_for
from ivr.voice.turns import Said
from routing.configuration import Configuration
from routing.eligibility import Eligibility, Unverified, eligibility
from routing.numbers import country_of, dialled, may_be_called
from routing.partners import Partner
from routing.regions import Region
from routing.screening import UNVERIFIED_MESSAGE, Question, Verdict, screen
from routing.service import response_due_at
from routing.tickets import Ticket, TicketEvent, TicketState
from schedules.hours import SupportState, support_at

logger = structlog.get_logger()


def support_or_closed(region: Region, at: datetime) -> SupportState:
    """Where support stands; hours that cannot be worked out count as closed: the branch that reaches a person."""
    try:
        return support_at(region.hours, at)
    except Exception:
        logger.exception("support hours cannot be worked out", region=region.key)
        return SupportState(is_open=False, opens_at=None, closes_at=None, day_ends_at=None)


class Call:
    """One caller's leg, within one request's transaction and at one reading of the clock (`at`, UTC)."""

    def __init__(self, house: House, connection: Connection, record: CallRecord, at: datetime) -> None:
        """`record` must be stored already."""
        self._connection = connection
        self._pager: Pager = house.pager
        self._take_ticket_number = house.take_ticket_number
        self.configuration: Configuration = house.configuration.current(connection)
        self.record = record
        self.at = at

    # What is known

    @property
    def sid(self) -> str:
        """The carrier's id of the leg."""
        return self.record.sid

    @cached_property
    def region(self) -> Region:
        """The region whose number was dialled; the default region for an unknown number."""
        regions = self.configuration.regions
        return regions.get(self.record.region, self.configuration.default_region)

    @cached_property
    def support(self) -> SupportState:
        """The support hours of the region, now."""
        return support_or_closed(self.region, self.at)

    @cached_property
    def partner(self) -> Partner | None:
        """Who was recognised."""
        if self.record.partner is None:
            return None
        found = partner_by_number(self._connection, self.record.partner)
        return found.partner if found else None

    @property
    def eligibility(self) -> Eligibility:
        """Whether this caller passes to the screening."""
        rules, partner = self.configuration.rules, self.partner
        assigned = partner_by_number(self._connection, partner.refer_to) if partner and partner.refer_to else None
        return eligibility(partner, assigned.partner if assigned else None, rules.direct_tiers, rules.page_unverified)

    @property
    def may_page(self) -> bool:
        """Whether a Critical issue of this caller wakes somebody."""
        match self.eligibility:
            case Unverified(may_page=may):
                return may
            case found:
                return found.partner.tier in self.configuration.rules.direct_tiers

    @cached_property
    def answers(self) -> dict[str, str]:
        """What was answered so far, by step."""
        return calls.answers_of(self._connection, self.sid)

    @cached_property
    def ticket(self) -> Ticket | None:
        """The ticket that this call opened."""
        return tickets.ticket_of_call(self._connection, self.sid)

    @cached_property
    def engineer_on_line(self) -> AttemptRecord | None:
        """The engineer who took the ticket and waits in its room now."""
        if self.ticket is None or self.ticket.state is not TicketState.ACKNOWLEDGED:
            return None
        in_room = (t for t in self.attempts if t.joined_at and not t.offered_at and not t.ended_at)
        waiting = next(in_room, None)
        # A room that was left is empty, even while the report of the engineer's leg is still under way.
        over = waiting is not None and f"conversation_over:{self.ticket.escalation}" in self.answers
        return None if over else waiting

    @cached_property
    def attempts(self) -> list[AttemptRecord]:
        """Who was rung for this call's ticket."""
        return list(attempts.attempts_of(self._connection, self.ticket.number)) if self.ticket else []

    def seen(self) -> Seen:
        """What is known of this call now, for the mirror."""
        return Seen(self.record, self.answers, self.ticket, tuple(self.attempts))

    def next_question(self) -> Question | Verdict:
        """The next question of the screening, or its verdict."""
        return screen(self.answers)

    # What the script adds

    def answer(self, step: str, answer: str) -> str:
        """Keep an answer; returns the one that stands, which is the first when a step is heard twice."""
        self.answers[step] = calls.record_answer(self._connection, self.sid, step, answer, self.at)
        return self.answers[step]

    def recognise(self, partner: Partner, by: str) -> None:
        """The caller is this partner, told by caller ID or by PIN."""
        calls.update_call(self._connection, self.sid, partner=partner.number, recognised_by=by)
        self.record = replace(self.record, partner=partner.number, recognised_by=by)
        self.partner = partner

    def identify(self, try_: int, pin: str) -> bool:
        """Whether the partner number of this try and its PIN belong together; recognises the partner."""
        found = partner_by_number(self._connection, self.answers.get(f"partner_number:{try_}", ""))
        right = found is not None and pin_matches(found.pin_hash, pin)
        if self.answer(f"pin:{try_}", "right" if right else "wrong") != "right" or found is None:
            return False
        self.recognise(found.partner, "pin")
        return True

    def open_ticket(self, verdict: Verdict) -> Ticket:
        """Open this call's one ticket; a Critical one starts to page in the same transaction."""
        if self.ticket is not None:
            return self.ticket
        calls.record_answer(self._connection, self.sid, "verdict", verdict.symptom, self.at)
        stored = tickets.ticket_of_call(self._connection, self.sid)
        if stored is None:
            due_at = response_due_at(verdict.class_of_service, self.support, self.at)
            number = self._take_ticket_number(self._connection)
            stored = ticket_for(self.record, self.partner, self.answers, verdict, number, self.at, due_at)
            tickets.insert_ticket(self._connection, stored)
            tickets.log(
                self._connection,
                number,
                "opened",
                self.at,
                "opened",
                f"{verdict.class_of_service}, {verdict.symptom}, art. {verdict.article}",
            )
            calls.update_call(self._connection, self.sid, ticket=number)
            link_recordings(self._connection, self.sid, number)
            if stored.is_critical and self.may_page:
                stored = self._page(stored)
        self.ticket = stored
        return stored

    def page_again(self, after: str) -> None:
        """The engineer's line dropped in the escalation `after`: page again, the same engineer first."""
        ticket = self.ticket
        if ticket is None or str(ticket.escalation) != after:
            return
        again = ticket.escalation + 1
        dropped = tickets.move_ticket(
            self._connection,
            ticket.number,
            TicketEvent.DROP,
            escalation=again,
            ring_first=ticket.acknowledged_by,
            acknowledged_at=None,
            acknowledged_by=None,
            acknowledged_via=None,
            round=ticket.round + 1,
            missed_join=False,
        )
        if dropped:
            calls.update_call(self._connection, self.sid, joined_at=None)
            tickets.log(self._connection, ticket.number, f"drop-{again}", self.at, "line dropped")
            self._pager.escalate(self._connection, ticket.number, again)
            self.ticket = tickets.find_ticket(self._connection, ticket.number)

    def promise_call_back(self, number: str) -> None:
        """The caller wants to be called back at this E.164 number."""
        calls.update_call(self._connection, self.sid, call_back_number=number)
        if self.ticket is not None:
            tickets.log(self._connection, self.ticket.number, "call-back", self.at, "call back asked for", number)

    def open_unverified(self) -> None:
        """A message of somebody nobody recognised: a Standard ticket, and the managers are told."""
        ticket = self.open_ticket(UNVERIFIED_MESSAGE)
        self.finish("unverified message")
        self.tell_managers(
            "unverified",
            f"Nightline: ticket {ticket.number}, unverified caller {self.record.caller} on "
            f"{self.region.name} left a message. Nobody was paged.",
        )

    def typed_number(self, keys: str) -> str | None:
        """The E.164 number behind keys that were typed, in the region's country; None if it cannot be called."""
        number = dialled(keys, country_of(self.region.number))
        return number if number is not None and self.may_call(number) else None

    def may_call(self, number: str) -> bool:
        """Whether a call back may go to this number (art. 8.2)."""
        return may_be_called(number, self.configuration.rules.call_back_countries)

    def progress(self, first: bool) -> Said:
        """What is true of the page at this moment, in words."""
        ticket = self.ticket
        if ticket is not None and ticket.acknowledged_by is not None:
            name = self._name(ticket.acknowledged_by)
            return words.will_call(name) if ticket.missed_join else words.taken_by(name)
        living = [tried for tried in self.attempts if tried.outcome is None]
        return words.progress(any(tried.ringing_at for tried in living), len(self.attempts), first)

    def on_hold(self) -> None:
        """The caller's leg is on hold from now on, and can dial."""
        if self.record.on_hold_at is None:
            calls.update_call_once(self._connection, self.sid, on_hold_at=self.at)

    def ring_refused_by_api(self) -> AttemptRecord | None:
        """The phone that the carrier's API would not ring, claimed for this caller's own leg to dial now.

        A request that is delivered again, while that phone rings, is answered alike.
        """
        for tried in (tried for tried in self.attempts if not tried.ended_at):
            if tried.dialled_at is not None:
                return tried
            if tried.refused_at is not None and attempts.claim_for_dial(self._connection, tried.id, self.at):
                detail = f"{tried.name} at {tried.phone} ({tried.because}), from the caller's line"
                self.note(f"ring-{tried.id}", "ringing", detail)
                ring_bell(self._connection, self._pager, tried.ticket)
                return tried
        return None

    @property
    def met_engineer(self) -> bool:
        """Whether an engineer and this caller were brought together since the page began."""
        return self.record.joined_at is not None

    def ringing_ended(self, attempt: str, heard: Heard) -> None:
        """The caller's own leg has stopped to ring, or to speak with, the phone of an attempt."""
        status = "completed" if heard.was_connected else heard.carrier.get("DialCallStatus", "no-answer")
        end_leg(self._connection, self._pager, attempt, status, self.at)

    def note(self, key: str, event: str, detail: str = "") -> None:
        """Add a line to the ticket's timeline, once for each key."""
        if self.ticket is not None:
            tickets.log(self._connection, self.ticket.number, key, self.at, event, detail)

    def keep_recording(self, heard: Heard) -> None:
        """Keep where the caller's own message is, once for each recording."""
        sid, url = heard.carrier.get("RecordingSid"), heard.carrier.get("RecordingUrl")
        if not sid or not url or heard.seconds_recorded == 0:
            return
        number = self.ticket.number if self.ticket else None
        record = RecordingRecord(sid, self.sid, number, url, heard.seconds_recorded, self.at)
        if store_recording(self._connection, record) and number is not None:
            detail = f"{heard.seconds_recorded} s"
            tickets.log(self._connection, number, f"recording-{sid}", self.at, "caller's message", detail)

    def joined(self) -> None:
        """The caller is being sent into the ticket's room."""
        calls.update_call_once(self._connection, self.sid, joined_at=self.at)
        if self.ticket is not None:
            key = f"joined-{self.ticket.escalation}"
            tickets.log(self._connection, self.ticket.number, key, self.at, "caller joined")

    def tell_managers(self, occasion: str, body: str) -> None:
        """Text every manager, once for each occasion of this call."""
        for manager in self.configuration.engineers.values():
            if manager.manager and manager.active and manager.phones:
                key = f"{self.sid}-{occasion}-{manager.key}"
                number = self.ticket.number if self.ticket else None
                self._pager.text(self._connection, TextRecord(key, number, manager.phones[0], body, self.at))

    def finish(self, outcome: str) -> None:
        """Note how the call ended for the caller; the first note stands."""
        calls.update_call_once(self._connection, self.sid, outcome=outcome)

    def _name(self, person: str) -> str:
        engineer = self.configuration.engineers.get(person)
        return engineer.name if engineer else "The engineer"

    def _page(self, ticket: Ticket) -> Ticket:
        tickets.move_ticket(self._connection, ticket.number, TicketEvent.PAGE, escalation=1)
        tickets.log(self._connection, ticket.number, "paging-1", self.at, "paging began")
        self._pager.escalate(self._connection, ticket.number, 1)
        return replace(ticket, state=TicketState.PAGING, escalation=1)
