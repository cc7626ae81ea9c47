"""The reminders' keeper: tells of shifts, handoffs, gaps, and goals about to be missed, each occasion once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr.calendars.shifts import A_MOMENT, Handoff, handoffs, until_when
from ivr.desk.goals import warn_of_goals
from ivr.house import House
from ivr.reminders import words
from ivr.reminders.mail import send_waiting
from ivr.reminders.occasions import (
    Shift,
    coming_shifts,
    due_handoffs,
    due_reminders,
    gaps_ahead,
    is_rung,
    key_of,
    note_due_at,
    shift_now,
)
from ivr.reminders.telling import tell, withdraw
from ivr.store.configuration import NotConfigured
from ivr.store.reminders import (
    CHANGE,
    GAPS,
    HANDOFF,
    SHIFT,
    ReminderRecord,
    confirmed_shifts,
    find_reminder,
    told_of_shifts,
    withdrawn_of_shifts,
    write_reminder,
)
from routing.configuration import Configuration
from schedules.coverage import AHEAD
from schedules.rota import who_is_on_call

logger = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=20)


class Reminders:
    """A thread of its own in each worker: of two that see an occasion, one tells."""

    def __init__(self, house: House) -> None:
        """Nothing is told yet."""
        self._house = house
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="reminders", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. What is under way is not waited for."""
        self._stop.set()

    def _keep(self) -> None:
        while not self._stop.wait(self._house.settings.shortened(LOOK_EVERY).total_seconds()):
            try:
                remind(self._house)
                warn_of_goals(self._house)
                send_waiting(self._house)
            except NotConfigured:
                continue
            except Exception:
                logger.exception("the reminders failed")  # a database that is away comes back


@dataclass(frozen=True)
class Round:
    """One look at everything: one reading of the clock, one transaction, one state of the configuration."""

    house: House
    connection: Connection
    known: Configuration
    at: datetime

    def tell(self, key: str, kind: str, shift: Shift, body: str) -> bool:
        """Tell the engineer of a shift, once for each key; True when that is new."""
        return tell(
            self.house,
            self.connection,
            self.known,
            ReminderRecord(key, kind, shift.rota, shift.engineer, shift.starts_at, shift.ends_at, self.at, ""),
            body,
        )


def remind(house: House) -> int:
    """Tell everybody what is due now; returns how many were told. Doing it twice, or at once elsewhere, tells once."""
    at = house.clock()
    with house.engine.begin() as connection:
        one = Round(house, connection, house.configuration.current(connection), at)
        steps = (_correct, _tell_again, _remind, _hand_over, _note_gaps)
        return sum(sum(step(one)) for step in steps)


def _correct(one: Round) -> Iterator[bool]:
    """Whoever was told of a shift that is another one now, or not theirs any more, hears of that once."""
    for record in told_of_shifts(one.connection, one.at):
        told = Shift(record.rota, record.engineer, record.starts_at, record.ends_at)
        now = shift_now(one.known, told, one.at)
        if now == told or not withdraw(one.connection, record, one.at):
            continue
        body, key = words.changed(one.known, told, now), key_of("remind", record.key, "changed")
        yield one.tell(key, SHIFT if now else CHANGE, now or told, body)


def _tell_again(one: Round) -> Iterator[bool]:
    """Whoever was told that a shift is not theirs any more hears when it is after all."""
    gone = {(r.rota, r.engineer, r.starts_at): r for r in withdrawn_of_shifts(one.connection, one.at)}
    if not gone or not one.known.rules.reminders:
        return
    told = {(r.rota, r.engineer, r.starts_at) for r in told_of_shifts(one.connection, one.at)}
    for shift in coming_shifts(one.known, one.at, max(place[2] for place in gone) - one.at):
        place = (shift.rota, shift.engineer, shift.starts_at)
        before = gone.get(place)
        if before and place not in told and find_reminder(one.connection, key_of("remind", before.key, "changed")):
            yield one.tell(key_of("remind", before.key, "again"), SHIFT, shift, words.again(one.known, shift))


def _remind(one: Round) -> Iterator[bool]:
    """Before shifts; not whoever heard of theirs since the reminder was due."""
    confirmed = confirmed_shifts(one.connection, one.at)
    told = {(r.rota, r.engineer, r.starts_at): r.at for r in told_of_shifts(one.connection, one.at)}
    for due in due_reminders(one.known, one.at):
        place = (due.shift.rota, due.shift.engineer, due.shift.starts_at)
        if place not in told or told[place] < due.since:
            body = words.remind(one.known, due.shift, place in confirmed)
            yield one.tell(due.key, SHIFT, due.shift, body)


def _hand_over(one: Round) -> Iterator[bool]:
    """At a handoff, both sides: who takes over from whom, and until when."""
    for handoff in due_handoffs(one.known, one.at):
        rota = one.known.rotas[handoff.rota]
        for engineer in (key for key in handoff.coming if is_rung(one.known, key)):
            shift = Shift(rota.key, engineer, handoff.at, until_when(rota, engineer, handoff.at))
            yield _tell_side(one, handoff, shift, words.coming(one.known, shift, handoff.leaving))
        for engineer in (key for key in handoff.leaving if is_rung(one.known, key)):
            shift = Shift(rota.key, engineer, handoff.at, None)
            yield _tell_side(one, handoff, shift, _of_those_who_follow(one.known, handoff))


def _tell_side(one: Round, handoff: Handoff, shift: Shift, body: str) -> bool:
    return one.tell(key_of("handoff", handoff.rota, handoff.at, shift.engineer), HANDOFF, shift, body)


def _of_those_who_follow(known: Configuration, handoff: Handoff) -> str:
    """What whoever leaves reads: who is on call from now on, those too who stay, and until when just these are."""
    rota = known.rotas[handoff.rota]
    people = [person.engineer for person in who_is_on_call(rota, handoff.at) if is_rung(known, person.engineer)]
    following = handoffs(rota, handoff.at + A_MOMENT, handoff.at + AHEAD)
    return words.leaving(known, rota, people, handoff.at, following[0].at if following else None)


def _note_gaps(one: Round) -> Iterator[bool]:
    """On Mondays, to managers, when there are gaps ahead. Looked for once a week, by one worker."""
    due = note_due_at(one.known, one.at)
    if due is None or not write_reminder(
        one.connection, ReminderRecord(key_of("gaps", due), GAPS, "", "", due, None, one.at, "")
    ):
        return
    found = gaps_ahead(one.known, one.at)
    for manager in one.known.engineers.values() if found else ():
        if manager.manager and manager.active:
            body = words.gaps(one.known, found)
            yield one.tell(key_of("gaps", due, manager.key), GAPS, Shift("", manager.key, due, None), body)
