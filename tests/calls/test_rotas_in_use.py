"""What managers change in rotas and hours, as callers and engineers meet it."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import nightline
from ivr.configuration.apply import apply_file
from ivr.rehearsal.handsets import answers, busy, manual
from tests.faults.test_faults import variant
from tests.line import ADA, DAY, ITALIAN_DESK, ITALY, JON, JON_TOO, LEO, NIGHT, Line, ringing_for

MakeLine = Callable[..., Line]

CHRISTMAS_EVE = datetime.fromisoformat("2026-12-24T20:00:00+01:00")
"""The sample rota's override: Leo instead of whose turn it is."""

WITHOUT_JON = (
    (
        '[[engineers]]\nkey = "jon"\nname = "Jon Bell"\nphones = ["+44 7700 900 120", "+44 20 7946 0120"]\n'
        'email = "jon@example.com"\n',
        "",
    ),
    ('participants = ["mia", "jon", "ada"]', 'participants = ["mia", "ada"]'),
    ('participants = ["jon", "ada", "mia"]', 'participants = ["ada", "mia"]'),
)
NOBODY = (
    ('participants = ["mia", "jon", "ada"]', "participants = []"),
    ('participants = ["jon", "ada", "mia"]', "participants = []"),
)


def who(line: Line, at: datetime) -> str:
    found = CliRunner(env={"NIGHTLINE_DATABASE_URL": line.settings.database_url})
    return found.invoke(nightline, ["who", "--at", at.isoformat()]).output


@pytest.mark.parametrize("away", [False, True], ids=["with the database", "from the standby"])
def test_f13_an_override_is_who_is_rung_and_texted_and_shown_with_and_without_the_database(
    make_line: MakeLine, away: bool
) -> None:
    line = make_line(now=CHRISTMAS_EVE)
    leo = line.phone(LEO, manual)
    expected = "level 1: Leo Marin (override by Sara Vogel)"
    assert expected in who(line, CHRISTMAS_EVE)
    with line.database_away() if away else nullcontext():
        caller = line.critical_call()
        line.take(leo.wait_for_ring(), caller)
        leo.wait_for_text("CRITICAL")
    assert line.eventually(lambda: bool(line.tickets()))
    (ticket,) = line.tickets()
    assert line.eventually(lambda: bool(line.attempts(ticket.number)))
    because = [(attempt.phone, attempt.because) for attempt in line.attempts(ticket.number)]
    assert because == [(LEO, "override by Sara Vogel")]


def test_f15_an_engineer_who_is_removed_while_ringing_gets_nothing_more_and_the_past_stays(
    make_line: MakeLine, tmp_path: Path
) -> None:
    line = make_line()
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    jon.wait_for_text("CRITICAL")
    before = line.attempts()
    with line.engine.begin() as connection:
        apply_file(connection, ringing_for(variant(tmp_path, *WITHOUT_JON), 120, tmp_path))
    jon.text(ITALY, "1042 1")
    ring.decline()
    hers = ada.wait_for_ring()
    line.take(hers, caller)
    first, second = line.attempts()
    assert (first.id, first.person, first.name, first.because) == ("1042-1", "jon", "Jon Bell", "weekly, week 48")
    assert (first.decided_at, first.phone) == (before[0].decided_at, JON)
    assert (second.person, line.ticket().acknowledged_by) == ("ada", "ada")
    assert line.phone(JON_TOO).legs == []
    assert len(jon.legs) == len(jon.texts) == 1
    printed = CliRunner(env={"NIGHTLINE_DATABASE_URL": line.settings.database_url})
    assert f"Jon Bell at {JON} (weekly, week 48)" in printed.invoke(nightline, ["ticket", "1042"]).output
    assert "Jon Bell" not in who(line, NIGHT)


def test_f16_a_gap_is_shown_as_nobody_and_warned_about_when_the_file_is_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    applied = CliRunner().invoke(nightline, ["apply", str(variant(tmp_path, *NOBODY))])
    assert applied.exit_code == 0
    assert "warning: " in applied.output
    assert "nobody takes turns in NOC on call." in applied.output
    for at, levels in (
        (NIGHT, ["NOBODY", "NOBODY"]),
        (CHRISTMAS_EVE, ["Leo Marin (override by Sara Vogel)", "NOBODY"]),
    ):
        shown = CliRunner().invoke(nightline, ["who", "--at", at.isoformat()]).output
        for level, people in enumerate(levels, start=1):
            assert shown.count(f"  level {level}: {people}\n") == 6


HOURS_OF_ITALY = 'number = "+39 0461 171 5112"\nzone = "Europe/Rome"\nhours = ["Mon-Fri 09:00-18:00"]\n'


@pytest.mark.parametrize("change", ["closures = [2026-11-25]", 'greeting = "Maintenance today. Please call tomorrow."'])
def test_f36_neither_a_closure_nor_an_announcement_keeps_a_critical_call_from_an_engineer(
    make_line: MakeLine, tmp_path: Path, change: str
) -> None:
    line = make_line(now=DAY, config=variant(tmp_path, (HOURS_OF_ITALY, f"{HOURS_OF_ITALY}{change}\n")))
    for number in ITALIAN_DESK:
        line.carrier.add_phone(number, busy)
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    line.take(jon.wait_for_ring(), caller)
    desk_was_rung = any(line.carrier.phones[number].legs for number in ITALIAN_DESK)
    assert desk_was_rung is change.startswith("greeting")
    assert ("Maintenance today" in " ".join(caller.heard)) is change.startswith("greeting")


CHRISTMAS_DAY = datetime.fromisoformat("2026-12-25T11:00:00+01:00")


@pytest.mark.parametrize(
    ("calendar", "is_open"),
    [
        ("", True),
        ('holidays = "IT"', False),
        ('holidays = "IT"\nopenings = ["2026-12-25 10:00-12:00"]', True),
    ],
    ids=["no calendar", "a holiday", "a special opening on a holiday"],
)
def test_on_a_holiday_that_a_region_keeps_a_call_is_screened_unless_it_is_a_special_opening(
    make_line: MakeLine, tmp_path: Path, calendar: str, is_open: bool
) -> None:
    config = variant(tmp_path, (HOURS_OF_ITALY, f"{HOURS_OF_ITALY}{calendar}\n"))
    line = make_line(now=CHRISTMAS_DAY, config=config)
    line.carrier.add_phone(ITALIAN_DESK[0], answers)
    line.carrier.add_phone(ITALIAN_DESK[1], busy)
    caller = line.dial()
    if is_open:
        caller.wait_until_with(line.carrier.phones[ITALIAN_DESK[0]].wait_for_ring())
    else:
        caller.wait_for("platform")
    caller.hang_up()


TWO_MORE = """  kind = "add"
  from = 2026-11-28T00:00:00
  until = 2026-11-28T09:00:00
  zone = "Europe/Rome"

  [[rotas.overrides]]
  engineer = "leo"
"""


def test_whoever_was_added_is_rung_after_the_one_on_call_and_says_why(make_line: MakeLine, tmp_path: Path) -> None:
    added = '  engineer = "leo"\n'
    line = make_line(config=variant(tmp_path, (f"{added}  kind", f"{added}{TWO_MORE}  kind")))
    jon, leo = line.phone(JON, manual), line.phone(LEO, manual)
    caller = line.critical_call()
    jon.wait_for_ring().decline()
    line.take(leo.wait_for_ring(), caller)
    rung = {attempt.person: attempt.because for attempt in line.attempts()}
    assert list(rung.items()) == [("jon", "weekly, week 48"), ("leo", "override, added")]
