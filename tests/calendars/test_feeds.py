"""Calendar feeds: what calendars read, that it stays the same event, and who may read it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from sqlalchemy import select, text

from ivr.store.calendar_tables import calendar_feeds
from ivr.store.feeds import revoke_feed
from schedules.rota import Override, final_schedule, who_is_on_call
from schedules.wallclock import to_local
from tests.calendars.desk import Desk

MakeDesk = Callable[..., Desk]
HOUR = timedelta(hours=1)


def read(desk: Desk, path: str) -> Calendar:
    response = desk.client.get(path)
    assert response.status_code == 200, response.data
    assert response.content_type == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(response.data)
    assert isinstance(found, Calendar)
    return found


def events(desk: Desk, path: str) -> list[Event]:
    return [event for event in read(desk, path).events if isinstance(event, Event)]


def uids(desk: Desk, path: str) -> list[str]:
    return [str(event["UID"]) for event in events(desk, path)]


def spans(found: list[Event]) -> list[tuple[datetime, datetime]]:
    return [(event.DTSTART, event.DTEND) for event in found]  # type: ignore[misc]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_f13_an_engineers_feed_is_exactly_when_the_resolver_has_them_on_call(make_desk: MakeDesk, kind: str) -> None:
    desk = make_desk(kind)
    desk.override("noc", Override("jon", desk.at + 8 * 24 * HOUR, desk.at + 9 * 24 * HOUR, "Sara Vogel"))
    path, _ = desk.feed(engineer="jon")
    found = spans(events(desk, path))
    at = desk.at - timedelta(weeks=4)
    while at < desk.at + timedelta(weeks=26):
        expected = sum(any(p.engineer == "jon" for p in who_is_on_call(r, at)) for r in desk.known().rotas.values())
        assert sum(start <= at < end for start, end in found) == expected, at
        at += 7 * HOUR


def test_a_rotas_feed_is_its_final_schedule_and_names_its_gaps(desk: Desk) -> None:
    known = desk.known()
    rota = known.rotas["noc"]
    late = replace(rota.layers[0].rotation, starts_on=(desk.at + timedelta(weeks=2)).date() + timedelta(days=5))
    desk.save(
        replace(known, rotas={**known.rotas, "noc": replace(rota, layers=(replace(rota.layers[0], rotation=late),))})
    )
    path, _ = desk.feed(rota="noc")
    found = events(desk, path)
    schedule = final_schedule(desk.known().rotas["noc"], desk.at, desk.at + timedelta(weeks=26))
    assert spans(found)[1:10] == [(part.starts_at, part.ends_at) for part in schedule[1:10]]
    assert [str(event["SUMMARY"]) for event in found[:4]] == ["GAP", "Mia Keller", "Jon Bell", "Leo Marin"]
    assert spans(found)[0][1] == schedule[0].ends_at
    assert all(after[0] == before[1] for before, after in zip(spans(found), spans(found)[1:], strict=False))


def test_an_engineer_whom_nobody_rings_is_a_gap_in_the_rotas_feed_and_has_an_empty_feed(desk: Desk) -> None:
    known = desk.known()
    desk.save(replace(known, engineers={**known.engineers, "jon": replace(known.engineers["jon"], active=False)}))
    now = next(event for event in events(desk, desk.feed(rota="noc")[0]) if event.DTSTART <= desk.at < event.DTEND)
    assert (str(now["SUMMARY"]), str(now["DESCRIPTION"])) == (
        "GAP",
        "weekly, week 48; jon is not active and is not rung",
    )
    assert events(desk, desk.feed(engineer="jon")[0]) == []


@pytest.mark.parametrize("month", [3, 10])
def test_f8_f12_across_both_clock_changes_a_shift_begins_at_nine_on_the_wall(make_desk: MakeDesk, month: int) -> None:
    desk = make_desk(at=datetime(2026, month, 25, 12, tzinfo=UTC))
    found = events(desk, desk.feed(rota="noc")[0])
    begun = [to_local(event.DTSTART, "Europe/Rome") for event in found if event["DESCRIPTION"].startswith("weekly")]  # type: ignore[arg-type]
    assert len(begun) > 28
    plain = [at for at in begun if at.date() != datetime(2026, 12, 25).date()]
    assert {(at.weekday(), at.hour, at.minute) for at in plain} == {(0, 9, 0)}
    assert len({at.utcoffset() for at in begun}) == 2
    assert b"DTSTART:" in desk.client.get(desk.feed(rota="noc")[0]).data  # in UTC, without a zone of its own


def test_alarms_go_off_a_day_and_an_hour_before_each_shift_that_has_not_begun_long_ago(desk: Desk) -> None:
    years_ago = Override("jon", desk.at - timedelta(weeks=104), desk.at + HOUR, "Sara Vogel")
    desk.override("noc", years_ago)
    running, *later = events(desk, desk.feed(engineer="jon")[0])
    assert (running.DTEND, list(running.walk("VALARM"))) == (years_ago.ends_at, [])
    assert later
    for event in later:
        alarms = list(event.walk("VALARM"))
        assert [alarm["TRIGGER"].dt for alarm in alarms] == [-24 * HOUR, -HOUR]
        assert {str(alarm["ACTION"]) for alarm in alarms} == {"DISPLAY"}
    assert not any(event.walk("VALARM") for event in events(desk, desk.feed(rota="noc")[0]))


def test_a_feed_says_what_calendars_need_and_holds_no_phone_and_no_mail_address(desk: Desk) -> None:
    for path in (desk.feed(engineer="jon")[0], desk.feed(rota="noc")[0]):
        body = desk.client.get(path).data.decode()
        for line in ("VERSION:2.0", "METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"):
            assert f"{line}\r\n" in body
        assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
        for person in desk.known().engineers.values():
            assert person.email not in body
            assert not any(phone.lstrip("+") in body for phone in person.phones)


def test_an_event_is_the_same_however_often_and_whenever_it_is_read(desk: Desk) -> None:
    path, _ = desk.feed(engineer="jon")
    first, body = uids(desk, path), desk.client.get(path).data
    assert len(set(first)) == len(first)
    assert desk.client.get(path).data == body
    known = dict(zip(spans(events(desk, path)), first, strict=True))
    for weeks in range(1, 4):
        desk.at += timedelta(weeks=1, hours=5)
        for event in events(desk, path):
            assert known.get((event.DTSTART, event.DTEND), event["UID"]) == event["UID"]  # type: ignore[comparison-overlap]
        assert len(set(uids(desk, path)) & set(first)) >= len(first) - weeks - 1


def test_the_sequence_rises_when_the_shifts_change_and_only_then(desk: Desk) -> None:
    path, _ = desk.feed(engineer="jon")
    before = events(desk, path)
    desk.at += HOUR
    assert [event["SEQUENCE"] for event in events(desk, path)] == [1] * len(before)
    known = desk.known()
    desk.save(replace(known, rules=replace(known.rules, calls_per_hour=3)))  # another version of the same shifts
    assert [event["SEQUENCE"] for event in events(desk, path)] == [1] * len(before)
    now = next(event for event in before if event.DTSTART <= desk.at < event.DTEND)
    desk.override("noc", Override("leo", now.DTEND - 5 * HOUR, now.DTEND + HOUR))
    after = {event["UID"]: event for event in events(desk, path)}
    assert after[now["UID"]].DTEND == now.DTEND - 5 * HOUR
    assert {event["SEQUENCE"] for event in after.values()} == {2}
    assert {event["DTSTAMP"].dt for event in after.values()} == {desk.at}


def test_a_calendar_that_has_it_already_is_told_so(desk: Desk) -> None:
    path, _ = desk.feed(rota="noc")
    first = desk.client.get(path)
    for known in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = desk.client.get(path, headers=known)
        assert (again.status_code, again.data) == (304, b"")
    desk.at += HOUR
    desk.override("noc", Override("leo", desk.at, desk.at + HOUR))
    assert desk.client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_revoked_address_and_one_that_never_was_are_not_found(make_desk: MakeDesk, kind: str) -> None:
    desk = make_desk(kind)
    path, record = desk.feed(engineer="jon")
    other, _ = desk.feed(engineer="jon")
    assert desk.client.get(path).status_code == 200
    with desk.engine.begin() as connection:
        assert revoke_feed(connection, record.id, desk.at) is not None
        assert revoke_feed(connection, record.id, desk.at) is None
    assert [desk.client.get(p).status_code for p in (path, other, "/calendar/x.ics", f"{path[:-5]}x.ics")] == [
        404,
        200,
        404,
        404,
    ]


def test_the_feed_of_somebody_who_left_and_of_a_rota_that_is_gone_is_not_found(desk: Desk) -> None:
    gone, rota = desk.feed(engineer="max")[0], desk.feed(rota="old")[0]
    assert [desk.client.get(path).status_code for path in (gone, rota)] == [404, 404]


def test_only_the_hash_of_a_token_is_stored_and_reading_is_noted_once_an_hour(desk: Desk) -> None:
    path, record = desk.feed(engineer="jon")
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    noted = []
    for _ in range(4):
        desk.client.get(path)
        with desk.engine.begin() as connection:
            row = connection.execute(select(calendar_feeds)).one()
        noted.append(row.last_read_at)
        desk.at += timedelta(minutes=25)
    assert len(set(noted)) == 2
    assert token not in str(row)
    assert len(token) >= 32
    assert record.id == row.id


def test_while_the_database_is_away_a_calendar_keeps_what_it_has(desk: Desk, tmp_path: Path) -> None:
    path, _ = desk.feed(engineer="jon")
    with desk.engine.begin() as connection:
        connection.execute(text("alter table calendar_feeds rename to elsewhere"))
    response = desk.client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "300"
