"""A walk through the caller's own script, on a database in memory: what would be heard, asked and decided."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, create_engine

from ivr.console.asked import Caller
from ivr.house import House
from ivr.places import To
from ivr.standby.pager import LocalPager
from ivr.store import tickets
from ivr.store.announcements import copy_announcements
from ivr.store.cache import ConfigurationCache
from ivr.store.configuration import PartnerEntry, save_configuration, save_partners
from ivr.store.numbers import next_ticket_number
from ivr.store.tables import metadata
from ivr.voice.heard import Heard
from ivr.voice.script import after_details, after_message, heard_answer
from ivr.voice.turns import Ask, Dial, Goodbye, Hold, Record, Refuse, Tell, Turn
from ivr.voice.webhooks import caller_turn
from routing.regions import Region
from routing.screening import QUESTIONS, Question
from routing.tickets import Ticket, TicketState

LEG = "CA" + "0" * 32
MOST_STEPS = 40


@dataclass
class Walk:
    """What a caller meets. `asked` are the questions on the way with the key pressed, empty for the one still open."""

    heard: list[str] = field(default_factory=list)
    rung: tuple[str, ...] = ()
    asked: list[tuple[Question, str]] = field(default_factory=list)
    refused: bool = False
    ticket: Ticket | None = None

    @property
    def is_open(self) -> bool:
        """Whether it ends at a question for which no key was chosen."""
        return bool(self.asked) and not self.asked[-1][1]

    @property
    def pages(self) -> bool:
        """Whether the call wakes somebody."""
        return self.ticket is not None and self.ticket.state is TicketState.PAGING

    def hear(self, turn: Turn) -> None:
        """Add what a turn says; a sentence that is said again at once is left out."""
        for said in getattr(turn, "says", ()):
            if said.text not in self.heard[-2:]:
                self.heard.append(said.text)


def walk(
    house: House,
    source: Connection,
    partners: tuple[PartnerEntry, ...],
    caller: Caller,
    region: Region,
    at: datetime,
    answers: Mapping[str, str],
    desk_answers: bool,
) -> Walk:
    """Call a region at an instant (UTC), pressing for each question the key in `answers`, until one has none.

    The steps are those of a real call. Nothing is rung, sent or kept: the database is made for this walk and
    nothing looks at what it asks to be done. Configuration and announcements are those of `source`; `partners` are
    those whom the call is about.
    """
    with alone(house, source, partners, at) as (copy, connection):
        found = Walk()
        form = {"CallSid": LEG, "From": caller.number, "To": region.number}
        place: To | None = To("answer")
        given: dict[str, str] = {}
        for _ in range(MOST_STEPS):
            if place is None:
                break
            turn, _seen = caller_turn(copy, connection, place.step, Heard(dict(place.params), {**form, **given}))
            found.hear(turn)
            place, given = go_on(found, turn, answers, desk_answers)
        found.ticket = tickets.ticket_of_call(connection, LEG)
        return found


def go_on(found: Walk, turn: Turn, answers: Mapping[str, str], desk_answers: bool) -> tuple[To | None, dict[str, str]]:
    """Where the caller goes after a turn, and what the request brings; None where the walk ends."""
    match turn:
        case Refuse():
            found.refused = True
        case Dial(numbers=numbers, after=after):
            found.rung = numbers
            return (None, {}) if desk_answers else (after, {"DialCallStatus": "no-answer"})
        case Ask(then=To(step=heard_answer.__name__) as then):
            return press(found, then, answers)
        case Ask(otherwise=To() as silence):
            return silence, {}
        case Tell(then=then):
            return then, {}
        case Record(then=then) if then.step not in {after_details.__name__, after_message.__name__}:
            return then, {"RecordingDuration": "5"}  # they do speak, or the line says that it heard nothing
        case Record() | Hold() | Goodbye():
            pass
    return None, {}


def press(found: Walk, then: To, answers: Mapping[str, str]) -> tuple[To | None, dict[str, str]]:
    """Answer a question of the screening with the key that was chosen for it, if one was."""
    question = QUESTIONS[dict(then.params)["question"]]
    option = question.option(answers.get(question.name, ""))
    found.asked.append((question, option.key if option else ""))
    return (then, {"Digits": option.key}) if option else (None, {})


@contextmanager
def alone(
    house: House, source: Connection, partners: tuple[PartnerEntry, ...], at: datetime
) -> Iterator[tuple[House, Connection]]:
    """A house in which nobody pages: its clock stands at `at`, and its database is forgotten afterwards."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            save_configuration(connection, house.configuration.current(source))
            save_partners(connection, partners, ())
            copy_announcements(source, connection, at)
            yield (
                replace(
                    house,
                    engine=engine,
                    clock=lambda: at,
                    configuration=ConfigurationCache(),
                    pager=LocalPager(threading.Condition()),
                    take_ticket_number=next_ticket_number,
                ),
                connection,
            )
    finally:
        engine.dispose()
