"""Reminders: who is told of which shift and when, once, and what becomes of it when the shift moves."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from ivr.reminders.keeper import remind
from ivr.store.messages import text_sent
from ivr.store.optouts import stop_texts
from ivr.store.tables import messages
from schedules.overrides import Override
from tests.calendars.desk import Desk
from tests.line import ADA, JON, LEO, MIA, SARA

MakeDesk = Callable[..., Desk]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HANDOFF = datetime(2026, 11, 30, 8, tzinfo=UTC)
"""A Monday, nine in Rome: Jon hands the NOC over to Ada. The backup goes from Ada to Mia."""


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A day before the handoff, to the minute."""
    desk = make_desk(at=HANDOFF - 24 * HOUR)
    desk.set(handoff_notices=False)
    return desk


def texts(desk: Desk, to: str | None = None) -> list[str]:
    with desk.engine.begin() as connection:
        rows = connection.execute(select(messages).order_by(messages.c.at, messages.c.key)).all()
    return [row.body.removeprefix("Nightline: ") for row in rows if to in (None, row.to) and row.status != "stale"]


def sent(desk: Desk) -> None:
    """The carrier took everything that waits."""
    with desk.engine.begin() as connection:
        for row in connection.execute(select(messages).where(messages.c.status == "waiting")).all():
            text_sent(connection, row.key, f"SM{row.key[-30:]}", "sent")


def at(desk: Desk, when: datetime) -> int:
    desk.at = when
    count = remind(desk.house)
    sent(desk)
    return count


FROM = "from Mon 30 Nov 09:00 CET until Mon 7 Dec 09:00 CET"


def test_everybody_is_reminded_a_day_and_an_hour_before_their_shift_and_asked_for_an_ok(desk: Desk) -> None:
    assert at(desk, HANDOFF - 24 * HOUR - MINUTE) == 0
    assert at(desk, HANDOFF - 24 * HOUR) == 2
    assert texts(desk, ADA) == [f"you are on call on NOC on call {FROM}. Reply OK to confirm."]
    assert texts(desk, MIA) == [f"you are on call on NOC backup {FROM}. Reply OK to confirm."]
    assert at(desk, HANDOFF - 2 * HOUR) == 0
    assert at(desk, HANDOFF - HOUR + MINUTE) == 2
    assert len(texts(desk, ADA)) == 2
    assert at(desk, HANDOFF + MINUTE) == 0
    assert texts(desk, JON) == []


def test_looking_again_and_again_reminds_once(desk: Desk) -> None:
    assert [at(desk, HANDOFF - 24 * HOUR + n * MINUTE) for n in range(5)] == [2, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_f17_of_many_workers_who_look_at_once_one_reminds(make_desk: MakeDesk, kind: str) -> None:
    desk = make_desk(kind, at=HANDOFF)
    ready, counts = threading.Barrier(6), []

    def look() -> None:
        ready.wait()
        counts.append(remind(desk.house))

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(counts), sum(counts)) == (6, 4)
    assert sorted(len(texts(desk, number)) for number in (JON, ADA, MIA)) == [1, 1, 2]


def test_f19_a_reminder_that_is_late_is_dropped_and_not_sent_in_the_night(desk: Desk) -> None:
    assert at(desk, HANDOFF - 22 * HOUR) == 0
    assert at(desk, HANDOFF - 29 * MINUTE) == 0
    assert texts(desk) == []


def test_hours_are_settings_and_so_is_whether_anybody_is_reminded(desk: Desk) -> None:
    desk.set(reminder_hours=(48,))
    assert at(desk, HANDOFF - 24 * HOUR) == 0
    assert at(desk, HANDOFF - 48 * HOUR) == 2
    desk.set(reminders=False, reminder_hours=(24,))
    assert at(desk, HANDOFF - 24 * HOUR) == 0


def test_whoever_is_on_call_already_and_stays_is_not_reminded(desk: Desk) -> None:
    desk.override("noc", Override("jon", HANDOFF, HANDOFF + 5 * HOUR))
    assert at(desk, HANDOFF - 24 * HOUR) == 1
    assert texts(desk, JON) == []
    assert at(desk, HANDOFF - 19 * HOUR) == 1
    assert "from Mon 30 Nov 14:00 CET" in texts(desk, ADA)[0]


