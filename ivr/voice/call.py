"""A call in progress: its ticket and its page, as the script asks for them and adds to them."""

from dataclasses import replace
from functools import cached_property

from ivr.paging.incidents import begin_page, join_incident, split
from ivr.paging.status import end_leg, ring_bell
from ivr.standby.mirror import Seen
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.messages import RecordingRecord, TextRecord, link_recordings, recordings_of, store_recording
from ivr.voice import words
from ivr.voice.caller import Caller
from ivr.voice.heard import Heard
from ivr.voice.openings import ticket_for
from ivr.voice.turns import Said
from routing.screening import UNVERIFIED_MESSAGE, Verdict
from routing.service import response_due_at
from routing.tickets import Ticket, TicketEvent, TicketState

ABOUT_OPEN_TICKET = "about_open_ticket"


def is_over(ticket: Ticket) -> bool:
    """Whether the work on a ticket is done."""
    return ticket.state in {TicketState.RESOLVED, TicketState.CLOSED}


class Call(Caller):
    """A caller's leg with its ticket and its page."""

    _recorded = False

    # What is known

    @cached_property
    def ticket(self) -> Ticket | None:
        """The ticket that this call opened, or called again about."""
        return self._standing.ticket

    @cached_property
    def incident(self) -> Ticket | None:
        """The ticket whose page serves this call's too."""
        ticket = self.ticket
        if ticket is None or ticket.incident is None or ticket.state is not TicketState.OPEN:
            return None
        return tickets.find_ticket(self._connection, ticket.incident)

    @cached_property
    def open_before(self) -> Ticket | None:
        """The open Critical ticket about which this partner may be calling again; None once that was asked."""
        number = self._standing.open_before
        if number is None or self.ticket is not None or ABOUT_OPEN_TICKET in self.answers:
            return None
        return tickets.find_ticket(self._connection, number)

    @cached_property
    def engineer_on_line(self) -> AttemptRecord | None:
        """The engineer who took the ticket and waits in its room now."""
        if self.ticket is None or self.ticket.state is not TicketState.ACKNOWLEDGED:
            return None
        # A room that was left is empty, even while the report of the engineer's leg is still under way.
        gone = ("offered_at", "left_at", "ended_at")
        return next((t for t in self.attempts if t.joined_at and not any(getattr(t, name) for name in gone)), None)

    @cached_property
    def attempts(self) -> list[AttemptRecord]:
        """Who was rung for this call's ticket, colleagues of its engineer apart."""
        found = attempts.attempts_of(self._connection, self.ticket.number) if self.ticket else []
        return [tried for tried in found if tried.helps is None]

    @property
    def engineer_paused(self) -> bool:
        """Whether the engineer left the room for a moment, and will be back or has handed over."""
        return any(tried.paused_at and not tried.ended_at for tried in self.attempts)

    @property
    def engineer_comes_back(self) -> bool:
        """Whether the engineer paused, or calls the partner back: not to be cut off for somebody who calls now."""
        offered = next((tried.offered_at for tried in self.attempts if tried.offered_at and not tried.ended_at), None)
        if self.ticket is None or offered is None or self.engineer_paused:
            return self.engineer_paused
        return tickets.has_happened(self._connection, self.ticket.number, "calling back", offered)

    def seen(self) -> Seen:
        """What is known of this call now, for the mirror."""
        recorded = tuple(recordings_of(self._connection, self.ticket.number)) if self.ticket else ()
        return Seen(self.record, self.answers, self.ticket, tuple(self.attempts), recorded)

    def is_as(self, before: Seen) -> bool:
        """Whether this turn found everything as it was seen before, and added nothing that a mirror keeps."""
        added = self._recorded or "answers" in self.__dict__  # answers are read before any is added
        found = (self.record, self.ticket, tuple(self.attempts))
        return not added and found == (before.record, before.ticket, before.attempts)

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
            detail = f"{verdict.class_of_service}, {verdict.symptom}, art. {verdict.article}"
            tickets.log(self._connection, number, "opened", self.at, "opened", detail)
            calls.update_call(self._connection, self.sid, ticket=number)
            link_recordings(self._connection, self.sid, number)
            if stored.is_critical and self.may_page:
                parts = (self._connection, self._pager, self.configuration, stored, self.at)
                stored = join_incident(*parts) or begin_page(*parts)
        self.ticket = stored
        return stored

    def take_up(self, number: int) -> None:
        """The partner calls again about a ticket: this call waits for its engineer, who is called if need be."""
        ticket = tickets.hold_ticket(self._connection, number)
        if ticket is None:
            return
        calls.update_call(self._connection, self.sid, ticket=number)
        self.record, self.ticket = replace(self.record, ticket=number), ticket
        self.note(f"again-{self.sid}", "called again", self.record.caller)
        if self.engineer_on_line is None and not self.engineer_comes_back:
            tickets.update_ticket(self._connection, number, call=self.sid)
            self.ticket = replace(ticket, call=self.sid)
            self.page_again(after=str(ticket.escalation))

    def page_alone(self) -> None:
        """The caller wants an engineer for this ticket alone, whatever is known of the outage."""
        if self.incident is not None and self.ticket is not None:
            parts = (self._connection, self._pager, self.configuration)
            self.ticket = split(*parts, self.ticket.number, self.at, "asked for by the caller")
            del self.incident

    def page_again(self, after: str) -> None:
        """The engineer's line is gone in the escalation `after`: page again, the same engineer first."""
        ticket = self.ticket
        if ticket is None or str(ticket.escalation) != after:
            return
        again = ticket.escalation + 1
        dropped = tickets.move_ticket(
            self._connection,
            ticket.number,
            TicketEvent.DROP,
            only={"escalation": ticket.escalation},
            escalation=again,
            ring_first=ticket.acknowledged_by,
            acknowledged_at=None,
            acknowledged_by=None,
            acknowledged_via=None,
            round=ticket.round + 1,
            missed_join=False,
            call=self.sid,
        )
        if dropped:
            calls.update_call(self._connection, self.sid, joined_at=None)
            tickets.log(self._connection, ticket.number, f"drop-{again}", self.at, "line dropped")
            self._pager.escalate(self._connection, ticket.number, again)
            self.ticket = tickets.find_ticket(self._connection, ticket.number)

    def promise_call_back(self, number: str) -> None:
        """The caller wants to be called back at this E.164 number."""
        calls.update_call(self._connection, self.sid, call_back_number=number)
        self.note("call-back", "call back asked for", number)

    def open_unverified(self) -> None:
        """A message of somebody nobody recognised: a Standard ticket, and the managers are told."""
        ticket = self.open_ticket(UNVERIFIED_MESSAGE)
        self.finish("unverified message")
        body = (
            f"Nightline: ticket {ticket.number}, unverified caller {self.record.caller} on "
            f"{self.region.name} left a message. Nobody was paged."
        )
        for manager in self.configuration.managers:
            key = f"{self.sid}-unverified-{manager.key}"
            self._pager.text(self._connection, TextRecord(key, ticket.number, manager.phones[0], body, self.at))

    def progress(self, first: bool) -> Said:
        """What is true of the page at this moment, in words."""
        ticket, lead = self.ticket, self.incident
        if lead is not None:
            return words.incident_progress(self._name(lead.acknowledged_by), is_over(lead), first)
        if ticket is not None and ticket.acknowledged_by is not None:
            name = self._name(ticket.acknowledged_by)
            return words.will_call(name) if ticket.missed_join else words.taken_by(name)
        return words.progress(any(a.ringing_at for a in self.attempts if a.outcome is None), len(self.attempts), first)

    def conversation_over(self, escalation: str, heard: Heard) -> None:
        """This caller and the engineer of an escalation are together no more; told again, it changes nothing."""
        key = f"conversation_over:{escalation}"
        if key in self.answers:
            return
        self.answer(key, "yes")
        if heard.hung_up:
            calls.update_call_once(self._connection, self.sid, ended_at=self.at)
        if self.ticket is not None and str(self.ticket.escalation) == escalation:
            attempts.leave_room(self._connection, self.ticket.number, self.at)
            self.__dict__.pop("attempts", None)

    @property
    def is_guest(self) -> bool:
        """Whether another call is the one that the ticket's engineer speaks with."""
        return self.ticket is not None and self.ticket.call != self.sid

    def on_hold(self) -> None:
        """The caller's leg is on hold from now on, and can dial; the last one who waits is whom the engineer meets."""
        if self.is_guest and self.ticket is not None and self._takes_the_first_callers_place:
            tickets.update_ticket(self._connection, self.ticket.number, call=self.sid)
            self.ticket = replace(self.ticket, call=self.sid)
        owner = self.ticket.acknowledged_by if self.ticket and not self.is_guest else None
        mine = [tried for tried in self.attempts if tried.person == owner]
        if mine and self.ticket and (mine[-1].dropped_while_paused or self._waited_for_call_back(mine[-1])):
            self.page_again(after=str(self.ticket.escalation))
        if self.record.on_hold_at is None:
            calls.update_call_once(self._connection, self.sid, on_hold_at=self.at)

    def ring_refused_by_api(self) -> AttemptRecord | None:
        """The phone that the carrier's API would not ring, claimed for this caller's own leg to dial now.

        A request that is delivered again, while that phone rings, is answered alike. Of two callers who wait for one
        engineer, one dials.
        """
        if self.is_guest:
            return None
        owner = self.ticket.acknowledged_by if self.ticket else None
        for tried in self.attempts:
            if tried.ended_at or not (tried.refused_at or tried.dialled_at):
                continue
            if f"dialled:{tried.id}" in self.answers:
                return tried
            if tried.dialled_at is not None or tried.refused_at is None or owner not in {None, tried.person}:
                continue
            if attempts.claim_for_dial(self._connection, tried.id, self.at):
                detail = f"{tried.name} at {tried.phone} ({tried.because}), from the caller's line"
                self.note(f"ring-{tried.id}", "ringing", detail)
                self.answer(f"dialled:{tried.id}", "yes")
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
        del self.attempts  # read above, before this one was over

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
        self._recorded = True
        if store_recording(self._connection, record):
            self.note(f"recording-{sid}", "caller's message", f"{heard.seconds_recorded} s")

    def joined(self) -> None:
        """The caller is being sent into the ticket's room."""
        calls.update_call_once(self._connection, self.sid, joined_at=self.at)
        if self.ticket is not None:
            self.note(f"joined-{self.ticket.escalation}", "caller joined")

    @property
    def _takes_the_first_callers_place(self) -> bool:
        """Whether the first caller has gone, and the engineer is not calling them back."""
        first = self.ticket.call if self.ticket else None
        found = calls.find_call(self._connection, first) if first else None
        return (found is None or found.ended_at is not None) and not self.engineer_comes_back

    def _waited_for_call_back(self, tried: AttemptRecord) -> bool:
        """Whether this caller called again while the engineer called somebody else back, and that is over."""
        return bool(tried.offered_at and tried.ended_at) and ABOUT_OPEN_TICKET in self.answers

    def verdict_words(self) -> Said:
        """What the caller of a Critical ticket is told: the engineer is called, or is on it already."""
        assert self.ticket is not None
        if self.incident is None:
            return words.critical(self.ticket.number)
        return words.incident(self.ticket.number, self._name(self.incident.acknowledged_by))

    def _name(self, person: str | None) -> str:
        engineer = self.configuration.engineers.get(person or "")
        return engineer.name if engineer else "The engineer" if person else ""
