"""The leg of somebody who is rung: the facts that the whisper asks for, and the few that it adds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.acceptance import Taken, TakenBy, accept, decline
from ivr.paging.handover import page_again_without
from ivr.store import attempts, calls, tickets
from ivr.store.alerts import count_alerts
from ivr.store.attempts import AttemptRecord
from ivr.store.configuration import partner_by_number
from ivr.store.messages import RecordingRecord, recordings_of
from ivr.voice.media import media_url
from routing.escalation import ANSWERED_LIMIT, LISTENING_LIMIT, Candidate, Outcome, Ring
from routing.numbers import e164, may_be_called
from routing.people import Engineer
from routing.regions import Region
from routing.tickets import Ticket, TicketState

COLLEAGUE_RINGS = 30
"""Seconds: a colleague is not woken in turn, but asked, and may take a moment longer."""


class EngineerLeg:
    """One attempt's leg, within one request's transaction and at one reading of the clock (`at`, UTC)."""

    def __init__(self, house: House, connection: Connection, attempt: AttemptRecord, at: datetime) -> None:
        """`attempt` is stored, and its ticket too."""
        self._connection = connection
        self._pager, self._settings = house.pager, house.settings
        self.configuration = house.configuration.current(connection)
        self.attempt = attempt
        self.at = at
        ticket = tickets.find_ticket(connection, attempt.ticket)
        assert ticket is not None
        self.ticket: Ticket = ticket
        self._attempts_after = house.attempts_after(ticket.opened_at, at)

    @property
    def region(self) -> Region:
        """The region whose number the caller dialled."""
        return self.configuration.regions.get(self.ticket.region, self.configuration.default_region)

    @property
    def is_mine(self) -> bool:
        """Whether the person on this leg has the ticket."""
        acknowledged = self.ticket.state is TicketState.ACKNOWLEDGED
        return acknowledged and self.ticket.acknowledged_by == self.attempt.person

    @property
    def is_wanted(self) -> bool:
        """Whether the ticket can still be taken on this leg: also when it had its time and could not be ended."""
        given_up = self.attempt.unwanted_at is not None and self.attempt.outcome is not Outcome.DECLINED
        return self.ticket.state is TicketState.PAGING and (self.attempt.outcome is None or given_up)

    @property
    def is_whisper(self) -> bool:
        """Whether the caller's own leg dialled this one: what it hears is a whisper, which cannot go elsewhere."""
        return self.attempt.dialled_at is not None

    def name_of(self, person: str | None) -> str:
        """A person's name, for the one who came too late; nothing of one who is gone."""
        known = self.configuration
        is_known = person in known.engineers or known.phones_of(person or "")
        return known.name_of(person) if person and is_known else "somebody else"

    @property
    def caller_is_there(self) -> bool:
        """Whether the caller's leg is still up."""
        call = calls.find_call(self._connection, self.ticket.call) if self.ticket.call else None
        return call is not None and call.ended_at is None

    @property
    def partner_number(self) -> str | None:
        """The partner's main number, the first on file, for a ticket that nobody called for (art. 18.2)."""
        entry = partner_by_number(self._connection, self.ticket.partner) if self.ticket.partner else None
        allowed = self.configuration.rules.call_back_countries
        return next((one for one in (entry.partner.phones if entry else ()) if may_be_called(one, allowed)), None)

    @property
    def call_back_number(self) -> str | None:
        """The one number that this leg may be connected to: the caller of this ticket, or its partner's own."""
        call = calls.find_call(self._connection, self.ticket.call) if self.ticket.call else None
        number = (call.call_back_number or call.caller_number) if call else e164(self.ticket.caller)
        allowed = self.configuration.rules.call_back_countries
        if number and may_be_called(number, allowed):
            return number
        return self.partner_number if self.ticket.is_monitoring else None

    @property
    def others(self) -> int:
        """How many more tickets this page serves, or alerts of the monitoring."""
        if self.ticket.is_monitoring:
            return max(count_alerts(self._connection, self.ticket.number) - 1, 0)
        return len(tickets.tickets_of_incident(self._connection, self.ticket.number))

    @property
    def recording(self) -> RecordingRecord | None:
        """The caller's last message."""
        stored = recordings_of(self._connection, self.ticket.number)
        return stored[-1] if stored else None

    def audio_of(self, message: RecordingRecord) -> str:
        """Where a message can be heard for the next minutes."""
        return media_url(self._settings, message, self.at)

    def refresh(self) -> None:
        """Read the ticket again: somebody else changed it."""
        self.ticket = tickets.find_ticket(self._connection, self.ticket.number) or self.ticket

    def answered(self) -> None:
        """Somebody, or a voicemail, picked up."""
        attempts.set_once(self._connection, self.attempt.id, answered_at=self.at)

    def listens(self, message_seconds: int = 0) -> None:
        """Somebody pressed a key to hear more: they have their time again, and that of the caller's message."""
        seconds = timedelta(seconds=message_seconds)
        until = self.at + self._settings.shortened(ANSWERED_LIMIT + seconds)
        latest = (self.attempt.answered_at or self.at) + self._settings.shortened(LISTENING_LIMIT)
        attempts.listen_until(self._connection, self.attempt.id, min(until, latest))

    def accept(self) -> Taken | TakenBy:
        """Key 1: take the ticket."""
        taken = accept(self._connection, self._pager, self.ticket.number, self.attempt.person, "key", self.at)
        if isinstance(taken, Taken):
            attempts.accepted(self._connection, self.attempt.id)
            self.ticket = taken.ticket
        return taken

    def decline(self) -> None:
        """Key 2: pass it on."""
        decline(self._connection, self._pager, self.attempt, self.at)

    def joined(self) -> None:
        """This leg is being sent into the ticket's room."""
        attempts.set_once(self._connection, self.attempt.id, outcome=Outcome.ACCEPTED)
        if attempts.enter_room(self._connection, self.attempt.id, self.at):
            key = f"engineer-{self.attempt.id}"
            tickets.log(self._connection, self.ticket.number, key, self.at, "engineer on the line", self.attempt.name)
            self._pager.ring_bell(self._connection, self.ticket)

    def connected(self) -> None:
        """This leg is being connected with the caller's own, which dialled it."""
        self.joined()
        if self.ticket.call is not None:
            calls.update_call_once(self._connection, self.ticket.call, joined_at=self.at)
            key = f"joined-{self.ticket.escalation}"
            tickets.log(self._connection, self.ticket.number, key, self.at, "caller joined")

    # Help while the caller is on the line

    @property
    def colleagues(self) -> list[Engineer]:
        """Whom this engineer can add, in the order of the configuration, nine at most: one for each key."""
        people = self.configuration.engineers.values()
        return [one for one in people if one.active and one.phones and one.key != self.attempt.person][:9]

    @property
    def conversation_goes_on(self) -> bool:
        """Whether an engineer has this ticket's caller, or only paused."""
        with_caller = any(one.joined_at and (one.paused_at or not one.left_at) for one in self._living())
        return with_caller and self.ticket.state is TicketState.ACKNOWLEDGED

    def paused(self) -> None:
        """The engineer left the room for a moment."""
        attempts.set_once(self._connection, self.attempt.id, paused_at=self.at)
        attempts.leave_room(self._connection, self.ticket.number, self.at)

    def back_in_room(self) -> None:
        """The engineer is back, and the caller is sent for; told twice, it happens once."""
        if not attempts.return_to_room(self._connection, self.attempt.id):
            return
        again = self.ticket.escalation + 1
        tickets.update_ticket(self._connection, self.ticket.number, escalation=again)
        if self.ticket.call is not None:
            calls.update_call(self._connection, self.ticket.call, joined_at=None)
        self.note(f"back-{again}", "engineer back")
        self._pager.escalate(self._connection, self.ticket.number, again)

    def hand_over(self) -> None:
        """The ticket pages again, and this engineer counts as having passed in that round."""
        if self.is_mine and page_again_without(self._connection, self._pager, self.ticket, self.attempt.id):
            self.note(f"handed-{self.ticket.escalation + 1}", "handed over", f"by {self.attempt.name}")

    def call_colleague(self, colleague: Engineer) -> bool:
        """Ring a colleague, who may join the conversation; False when they are on another call of ours."""
        if any(one.helps and one.person == colleague.key for one in self._living()):
            return True
        person = Candidate(colleague.key, colleague.name, colleague.phones, f"asked by {self.attempt.name}")
        ring = Ring(person, colleague.phones[0], COLLEAGUE_RINGS)
        claimed = attempts.claim(
            self._connection,
            self.ticket.number,
            self.ticket.round,
            ring,
            self.at,
            after=self._attempts_after,
            helps=self.attempt.person,
        )
        if claimed is None:
            return False
        self.note(f"asked-{claimed.id}", "colleague asked", colleague.name)
        self._pager.call_colleague(self._connection, claimed.id)
        return True

    def joined_as_colleague(self) -> None:
        """This leg is being sent into the room beside the engineer's."""
        attempts.set_once(self._connection, self.attempt.id, outcome=Outcome.ACCEPTED)
        self.note("joined", "colleague joined", self.attempt.name)

    def _living(self) -> Sequence[AttemptRecord]:
        return attempts.living_of(self._connection, self.ticket.number)

    def offered(self) -> None:
        """This leg is offered a call back instead of the caller."""
        attempts.set_once(self._connection, self.attempt.id, outcome=Outcome.ACCEPTED)
        attempts.set_once(self._connection, self.attempt.id, offered_at=self.at)

    def note(self, key: str, event: str, detail: str = "") -> None:
        """Add a line to the ticket's timeline, once for each key of this leg."""
        tickets.log(self._connection, self.ticket.number, f"{key}-{self.attempt.id}", self.at, event, detail)