def test_f12_times_are_on_the_rotas_own_clock_also_when_it_changes(make_desk: MakeDesk) -> None:
    desk = make_desk(at=datetime(2026, 3, 22, 8, tzinfo=UTC))
    desk.set(handoff_notices=False)
    rota = desk.known().rotas["noc-backup"]
    layer = replace(rota.layers[0], rotation=replace(rota.layers[0].rotation, zone="America/New_York"))
    known = desk.known()
    desk.save(replace(known, rotas={**known.rotas, "noc-backup": replace(rota, layers=(layer,))}))
    at(desk, datetime(2026, 3, 22, 13, tzinfo=UTC))
    assert any("from Mon 23 Mar 09:00 EDT until Mon 30 Mar 09:00 EDT" in body for body in texts(desk))
    at(desk, datetime(2026, 3, 29, 7, tzinfo=UTC))
    assert any("from Mon 30 Mar 09:00 CEST" in body for body in texts(desk))


def test_f13_an_override_is_who_is_reminded_and_nobody_else(desk: Desk) -> None:
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + 24 * HOUR, "Sara Vogel"))
    at(desk, HANDOFF - 24 * HOUR)
    assert texts(desk, LEO) == [
        "you are on call on NOC on call from Mon 30 Nov 09:00 CET until Tue 1 Dec 09:00 CET. Reply OK to confirm."
    ]
    assert texts(desk, ADA) == []
    at(desk, HANDOFF)
    assert texts(desk, ADA) == [
        "you are on call on NOC on call from Tue 1 Dec 09:00 CET until Mon 7 Dec 09:00 CET. Reply OK to confirm."
    ]


def test_f13_a_shift_that_moves_after_its_reminder_is_corrected_once_and_back_again_once(desk: Desk) -> None:
    at(desk, HANDOFF - 24 * HOUR)
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + 3 * HOUR))
    assert [at(desk, HANDOFF - 20 * HOUR + n * MINUTE) for n in range(3)] == [1, 0, 0]
    later = FROM.replace("09:00", "12:00", 1)
    assert texts(desk, ADA)[1:] == [f"changed. You are on call on NOC on call {later}. Reply OK to confirm."]
    desk.overrides("noc")
    assert [at(desk, HANDOFF - 18 * HOUR + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert texts(desk, ADA)[2:] == [f"changed. You are on call on NOC on call {FROM}. Reply OK to confirm."]
    assert at(desk, HANDOFF - HOUR) == 2
    assert len(texts(desk, ADA)) == 4


def test_f13_a_shift_that_is_taken_away_is_withdrawn_and_one_that_is_given_back_is_told_again(desk: Desk) -> None:
    at(desk, HANDOFF - 24 * HOUR)
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + 200 * HOUR))
    assert at(desk, HANDOFF - 20 * HOUR) == 1
    assert texts(desk, ADA)[1:] == [
        "changed. The shift on NOC on call from Mon 30 Nov 09:00 CET is not yours any more."
    ]
    desk.overrides("noc")
    assert [at(desk, HANDOFF - 18 * HOUR + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert texts(desk, ADA)[2:] == [f"changed again. You are on call on NOC on call {FROM}. Reply OK to confirm."]
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + 200 * HOUR))
    assert [at(desk, HANDOFF - 17 * HOUR + n * MINUTE) for n in range(3)] == [1, 0, 0]
    assert len(texts(desk, ADA)) == 4


def test_a_reminder_that_was_not_sent_yet_is_taken_back_without_a_word(desk: Desk) -> None:
    desk.at = HANDOFF - 24 * HOUR
    assert remind(desk.house) == 2
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + 200 * HOUR))
    desk.at += MINUTE
    assert remind(desk.house) == 1  # Leo, a minute late
    assert texts(desk, ADA) == []
    assert len(texts(desk, LEO)) == 1


def test_a_shift_that_ends_at_another_time_than_was_told_is_corrected(desk: Desk) -> None:
    at(desk, HANDOFF - 24 * HOUR)
    desk.override("noc", Override("leo", HANDOFF + 48 * HOUR, HANDOFF + 72 * HOUR))
    assert at(desk, HANDOFF - 20 * HOUR) == 1
    assert "from Mon 30 Nov 09:00 CET until Wed 2 Dec 09:00 CET" in texts(desk, ADA)[1]


def test_a_change_in_the_hour_before_a_shift_is_told_once_and_not_as_a_reminder_too(desk: Desk) -> None:
    at(desk, HANDOFF - 24 * HOUR)
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + HOUR / 2))
    assert at(desk, HANDOFF - 29 * MINUTE) == 1
    assert len(texts(desk, ADA)) == 2


