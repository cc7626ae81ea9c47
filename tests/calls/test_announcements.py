"""Announcements as callers hear them: first, and never in the way of a Critical call."""

from collections.abc import Callable
from datetime import timedelta

from ivr.rehearsal.handsets import answers, manual
from ivr.store.announcements import add_announcement
from ivr.store.audit import Author
from routing.announcements import Announcement, Kind
from routing.screening import Symptom
from tests.line import DAY, ITALIAN_DESK, JON, STRANGER, US, Line

MakeLine = Callable[..., Line]
TEXTS = {"en": "The portal is not available. We are working on it.", "it": "Il portale non è disponibile."}


def announce(line: Line, symptom: Symptom | None = Symptom.PLATFORM, region: str = "it") -> None:
    """An incident that began an hour ago."""
    assert line.clock is not None
    at = line.clock()
    wanted = Announcement(Kind.INCIDENT, at - timedelta(hours=1), None, TEXTS, frozenset({region}), symptom)
    with line.engine.begin() as connection:
        add_announcement(connection, Author("Sara Vogel", at), wanted)


def test_a_caller_with_exactly_that_symptom_hangs_up_informed_and_nobody_is_woken(make_line: MakeLine) -> None:
    line = make_line(mode="twice")
    announce(line)
    caller = line.dial()
    caller.wait_for("The portal is not available")
    caller.wait_for("press 9")
    caller.press("9")
    caller.wait_for("Goodbye")
    caller.wait_until("completed")
    assert line.outcome_of(caller) == "informed"
    assert not line.tickets()
    assert not line.phone(JON).legs


def test_a_critical_caller_who_stays_is_paged_for_as_ever(brief_line: Line) -> None:
    announce(brief_line)
    jon = brief_line.phone(JON, manual)
    caller = brief_line.critical_call()
    assert "The portal is not available" in caller.heard[0]
    brief_line.take(jon.wait_for_ring(), caller)
    assert brief_line.ticket().symptom is Symptom.PLATFORM


def test_an_impatient_key_goes_on_and_an_announcement_without_a_symptom_asks_for_none(make_line: MakeLine) -> None:
    line = make_line()
    announce(line)
    caller = line.dial()
    caller.wait_for("The portal")
    caller.press("1")
    caller.wait_for("This line is for critical issues")
    announce(line, None, "us")
    other = line.dial(STRANGER, US)
    other.wait_for("enter your partner number")
    assert not any("press 9" in heard for heard in other.heard)
    assert any("The portal is not available" in heard for heard in other.heard)


def test_in_support_hours_it_is_heard_in_the_regions_language_before_the_desk(make_line: MakeLine) -> None:
    line = make_line(now=DAY)
    announce(line)
    for number in ITALIAN_DESK:
        line.carrier.add_phone(number, answers)
    caller = line.dial()
    caller.wait_for("Il portale non è disponibile")
    caller.wait_for("prema 9")
    caller.wait_for("Benvenuti al supporto")
    assert line.eventually(lambda: any(line.carrier.phones[number].legs for number in ITALIAN_DESK))


def test_announcements_that_cannot_be_read_keep_nobody_from_the_engineer(make_line: MakeLine) -> None:
    line = make_line()
    with line.engine.begin() as connection:
        connection.exec_driver_sql("drop table announcements")
    jon = line.phone(JON, manual)
    line.platform_is_down()
    jon.wait_for_ring()
