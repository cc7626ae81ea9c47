"""Whom to ring next: tables first, then whole rounds by hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.escalation import (
    Attempt,
    Candidate,
    GiveUp,
    Level,
    Line,
    Order,
    Outcome,
    Place,
    Policy,
    Ring,
    RoundOver,
    Target,
    TargetKind,
    Wait,
    last_resort,
    managers_line,
    next_move,
    people_at,
    put_first,
)
from routing.people import Engineer

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
NOBODY: frozenset[str] = frozenset()


def person(name: str, *phones: str) -> Candidate:
    return Candidate(name, name, phones or (f"+{name}",), "test")


JON, ADA, LEO = person("jon", "+jon1", "+jon2"), person("ada"), person("leo")
ONE_AFTER_THE_OTHER = (Line((JON,), 20), Line((ADA,), 20), Line((LEO,), 20))


def tried(who: Candidate, phone: str, outcome: Outcome | None, round_: int = 1) -> Attempt:
    return Attempt(f"{phone}-{round_}", round_, who.person, phone, placed_at=AT, outcome=outcome)


def rung(move: object) -> str:
    assert isinstance(move, Ring), move
    return move.phone


def test_all_phones_of_a_person_come_before_the_next_person() -> None:
    assert rung(next_move(ONE_AFTER_THE_OTHER, (), 1, NOBODY, AT)) == "+jon1"
    first = tried(JON, "+jon1", Outcome.NO_ANSWER)
    assert rung(next_move(ONE_AFTER_THE_OTHER, (first,), 1, NOBODY, AT)) == "+jon2"
    second = tried(JON, "+jon2", Outcome.BUSY)
    assert rung(next_move(ONE_AFTER_THE_OTHER, (first, second), 1, NOBODY, AT)) == "+ada"


def test_a_decline_leaves_the_persons_other_phones_alone() -> None:
    declined = tried(JON, "+jon1", Outcome.DECLINED)
    assert rung(next_move(ONE_AFTER_THE_OTHER, (declined,), 1, NOBODY, AT)) == "+ada"


def test_f28_a_person_on_another_call_is_passed_over() -> None:
    assert rung(next_move(ONE_AFTER_THE_OTHER, (), 1, frozenset({"jon"}), AT)) == "+ada"


def test_a_living_attempt_is_waited_for_and_given_up_after_its_time() -> None:
    living = tried(JON, "+jon1", None)
    assert isinstance(next_move(ONE_AFTER_THE_OTHER, (living,), 1, NOBODY, AT), Wait)
    ringing = replace(living, ringing_at=AT)
    assert next_move(ONE_AFTER_THE_OTHER, (ringing,), 1, NOBODY, AT) == Wait(AT + timedelta(seconds=25))
    assert next_move(ONE_AFTER_THE_OTHER, (ringing,), 1, NOBODY, AT + timedelta(seconds=25)) == GiveUp(ringing)


def test_whoever_presses_keys_may_listen_for_longer_than_whoever_only_picked_up() -> None:
    answered = replace(tried(JON, "+jon1", None), answered_at=AT)
    minute = AT + timedelta(seconds=60)
    assert next_move(ONE_AFTER_THE_OTHER, (answered,), 1, NOBODY, AT) == Wait(minute)
    assert next_move(ONE_AFTER_THE_OTHER, (answered,), 1, NOBODY, minute) == GiveUp(answered)
    until = AT + timedelta(seconds=190)
    listening = replace(answered, listens_until=until)
    assert next_move(ONE_AFTER_THE_OTHER, (listening,), 1, NOBODY, minute) == Wait(until)
    assert next_move(ONE_AFTER_THE_OTHER, (listening,), 1, NOBODY, until) == GiveUp(listening)


def test_f29_a_call_that_the_carrier_queues_gets_its_full_ring_once_it_rings() -> None:
    late = replace(tried(JON, "+jon1", None), ringing_at=AT + timedelta(seconds=50))
    assert next_move(ONE_AFTER_THE_OTHER, (late,), 1, NOBODY, AT) == Wait(AT + timedelta(seconds=75))


def test_an_attempt_that_never_reached_the_carrier_is_placed_first() -> None:
    unplaced = replace(tried(JON, "+jon1", None), placed_at=None)
    assert next_move(ONE_AFTER_THE_OTHER, (unplaced,), 1, NOBODY, AT) == Place(unplaced)


def test_an_attempt_that_was_called_off_before_it_rang_is_no_try() -> None:
    called_off = replace(tried(JON, "+jon1", Outcome.CANCELED), placed_at=None)
    assert rung(next_move(ONE_AFTER_THE_OTHER, (called_off,), 1, NOBODY, AT)) == "+jon1"
    stopped = tried(JON, "+jon1", Outcome.CANCELED)
    assert rung(next_move(ONE_AFTER_THE_OTHER, (stopped,), 1, NOBODY, AT)) == "+jon2"


def test_f27_levels_with_nobody_are_skipped_at_once() -> None:
    lines = (Line((), 20), Line((), 20), Line((LEO,), 20))
    assert rung(next_move(lines, (), 1, NOBODY, AT)) == "+leo"


def test_a_level_that_rings_together_rings_everybody_and_then_waits() -> None:
    lines = (Line((JON, ADA), 20, together=True), Line((LEO,), 20))
    first = tried(JON, "+jon1", None)
    assert rung(next_move(lines, (first,), 1, NOBODY, AT)) == "+ada"
    both = (first, tried(ADA, "+ada", None))
    assert isinstance(next_move(lines, both, 1, NOBODY, AT), Wait)


def test_a_new_round_rings_everybody_again() -> None:
    done = tuple(tried(who, phone, Outcome.NO_ANSWER) for who in (JON, ADA, LEO) for phone in who.phones)
    assert next_move(ONE_AFTER_THE_OTHER, done, 1, NOBODY, AT) == RoundOver(all_busy=False)
    assert rung(next_move(ONE_AFTER_THE_OTHER, done, 2, NOBODY, AT)) == "+jon1"


def test_f5_nobody_at_all_ends_the_round_at_once_and_managers_are_rung() -> None:
    assert next_move((), (), 1, NOBODY, AT) == RoundOver(all_busy=False)
    managers = managers_line([Engineer("sara", "Sara", ("+sara",), manager=True), Engineer("mia", "Mia", ("+mia",))])
    policy = Policy("noc", "NOC", (), repeat=2)
    assert rung(next_move(last_resort((Line((), 20),), (), managers, 1, policy, NOBODY), (), 1, NOBODY, AT)) == "+sara"


def test_all_busy_rings_managers_at_once_and_otherwise_after_the_repeats() -> None:
    managers, policy = Line((LEO,), 20), Policy("noc", "NOC", (), repeat=2)
    lines, fallback = (Line((JON,), 20),), (Line((ADA,), 20),)
    assert last_resort(lines, fallback, managers, 1, policy, NOBODY) == lines
    assert last_resort(lines, fallback, managers, 1, policy, frozenset({"jon"})) == (*lines, *fallback, managers)
    assert last_resort(lines, fallback, managers, 3, policy, NOBODY) == (*lines, managers)


def test_round_robin_begins_with_another_person_for_each_ticket_and_rings_everybody() -> None:
    engineers = {key: Engineer(key, key.title(), (f"+{key}",)) for key in ("jon", "ada", "leo")}
    targets = tuple(Target(TargetKind.ENGINEER, key) for key in engineers)
    level = Level(targets, order=Order.ROUND_ROBIN)

    def order(turn: int, *levels: Level) -> list[list[str]]:
        lines = people_at(Policy("noc", "NOC", levels), {}, engineers, AT, turn)
        return [[person.person for person in line.candidates] for line in lines]

    assert order(0, level) == [["jon", "ada", "leo"]]
    assert order(1, level) == [["ada", "leo", "jon"]]
    assert order(5, level) == [["leo", "jon", "ada"]]
    assert order(5, Level(targets)) == [["jon", "ada", "leo"]]
    assert order(5, Level((), order=Order.ROUND_ROBIN)) == [[]]


def test_a_dropped_engineer_is_rung_first_and_only_once() -> None:
    lines = put_first(ONE_AFTER_THE_OTHER, LEO)
    phones = []
    attempts: tuple[Attempt, ...] = ()
    while isinstance(move := next_move(lines, attempts, 1, NOBODY, AT), Ring):
        phones.append(move.phone)
        attempts = (*attempts, tried(move.candidate, move.phone, Outcome.NO_ANSWER))
    assert phones == ["+leo", "+jon1", "+jon2", "+ada"]


people = st.builds(
    lambda name, phones: Candidate(name, name, tuple(phones), "x"),
    st.sampled_from("abcdef"),
    st.lists(st.sampled_from([f"+{n}" for n in range(8)]), min_size=1, max_size=3, unique=True),
)
lines = st.lists(st.builds(Line, st.lists(people, max_size=3).map(tuple), st.just(20), st.booleans()), max_size=4).map(
    tuple
)
outcomes = st.sampled_from([o for o in Outcome if o is not Outcome.ACCEPTED])


@given(lines, st.data())
def test_a_round_ends_and_never_rings_a_number_twice_or_a_busy_person(
    levels: tuple[Line, ...], data: st.DataObject
) -> None:
    busy = frozenset(data.draw(st.sets(st.sampled_from("abcdef"))))
    attempts: tuple[Attempt, ...] = ()
    while not isinstance(move := next_move(levels, attempts, 1, busy, AT), RoundOver):
        if isinstance(move, Ring):
            assert move.candidate.person not in busy
            assert move.phone not in {attempt.phone for attempt in attempts}
            living = {attempt.person for attempt in attempts if attempt.outcome is None}
            assert move.candidate.person not in living
            attempts = (*attempts, tried(move.candidate, move.phone, None))
        else:
            assert isinstance(move, Wait)
            ended = next(n for n, attempt in enumerate(attempts) if attempt.outcome is None)
            outcome = data.draw(outcomes)
            attempts = (*attempts[:ended], replace(attempts[ended], outcome=outcome), *attempts[ended + 1 :])
    free = {person.person for line in levels for person in line.candidates} - busy
    declined = {attempt.person for attempt in attempts if attempt.outcome is Outcome.DECLINED}
    reachable = {p.phones for line in levels for p in line.candidates if p.person in free - declined}
    assert {phone for phones in reachable for phone in phones} <= {attempt.phone for attempt in attempts}