def test_f15_whoever_left_or_is_not_active_hears_nothing_more_and_a_rota_may_go(desk: Desk) -> None:
    at(desk, HANDOFF - 24 * HOUR)
    known = desk.known()
    rota = replace(known.rotas["noc"], layers=())
    desk.save(replace(known, engineers={k: e for k, e in known.engineers.items() if k != "ada"}, rotas={"noc": rota}))
    assert at(desk, HANDOFF - 20 * HOUR) == 1  # Mia, of the rota that is gone
    assert texts(desk, MIA)[1] == "changed. The shift on noc-backup from Mon 30 Nov 03:00 EST is not yours any more."


def test_nobody_is_texted_who_stopped_texts_to_that_phone(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        stop_texts(connection, ADA, desk.at)
    assert at(desk, HANDOFF - 24 * HOUR) == 1
    assert texts(desk, ADA) == []


def test_a_reminder_that_its_reader_never_got_needs_no_correction(desk: Desk) -> None:
    at(desk, HANDOFF - 24 * HOUR)
    with desk.engine.begin() as connection:
        connection.execute(update(messages).values(status="failed"))
    desk.override("noc", Override("leo", HANDOFF, HANDOFF + 200 * HOUR))
    assert at(desk, HANDOFF - 20 * HOUR) == 0


def test_at_a_handoff_both_sides_hear_who_takes_over_until_when_and_for_how_long(desk: Desk) -> None:
    desk.set(handoff_notices=True, reminders=False)
    assert at(desk, HANDOFF - MINUTE) == 0
    assert at(desk, HANDOFF) == 4
    until = "until Mon 7 Dec 09:00 CET (7 d)"
    assert texts(desk, JON) == [f"your shift on NOC on call is over, thank you. Ada Rossi is on call {until}."]
    assert set(texts(desk, ADA)) == {
        f"you are on call on NOC on call now, {until}. You take over from Jon Bell.",
        f"your shift on NOC backup is over, thank you. Mia Keller is on call {until}.",
    }
    assert [at(desk, HANDOFF + n * MINUTE) for n in (1, 5, 9)] == [0, 0, 0]


def test_f13_a_handoff_that_an_override_makes_is_noticed_and_one_that_it_hides_is_not(desk: Desk) -> None:
    desk.set(handoff_notices=True, reminders=False)
    desk.overrides("noc", Override("jon", HANDOFF, HANDOFF + 6 * HOUR, "Sara Vogel"))
    assert at(desk, HANDOFF) == 2  # of the backup
    assert texts(desk, JON) == []
    assert at(desk, HANDOFF + 6 * HOUR) == 2
    assert "You take over from Jon Bell" in texts(desk, ADA)[-1]


def test_a_handoff_to_nobody_says_so_and_a_late_notice_is_dropped(desk: Desk) -> None:
    desk.set(handoff_notices=True, reminders=False)
    known = desk.known()
    known = replace(known, rotas={"noc": replace(known.rotas["noc"], layers=())})
    desk.save(known)
    desk.overrides(
        "noc", Override("jon", HANDOFF - 9 * HOUR, HANDOFF), Override("leo", HANDOFF + 5 * HOUR, HANDOFF + 6 * HOUR)
    )
    assert at(desk, HANDOFF) == 1
    assert texts(desk, JON) == [
        "your shift on NOC on call is over, thank you. NOBODY is on call until Mon 30 Nov 08:00 EST (5 h)."
    ]
    assert at(desk, HANDOFF + 5 * HOUR + 11 * MINUTE) == 0


def test_on_monday_at_nine_of_the_default_region_managers_hear_of_gaps_once(desk: Desk) -> None:
    desk.set(reminders=False)
    known = desk.known()
    late = replace(known.rotas["noc"].layers[0].rotation, starts_on=HANDOFF.date() + timedelta(days=14))
    rota = replace(known.rotas["noc"], layers=(replace(known.rotas["noc"].layers[0], rotation=late),))
    desk.save(replace(known, rotas={**known.rotas, "noc": rota}))
    nine = HANDOFF + 6 * HOUR  # in New York
    assert at(desk, nine - MINUTE) == 0
    assert [at(desk, nine + n * HOUR) for n in (0, 1, 2)] == [1, 0, 0]
    (note,) = texts(desk, SARA)
    assert note == "1 gap in the next 13 weeks. NOC on call Mon 30 Nov 09:00 EST to Mon 14 Dec 03:00 EST."
    assert at(desk, nine + 24 * HOUR) == 0
    assert at(desk, nine + 7 * 24 * HOUR + 4 * HOUR) == 0
    desk.set(gap_notes=False)
    assert at(desk, nine + 7 * 24 * HOUR) == 0


def test_without_a_gap_ahead_no_manager_is_texted(desk: Desk) -> None:
    desk.set(reminders=False)
    assert at(desk, HANDOFF + 6 * HOUR) == 0
