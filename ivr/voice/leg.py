"""The leg of somebody who is rung: the facts that the whisper asks for, and the few that it adds."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.house import House
from ivr.paging.acceptance import Taken, TakenBy, accept, decline
from ivr.store import attempts, calls, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.messages import recordings_of
from ivr.voice.media import media_url
from routing.escalation import Outcome
from routing.numbers import e164, may_be_called
from routing.regions import Region
from routing.tickets import Ticket, TicketState


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
        """Whether the ticket can still be taken on this leg."""
        return self.ticket.state is TicketState.PAGING and self.attempt.outcome is None

    @property
    def is_whisper(self) -> bool:
        """Whether the caller's own leg dialled this one: what it hears is a whisper, which cannot go elsewhere."""
        return self.attempt.dialled_at is not None

    def name_of(self, person: str | None) -> str:
        """A person's name, for the one who came too late."""
        engineer = self.configuration.engineers.get(person or "")
        return engineer.name if engineer else "somebody else"

    @property
    def caller_is_there(self) -> bool:
        """Whether the caller's leg is still up."""
        call = calls.find_call(self._connection, self.ticket.call) if self.ticket.call else None
        return call is not None and call.ended_at is None

    @property
    def call_back_number(self) -> str | None:
        """The one number that this leg may be connected to: the caller of this ticket."""
        call = calls.find_call(self._connection, self.ticket.call) if self.ticket.call else None
        number = (call.call_back_number or call.caller_number) if call else e164(self.ticket.caller)
        allowed = self.configuration.rules.call_back_countries
        return number if number and may_be_called(number, allowed) else None

    @property
    def recording(self) -> str | None:
        """Where the caller's message can be heard for the next minutes."""
        stored = recordings_of(self._connection, self.ticket.number)
        return media_url(self._settings, stored[-1], self.at) if stored else None

    def refresh(self) -> None:
        """Read the ticket again: somebody else changed it."""
        self.ticket = tickets.find_ticket(self._connection, self.ticket.number) or self.ticket

    def answered(self) -> None:
        """Somebody, or a voicemail, picked up."""
        attempts.set_once(self._connection, self.attempt.id, answered_at=self.at)

    def accept(self) -> Taken | TakenBy:
        """Key 1: take the ticket."""
        taken = accept(self._connection, self._pager, self.ticket.number, self.attempt.person, "key", self.at)
        if isinstance(taken, Taken):
            attempts.set_once(self._connection, self.attempt.id, outcome=Outcome.ACCEPTED)
            self.ticket = taken.ticket
        return taken

    def decline(self) -> None:
        """Key 2: pass it on."""
        decline(self._connection, self._pager, self.attempt, self.at)

    def joined(self) -> None:
        """This leg is being sent into the ticket's room."""
        attempts.set_once(self._connection, self.attempt.id, outcome=Outcome.ACCEPTED)
        if attempts.set_once(self._connection, self.attempt.id, joined_at=self.at):
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

    def offered(self) -> None:
        """This leg is offered a call back instead of the caller."""
        attempts.set_once(self._connection, self.attempt.id, outcome=Outcome.ACCEPTED)
        attempts.set_once(self._connection, self.attempt.id, offered_at=self.at)

    def note(self, key: str, event: str, detail: str = "") -> None:
        """Add a line to the ticket's timeline, once for each key of this leg."""
        tickets.log(self._connection, self.ticket.number, f"{key}-{self.attempt.id}", self.at, event, detail)
