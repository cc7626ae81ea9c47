"""A call in progress: its ticket and its page, as the script asks for them and adds to them."""

from dataclasses import replace
from functools import cached_property

from ivr.paging.status import end_leg, ring_bell
from ivr.standby.mirror import Seen
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.messages import RecordingRecord, TextRecord, link_recordings, store_recording
from ivr.voice import words
from ivr.voice.caller import Caller
from ivr.voice.heard import Heard
from ivr.voice.openings import ticket_for
from ivr.voice.turns import Said
from routing.screening import UNVERIFIED_MESSAGE, Verdict
from routing.service import response_due_at
from routing.tickets import Ticket, TicketEvent, TicketState


class Call(Caller):
    """A caller's leg with its ticket and its page."""

    # What is known

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

    # What the script adds

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
        if attempt not in {tried.id for tried in self.attempts}:
            return
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

    def _name(self, person: str) -> str:
        engineer = self.configuration.engineers.get(person)
        return engineer.name if engineer else "The engineer"

    def _page(self, ticket: Ticket) -> Ticket:
        policy = self.configuration.policy_of(ticket.region)
        turn = tickets.take_turn(self._connection, policy.key) if policy.takes_turns else 0
        tickets.move_ticket(self._connection, ticket.number, TicketEvent.PAGE, escalation=1, turn=turn)
        tickets.log(self._connection, ticket.number, "paging-1", self.at, "paging began")
        self._pager.escalate(self._connection, ticket.number, 1)
        return replace(ticket, state=TicketState.PAGING, escalation=1, turn=turn)
