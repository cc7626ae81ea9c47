"""The guard: a Critical ticket that nobody has and nobody calls for is told to the managers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from dbos import DBOSClient
from sqlalchemy import select, update

from ivr.rehearsal.handsets import Behaviour, answers_and_presses, manual
from ivr.store.figures import last_sign_of
from ivr.store.messages import WAITING
from ivr.store.tables import messages, tickets
from ivr.store.workers import beat
from ivr.watch.guard import MARGIN, Guard, Trouble, longest_quiet, unattended
from routing.escalation import Level, Policy
from routing.tickets import TicketState
from tests.line import ADA, JON, SARA, Line

MakeLine = Callable[..., Line]


class HandClock:
    """A clock that is set by hand; a worker of that time beats."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._began = self.at = line.house.clock()

    def __call__(self) -> datetime:
        return self.at

    def set(self, later: timedelta) -> None:
        self.at = self._began + later
        self.beat()

    def beat(self) -> None:
        with self._line.engine.begin() as connection:
            beat(connection, "another", self.at)


def alarms(line: Line) -> int:
    return line.events().count("alarm")


def troubles(line: Line) -> list[Trouble]:
    with line.engine.begin() as connection:
        return [one.trouble for one in unattended(line.house, connection, line.house.clock())]


def alarm_texts(line: Line) -> list[str]:
    return [text.body for text in line.phone(SARA).texts if "ALARM" in text.body]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_while_no_worker_lives_the_web_process_texts_the_managers(make_line: MakeLine, kind: str) -> None:
    line = make_line(kind)
    with line.frozen_worker():
        line.critical_call()
        line.phone(SARA).wait_for_text("no paging worker is running", 60)
    line.phone(JON).wait_for_ring(60)
    assert line.eventually(lambda: troubles(line) == [])
    (text,) = alarm_texts(line)
    assert "Nightline ALARM, CRITICAL 1042 Rossi Telecom" in text
    assert "yourself (Jon Bell)" in text
    assert alarms(line) == 1


def test_a_page_whose_workflow_broke_off_raises_an_alarm_and_begins_anew(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call()
        client = DBOSClient(system_database_engine=line.engine)
        client.cancel_workflow("escalation-1042-1")
        client.destroy()
        assert troubles(line) == [Trouble.NO_WORKER]
    line.phone(JON).wait_for_ring(60)
    assert line.events().index("alarm") < line.events().index("paging began anew")
    line.phone(SARA).wait_for_text("the calling of engineers broke off", 60)


def test_a_page_in_which_nothing_happens_any_more_is_an_alarm_and_is_repeated(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    line.phone(JON).wait_for_text("Reply")
    clock = HandClock(line)
    guard = Guard(replace(line.house, clock=clock))
    for minutes, raised in ((0, 0), (0.2, 0), (60, 0), (60.2, 1), (70, 1), (76, 2), (76.2, 2), (80, 2)):
        clock.set(timedelta(minutes=minutes))
        guard.look()
        assert alarms(line) == raised
        # Sent, and noted as sent, before the next look: that hands over what still waits.
        assert line.eventually(partial(is_told, line, raised))
    line.phone(SARA).wait_for_text("nothing happens any more")


def is_told(line: Line, times: int) -> bool:
    with line.engine.begin() as connection:
        wait = connection.execute(select(messages.c.key).where(messages.c.status == WAITING)).all()
    return len(alarm_texts(line)) == times and not wait


def test_a_page_is_quiet_only_after_the_longest_ring_and_a_margin(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    line.phone(JON).wait_for_text("Reply")
    clock = HandClock(line)
    with line.engine.begin() as connection:
        sign = last_sign_of(connection, 1042)
    assert sign is not None
    longest = timedelta(seconds=120 + 5 + 60) / line.settings.pace + MARGIN
    for beyond, expected in ((-1, []), (1, [Trouble.QUIET])):
        clock.at = sign + longest + timedelta(seconds=beyond)
        clock.beat()
        with line.engine.begin() as connection:
            found = [one.trouble for one in unattended(line.house, connection, clock.at)]
        assert found == expected


def test_a_critical_ticket_for_which_nobody_began_to_page_is_an_alarm(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call()
        with line.engine.begin() as connection:
            connection.execute(update(tickets).values(state=TicketState.OPEN, escalation=0))
        assert troubles(line) == [Trouble.NEVER_PAGED]
        line.phone(SARA).wait_for_text("nobody began to call an engineer", 60)
        with line.engine.begin() as connection:
            connection.execute(update(tickets).values(partner=None))
        assert troubles(line) == []


@pytest.mark.parametrize("behaviour", [manual, answers_and_presses("2")])
def test_a_healthy_page_is_never_an_alarm(make_line: MakeLine, behaviour: Behaviour) -> None:
    line = make_line()
    line.phone(JON, behaviour)
    ada = line.phone(ADA, manual)
    caller = line.critical_call()
    guard = Guard(line.house)
    while not ada.legs:
        guard.look()
        assert troubles(line) == []
    line.take(ada.legs[0], caller)
    assert troubles(line) == []
    assert alarms(line) == 0


def test_of_two_guards_that_see_one_trouble_one_tells(make_line: MakeLine) -> None:
    line = make_line()
    with line.frozen_worker():
        line.critical_call()
        with line.engine.begin() as connection:
            connection.execute(update(tickets).values(state=TicketState.OPEN, escalation=0))
        first, second = Guard(line.house), Guard(line.house)
        for guard in (first, second, first, second):
            guard.look()
        assert line.eventually(lambda: len(alarm_texts(line)) == 1)
        assert alarms(line) == 1


def test_the_longest_quiet_is_that_of_the_policy() -> None:
    short = Policy("p", "P", levels=(Level((), ring_seconds=20),), pause_seconds=60)
    assert longest_quiet(short) == timedelta(seconds=85)
    patient = Policy("p", "P", levels=(Level((), ring_seconds=20), Level((), ring_seconds=120)), pause_seconds=300)
    assert longest_quiet(patient) == timedelta(seconds=300)
    assert longest_quiet(Policy("p", "P", levels=())) == timedelta(seconds=65)
