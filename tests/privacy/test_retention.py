"""Retention: what is too old goes, kind by kind, on both databases, once, and is written down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivr.privacy.retention import Swept, run, run_daily
from ivr.store import retention, tickets
from ivr.store.attachments import attachments_of
from ivr.store.calls import answers_of, find_call, update_call
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.feedback import find_feedback
from ivr.store.messages import recordings_of, texts_of
from routing.retention import Retention
from routing.tickets import TicketState
from schedules.edits import without_what_ended
from schedules.rota import Earlier, Override
from tests.privacy.conftest import Archive


def run_now(archive: Archive, **more: Any) -> dict[str, Swept]:
    return {one.kind: one for one in run(archive.house, "tests", f"run-{archive.desk.at.isoformat()}", **more)}


def test_what_is_too_old_goes_and_what_is_not_stays(archive: Archive) -> None:
    old, young = archive.call_with_ticket(2000, "CA1"), archive.call_with_ticket(10, "CA2")
    middle = archive.call_with_ticket(400, "CA3")
    counted = run_now(archive, dry=True)
    assert archive.desk.do(lambda connection: tickets.find_ticket(connection, old)) is not None
    swept = run_now(archive)
    for kind in ("recordings", "answers", "calls", "texts"):
        assert counted[kind].deleted == swept[kind].deleted > 0
    assert (swept["tickets"].deleted, swept["calls"].deleted, swept["recordings"].deleted) == (1, 1, 2)
    assert archive.carrier.recordings == {"RECA2": 3}
    for number, sid, is_there in ((old, "CA1", False), (middle, "CA3", True), (young, "CA2", True)):
        found = archive.desk.do(lambda c, n=number, s=sid: (tickets.find_ticket(c, n), find_call(c, s)))
        assert [one is not None for one in found] == [is_there, is_there]
    assert run_now(archive) == {}
    archive.desk.at += timedelta(minutes=1)
    assert run_now(archive)["calls"].deleted == 0


@pytest.mark.parametrize("state", [TicketState.OPEN, TicketState.PAGING, TicketState.ACKNOWLEDGED])
def test_a_ticket_that_is_not_over_keeps_everything(archive: Archive, state: TicketState) -> None:
    number = archive.call_with_ticket(2000, state=state)
    archive.call_with_ticket(2000, "CA2")
    before = everything_of(archive, number, "CA1")
    assert run_now(archive)["calls"].deleted == 1
    assert everything_of(archive, number, "CA1") == before
    assert all(before)
    assert not any(everything_of(archive, number + 1, "CA2"))


@pytest.mark.parametrize("state", [TicketState.OPEN, TicketState.CLOSED])
def test_of_calls_about_one_ticket_all_stay_until_it_is_over(archive: Archive, state: TicketState) -> None:
    number = archive.call_with_ticket(2000, state=state)
    archive.night.call("CA2", archive.night.ago(days=1999), ticket=number)
    archive.night.answer("CA2", archive.night.ago(days=1999), about_open_ticket="1")

    def call_again(connection: Any) -> None:
        update_call(connection, "CA1", ticket=number)
        tickets.update_ticket(connection, number, call="CA2")

    archive.desk.do(call_again)
    run_now(archive)
    for sid in ("CA1", "CA2"):
        kept = archive.desk.do(lambda c, sid=sid: (find_call(c, sid), answers_of(c, sid)))
        assert [bool(one) for one in kept] == [state is TicketState.OPEN] * 2


def everything_of(archive: Archive, number: int, sid: str) -> list[Any]:
    """What is stored of a ticket and its call: none of it is empty before anything is deleted."""
    return [
        archive.desk.do(lambda connection, find=find, key=key: find(connection, key))
        for find, key in (
            (tickets.find_ticket, number),
            (tickets.timeline, number),
            (recordings_of, number),
            (texts_of, number),
            (attachments_of, number),
            (find_feedback, number),
            (find_call, sid),
            (answers_of, sid),
        )
    ]


def test_a_recording_that_the_carrier_does_not_delete_stays_for_the_next_run(
    make_archive: Callable[[str], Archive],
) -> None:
    archive = make_archive("sqlite")
    number = archive.call_with_ticket(400)
    archive.carrier.close()
    swept = run_now(archive)["recordings"]
    assert swept.deleted == 0
    assert swept.detail.startswith("1 are left for the next run")
    assert archive.desk.do(lambda connection: recordings_of(connection, number))
    (told,) = [one for one in archive.desk.do(retention.list_runs) if one.kind == "recordings"]
    assert told.detail == swept.detail
    page = archive.desk
    assert page.do(retention.last_run_at) == page.at


def test_the_workers_run_it_once_in_a_day_and_what_is_kept_for_ever_stays(archive: Archive) -> None:
    archive.call_with_ticket(2000)

    def keep(connection: Any) -> None:
        known = load_configuration(connection)
        rules = replace(known.rules, retention=Retention(tickets=0, calls=0))
        save_configuration(connection, replace(known, rules=rules))

    archive.desk.do(keep)
    assert {one.kind: one.deleted for one in run_daily(archive.house)}["calls"] == 0
    assert run_daily(archive.house) == ()
    archive.desk.at += timedelta(hours=24)
    assert run_daily(archive.house) != ()
    assert archive.desk.do(lambda connection: find_call(connection, "CA1")) is not None


def test_what_ended_goes_out_of_a_rota_and_nobody_else_is_said_to_have_been_on_call(archive: Archive) -> None:
    at = archive.desk.at
    rota = archive.desk.do(load_configuration).rotas["noc"]
    long_ago = Override("jon", at - timedelta(days=2000), at - timedelta(days=1999), "sara")
    newer = replace(long_ago, starts_at=at - timedelta(days=2), ends_at=at - timedelta(days=1))
    earlier = (Earlier(rota.layers, at - timedelta(days=1500)), Earlier(rota.layers[:1], at - timedelta(days=10)))
    found, went = without_what_ended(
        replace(rota, overrides=(long_ago, newer), earlier=earlier), at - timedelta(days=1095)
    )
    assert (found.overrides, went) == ((newer,), 2)
    assert found.earlier == (Earlier((), at - timedelta(days=1500)), earlier[1])
    assert without_what_ended(found, at - timedelta(days=1095)) == (found, 0)
