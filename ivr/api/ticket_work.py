"""Work on tickets by API: the actions of the console, in the name of a token or of an engineer."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from ivr.api.frame import Ask, resource
from ivr.api.on_call import Strict
from ivr.api.problems import Fault, Trouble, cannot_be_used
from ivr.api.scopes import Scope
from ivr.api.tickets import TicketOut, ticket_of, ticket_out
from ivr.paging import handling
from ivr.paging.handling import Hand, Told
from routing.service import ClassOfService

LONGEST = 2000


class NoteIn(Strict):
    """A note."""

    text: str = Field(min_length=1, max_length=LONGEST)
    key: str = Field(
        "", max_length=64, description="Names this note: sent twice with one key, it is written once. Any text."
    )


class TakeIn(Strict):
    """Who takes it."""

    engineer: str = Field(max_length=60, description="The key of an engineer. Of a Critical one their phone rings.")


class ClassIn(Strict):
    """The class of service as it was found (art. 16.8)."""

    class_of_service: ClassOfService
    reason: str = Field("", max_length=LONGEST, description="Needed when the class changes.")


class ResolveIn(Strict):
    """How it was solved."""

    text: str = Field("", max_length=LONGEST, description="Needed for a workaround.")
    solved_by: Literal["resolution", "workaround"] = "resolution"


class CloseIn(Strict):
    """Last words."""

    text: str = Field("", max_length=LONGEST)


@resource("/tickets/<int:number>/notes", Scope.TICKETS_WRITE, TicketOut, method="POST", body=NoteIn)
def add_note(ask: Ask, number: int) -> TicketOut:
    """Write a note into the timeline."""
    key = ask.body.key or ask.at.isoformat()
    return done(ask, number, lambda hand: handling.note(hand, number, ask.body.text.strip(), f"{ask.token.id}-{key}"))


@resource("/tickets/<int:number>/take", Scope.TICKETS_WRITE, TicketOut, method="POST", body=TakeIn)
def take_ticket(ask: Ask, number: int) -> TicketOut:
    """Take a ticket for an engineer. Of two at once, one gets it; the other reads who has it."""
    engineer = ask.configuration.engineers.get(ask.body.engineer)
    if engineer is None or not engineer.active:
        raise cannot_be_used(Fault(field="engineer", text="is no key of an active engineer."))
    return done(ask, number, lambda hand: handling.take(hand, number), engineer.key)


@resource("/tickets/<int:number>/class", Scope.TICKETS_WRITE, TicketOut, method="POST", body=ClassIn)
def judge_ticket(ask: Ask, number: int) -> TicketOut:
    """Confirm, upgrade or downgrade the class of service; a Standard ticket that becomes Critical pages."""
    wanted, reason = ask.body.class_of_service, ask.body.reason.strip()
    return done(ask, number, lambda hand: handling.judge(hand, number, wanted, reason))


@resource("/tickets/<int:number>/resolve", Scope.TICKETS_WRITE, TicketOut, method="POST", body=ResolveIn)
def resolve_ticket(ask: Ask, number: int) -> TicketOut:
    """Resolve a ticket, by a resolution or a workaround."""
    text, solved_by = ask.body.text.strip(), ask.body.solved_by
    return done(ask, number, lambda hand: handling.resolve(hand, number, text, solved_by))


@resource("/tickets/<int:number>/close", Scope.TICKETS_WRITE, TicketOut, method="POST", body=CloseIn)
def close_ticket(ask: Ask, number: int) -> TicketOut:
    """Close a ticket for good: it is not opened again (art. 17.7)."""
    return done(ask, number, lambda hand: handling.close(hand, number, ask.body.text.strip()))


def done(ask: Ask, number: int, act: Callable[[Hand], Told], person: str = "") -> TicketOut:
    """Do it; 409 with the reason when it did not count."""
    ticket_of(ask, number)
    told = act(Hand(ask.house, ask.connection, ask.token.name, person, ask.at, "api"))
    if not told.done:
        raise Trouble(409, "Nothing was changed", told.text)
    return ticket_out(ask, ticket_of(ask, number))
