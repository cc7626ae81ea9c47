"""Two at once: who accepts while somebody else does, and while the escalation decides."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ivr.paging.acceptance import Taken
from ivr.paging.moves import Moves
from ivr.paging.phone import Phone
from ivr.rehearsal.handsets import manual
from ivr.store import attempts
from ivr.voice.leg import EngineerLeg
from tests.faults.test_faults import KINDS, variant
from tests.line import ADA, JON, LEO, Line

MakeLine = Callable[..., Line]


def test_f3_of_two_who_press_at_once_exactly_one_has_the_ticket(make_line: MakeLine, tmp_path: Path) -> None:
    together = (
        'targets = ["rota:noc"]',
        'targets = ["rota:noc", "rota:noc-backup", "engineer:leo"]\n  together = true',
    )
    config = variant(
        tmp_path,
        together,
        ("  together = false                             # true: everybody of this level at once\n", ""),
    )
    line = make_line("postgresql", config=config)
    phones = [line.phone(number, manual) for number in (JON, ADA, LEO)]
    caller = line.critical_call()
    legs = [phone.wait_for_ring() for phone in phones]
    for leg in legs:
        leg.answer()
    for leg in legs:
        leg.wait_for("Critical ticket")
    for leg in legs:
        leg.press("1")
    assert line.eventually(lambda: bool(caller.with_))
    winner = line.ticket().acknowledged_by
    (with_caller,) = caller.with_
    assert with_caller.to in line.phones_of(winner or "")
    heard = [" ".join(leg.heard) for leg in legs]
    assert sum("It is yours" in words for words in heard) == 1
    assert line.events().count("acknowledged") == 1


@KINDS
def test_f3_an_accept_never_comes_between_what_an_escalation_reads(
    make_line: MakeLine, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    line = make_line(kind)
    line.phone(JON, manual)
    with line.frozen_worker():
        caller = line.critical_call()
        caller.wait_for("calling the engineer")
        moves = Moves(line.house, Phone(line.settings))
        (id_,) = {moves.look(1042, 1)["attempt"], moves.look(1042, 1)["attempt"]}
        with line.engine.begin() as connection:
            attempts.set_once(connection, id_, placed_at=line.house.clock(), answered_at=line.house.clock())
        accepting = threading.Thread(target=take, args=[line, id_])

        def read_after_accept(connection: Connection, ticket: int) -> Sequence[attempts.AttemptRecord]:
            accepting.start()
            accepting.join(0.5)
            return attempts_of(connection, ticket)

        attempts_of = attempts.attempts_of
        monkeypatch.setattr(attempts, "attempts_of", read_after_accept)
        assert moves.look(1042, 1)["do"] == "wait"
        monkeypatch.undo()
        accepting.join(10)
        assert line.ticket().acknowledged_by == "jon"


def take(line: Line, attempt: str) -> None:
    """Key 1 on the leg of an attempt."""
    with line.engine.begin() as connection:
        found = attempts.find_attempt(connection, attempt)
        assert found is not None
        leg = EngineerLeg(line.house, connection, found, line.house.clock())
        assert isinstance(leg.accept(), Taken)
        leg.joined()
