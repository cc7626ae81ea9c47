"""Any order of accepts, declines, time-outs, hang-ups, failures and crashes: what an escalation never does."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ivr.paging.sweeper import sweep
from ivr.store.numbers import FIRST_TICKET
from routing.tickets import Ticket, TicketState
from tests.faults.night import Night
from tests.faults.scripted import Crash, Fault
from tests.faults.workers import Workers
from tests.line import ADA, ITALY, JON, LEO, PUBLIC_URL, ROSSI

CALLERS = (ROSSI, "+12125550202", "+493023125203")
ROUNDS_TO_THE_END = 400
BUSY_TURNS = 4

FAULT = st.sampled_from([None, None, Fault.DOWN, *Fault])
WHICH = st.integers(0, 5)
WHEN = st.sampled_from(["now", "now", "now", "twice", "late", "lost"])


class Escalations(Workers):
    """Rules are what the world does; after each of them the invariants are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.had: dict[int, Ticket] = {}
        self.texts = 0

    # Callers

    @initialize(count=st.integers(1, 2), fault=FAULT)
    def somebody_called_and_the_first_phone_is_rung(self, count: int, fault: Fault | None) -> None:
        for _ in range(count):
            self.somebody_calls()
        for caller in self.waiting():
            self.people.turn(caller)
        self.workers_keep_up(fault)

    @precondition(lambda self: len(self.people.callers) < len(CALLERS))
    @rule()
    def somebody_calls(self) -> None:
        self.people.dial(CALLERS[len(self.people.callers)])

    @precondition(lambda self: self.waiting())
    @rule(which=WHICH)
    def a_caller_takes_the_next_turn(self, which: int) -> None:
        waiting = self.waiting()
        self.people.turn(waiting[which % len(waiting)])

    @precondition(lambda self: any(caller.does != "gone" for caller in self.people.callers))
    @rule(which=WHICH, when=WHEN)
    def a_caller_hangs_up(self, which: int, when: str) -> None:
        there = [caller for caller in self.people.callers if caller.does != "gone"]
        self.people.hang_up(there[which % len(there)], when)

    # Workers

    @precondition(lambda self: self.night.pager.work)
    @rule(which=WHICH)
    def a_worker_does_the_next_thing(self, which: int) -> None:
        work = list(self.night.pager.work)
        self.do(work[which % len(work)])

    @precondition(lambda self: self.night.pager.work)
    @rule(fault=FAULT)
    def workers_keep_up(self, fault: Fault | None = None) -> None:
        self.night.carrier.fault = self.night.carrier.fault or fault
        for _ in range(BUSY_TURNS):
            for name in list(self.night.pager.work):
                self.do(name, patient=False)

    @precondition(lambda self: self.legs("queued", "ringing"))
    @rule(which=WHICH, key=st.sampled_from("112"), when=WHEN)
    def somebody_answers_and_presses_a_key_at_once(self, which: int, key: str, when: str) -> None:
        leg = self.pick("queued", "ringing", which=which)
        self.people.move(leg, "in-progress", when)
        if leg.is_live and not leg.in_room:
            self.people.press(leg, key, when)
        self.workers_keep_up()

    @precondition(lambda self: self.escalations())
    @rule(which=WHICH, texts=st.sampled_from([None, JON, ADA, LEO]))
    def two_workers_look_and_somebody_texts_before_either_acts(self, which: int, texts: str | None) -> None:
        names = self.escalations()
        name = names[which % len(names)]
        moves = [self.look(name), self.look(name)]
        if texts:
            self.an_engineer_texts(self.night.pager.work[name][1][0] - FIRST_TICKET, texts, "1", False)
        for move in moves:
            if move["do"] not in {"end", "wait"}:
                self.perform(name, move)

    # Engineers

    @precondition(lambda self: self.legs("queued"))
    @rule(which=WHICH, when=WHEN)
    def a_phone_begins_to_ring(self, which: int, when: str) -> None:
        self.people.move(self.pick("queued", which=which), "ringing", when)

    @precondition(lambda self: self.legs("queued", "ringing"))
    @rule(which=WHICH, when=WHEN)
    def somebody_or_a_voicemail_answers(self, which: int, when: str) -> None:
        self.people.move(self.pick("queued", "ringing", which=which), "in-progress", when)

    @precondition(lambda self: self.legs("in-progress"))
    @rule(which=WHICH, key=st.sampled_from("112239*"), when=WHEN)
    def a_key_is_pressed(self, which: int, key: str, when: str) -> None:
        self.people.press(self.pick("in-progress", which=which), key, when)

    @precondition(lambda self: self.legs("queued", "ringing"))
    @rule(which=WHICH, status=st.sampled_from(["busy", "no-answer", "failed", "canceled"]), when=WHEN)
    def a_phone_stops_to_ring(self, which: int, status: str, when: str) -> None:
        self.people.end(self.pick("queued", "ringing", which=which), status, when)

    @precondition(lambda self: self.legs("in-progress"))
    @rule(which=WHICH, when=WHEN)
    def whoever_answered_hangs_up(self, which: int, when: str) -> None:
        self.people.end(self.pick("in-progress", which=which), "completed", when)

    @precondition(lambda self: self.in_room())
    @rule(which=WHICH, when=WHEN, stays=st.booleans())
    def an_engineers_line_drops_and_the_caller_stays_or_goes(self, which: int, when: str, stays: bool) -> None:
        legs = self.in_room()
        self.people.end(legs[which % len(legs)], "completed", when)
        for caller in [caller for caller in self.people.callers if caller.does == "stayed"]:
            self.people.turn(caller) if stays else self.people.hang_up(caller, when)

    @precondition(lambda self: self.people.callers)
    @rule(which=WHICH, who=st.sampled_from([JON, ADA, LEO]), key=st.sampled_from("12"), twice=st.booleans())
    def an_engineer_texts(self, which: int, who: str, key: str, twice: bool) -> None:
        self.texts += 1
        body = f"{FIRST_TICKET + which % len(self.people.callers)} {key}"
        for _ in range(1 + twice):
            form = {"MessageSid": f"SM{self.texts}", "From": who, "To": ITALY, "Body": body}
            self.night.post(f"{PUBLIC_URL}/sms/incoming", **form)

    # The carrier, and time

    @precondition(lambda self: self.people.late)
    @rule(which=WHICH)
    def a_late_report_comes(self, which: int) -> None:
        self.people.late.pop(which % len(self.people.late))()

    @precondition(lambda self: self.night.carrier.fault is Fault.DOWN)
    @rule()
    def the_carriers_api_is_back(self) -> None:
        self.night.carrier.fault = None

    @rule(seconds=st.sampled_from([1, 5, 20, 61, 160]))
    def time_passes_and_the_sweeper_sweeps(self, seconds: int) -> None:
        self.night.pass_time(seconds)
        try:
            sweep(self.night.house, self.night.moves.phone)
        except Crash:
            return

    # What is always so

    @invariant()
    def whoever_has_a_ticket_keeps_it_until_the_line_drops(self) -> None:
        for ticket in self.night.tickets():
            had = self.had.get(ticket.number)
            if had is not None and had.acknowledged_by and had.escalation == ticket.escalation:
                assert (ticket.state, ticket.acknowledged_by) == (TicketState.ACKNOWLEDGED, had.acknowledged_by)
            self.had[ticket.number] = ticket

    @invariant()
    def nobody_is_rung_for_a_ticket_that_somebody_else_has(self) -> None:
        assert not self.night.rung_late

    @invariant()
    def a_person_is_on_one_call_of_ours_at_most(self) -> None:
        people = Counter(attempt.person for attempt in self.night.living())
        assert all(count == 1 for count in people.values()), people

    @invariant()
    def a_ticket_that_pages_has_an_escalation_that_goes_on(self) -> None:
        for ticket in self.night.tickets():
            if ticket.state is TicketState.PAGING:
                assert f"escalation-{ticket.number}-{ticket.escalation}" in self.night.pager.work

    @invariant()
    def the_timeline_tells_what_the_ticket_says(self) -> None:
        for ticket in self.night.tickets():
            happened = self.night.timeline(ticket.number)
            taken = [line.detail for line in happened if line.event == "acknowledged"]
            dropped = sum(line.event == "line dropped" for line in happened)
            assert len(taken) - dropped == (ticket.state is TicketState.ACKNOWLEDGED)
            assert ticket.acknowledged_by is None or taken[-1].startswith(f"by {ticket.acknowledged_by},")

    def teardown(self) -> None:
        """From here on everybody answers and presses 1: every ticket is taken."""
        self.night.carrier.fault = None
        for _ in range(ROUNDS_TO_THE_END):
            if all(ticket.state is TicketState.ACKNOWLEDGED for ticket in self.night.tickets()):
                break
            self.everybody_does_their_part()
        assert all(ticket.state is TicketState.ACKNOWLEDGED for ticket in self.night.tickets())
        self.whoever_has_a_ticket_keeps_it_until_the_line_drops()
        self.nobody_is_rung_for_a_ticket_that_somebody_else_has()

    def everybody_does_their_part(self) -> None:
        """One round of work, of turns on hold, of answers and keys."""
        for name in list(self.night.pager.work):
            self.do(name)
        for caller in self.waiting():
            self.people.turn(caller)
        for leg in self.legs("queued", "ringing"):
            self.people.move(leg, "in-progress", "now")
        for leg in self.legs("in-progress"):
            self.people.press(leg, "1", "now")
        sweep(self.night.house, self.night.moves.phone)


@pytest.mark.long
@pytest.mark.timeout(900)  # when it fails: the shortest story of the failure takes its time
def test_whatever_happens_one_person_has_the_ticket_and_until_then_somebody_is_called(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    Escalations.night = Night(tmp_path)
    run_state_machine_as_test(
        Escalations,
        settings=settings(
            max_examples=100 if pytestconfig.getoption("--all-modes") else 40,
            stateful_step_count=40,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[*HealthCheck],
        ),
    )


def test_a_phone_that_the_api_refused_is_not_dialled_once_somebody_else_has_the_ticket(tmp_path: Path) -> None:
    Escalations.night = night = Night(tmp_path)
    state = Escalations()
    state.somebody_called_and_the_first_phone_is_rung(count=1, fault=Fault.DOWN)
    (refused,) = night.living()
    state.an_engineer_texts(0, LEO, "1", False)
    state.a_caller_takes_the_next_turn(0)
    assert (refused.person, night.tickets()[0].acknowledged_by) == ("jon", "leo")
    assert not night.carrier.legs
