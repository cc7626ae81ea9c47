"""Imports of calendars and tables: who is meant and when, and what is said of rows that cannot be used."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from ivr.calendars.feed import feed_of_rota, range_at, to_ics
from ivr.calendars.preview import decoded, preview
from ivr.calendars.rows import MOST_BYTES, Preview, RowKind, absences_from, overrides_from
from ivr.calendars.rules import NOT_UNDERSTOOD
from ivr.configuration.file import read_file
from routing.people import Engineer
from schedules.leave import Absence
from schedules.overrides import Override, OverrideKind
from schedules.rota import Rota, final_schedule
from tests.line import EXAMPLE

KNOWN = read_file(EXAMPLE).configuration
NOC = Rota("noc", "NOC on call", KNOWN.rotas["noc"].layers)
AT = datetime(2026, 3, 20, 12, tzinfo=UTC)
"""Nine days before Europe's clocks go forward, and twelve after America's did."""

ROME = "Europe/Rome"
HEAD = "engineer,from,until,kind,instead_of\n"


def look(text: str, at: datetime = AT, zone: str = ROME, rota: Rota = NOC, **more: Engineer) -> Preview:
    return preview(text, rota, {**KNOWN.engineers, **more}, at, zone)


def calendar(*events: str, more: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{more}{body}END:VCALENDAR\n"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def only(found: Preview) -> tuple[str, datetime, datetime]:
    assert found.errors == (), found.errors
    (row,) = found.rows
    return row.engineer, row.starts_at, row.ends_at


@pytest.mark.parametrize(
    "written",
    [
        "jon",
        "Jon Bell",
        " jon  bell ",
        "JON@example.com",
        "On call: Jon Bell",
        "NOC / jon (night)",
        "Jon Bell <jon@example.com>",
    ],
)
def test_an_engineer_is_found_by_key_name_or_address_in_a_table_and_in_a_calendar(written: str) -> None:
    event = f"SUMMARY:{written}\nDTSTART:20260401T180000Z\nDTEND:20260402T070000Z"
    expected = ("jon", utc("2026-04-01T18:00Z"), utc("2026-04-02T07:00Z"))
    assert only(look(calendar(event))) == expected
    assert only(look(f"{HEAD}{written},2026-04-01T18:00Z,2026-04-02 07:00+00:00,,\n")) == expected


def test_who_attends_is_meant_when_the_title_names_nobody() -> None:
    event = "SUMMARY:Night shift\nATTENDEE;CN=Ada Rossi:mailto:ada@example.com\nDTSTART:20260401T180000Z\nDURATION:PT8H"
    assert only(look(calendar(event))) == ("ada", utc("2026-04-01T18:00Z"), utc("2026-04-02T02:00Z"))


@pytest.mark.parametrize(
    ("start", "duration", "ends"),
    [
        ("20260328T200000", "PT12H", "2026-03-29T09:00+02:00"),
        ("20260328T200000", "PT24H", "2026-03-29T21:00+02:00"),
        ("20260328T200000", "P1D", "2026-03-29T20:00+02:00"),
        ("20260328T080000", "P1DT2H", "2026-03-29T10:00+02:00"),
        ("20261024T200000", "PT12H", "2026-10-25T07:00+01:00"),
        ("20261024T200000", "P1D", "2026-10-25T20:00+01:00"),
        ("20261025T023000", "PT1\n H", "2026-10-25T02:30+01:00"),
    ],
)
@pytest.mark.parametrize("place", [";TZID=Europe/Rome", ""])
@pytest.mark.parametrize("more", ["", "\nRRULE:FREQ=DAILY;COUNT=1"])
def test_hours_of_a_duration_pass_and_its_days_are_those_of_the_wall_clock(
    start: str, duration: str, ends: str, place: str, more: str
) -> None:
    event = f"SUMMARY:jon\nDTSTART{place}:{start}\nDURATION:{duration}{more}"
    at = utc(f"{start[:4]}-{start[4:6]}-20T12:00Z")
    assert only(look(calendar(event), at))[2] == utc(ends)


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        ("jonn,2026-04-01 18:00,2026-04-02 09:00,,", 2, 'Did you mean "Jon Bell" (jon)?'),
        ("zoe,2026-04-01 18:00,2026-04-02 09:00,,", 2, "Keys are: ada, ghost, jon, leo, mia, sara"),
        (",2026-04-01 18:00,2026-04-02 09:00,,", 2, "names nobody"),
        ("mia or jon,2026-04-01 18:00,2026-04-02 09:00,,", 2, "may be mia or jon"),
        ("jon,01/04/2026 18:00,2026-04-02 09:00,,", 2, 'from: "01/04/2026 18:00" is not understood. Write it like'),
        ("jon,2026-04-31 18:00,2026-05-02 09:00,,", 2, 'from: "2026-04-31 18:00" is no date'),
        ("jon,2026-04-01 18:00,,,", 2, "until: is empty"),
        ("jon,2026-04-02 18:00,2026-04-01 18:00,,", 2, "ends before it begins"),
        ("jon,2026-04-01 18:00,2026-04-01 18:00,,", 2, "has no length"),
        ("jon,2026-03-01,2026-03-02,,", 2, "is over"),
        ("jon,2026-04-01,2028-04-01,,", 2, "longer than a year"),
        ("jon,2026-04-01,2026-04-02,swap,", 2, 'kind: "swap" is not known. Write replace, add, remove or leave'),
        ("jon,2026-04-01,2026-04-02,add,mia", 2, 'goes with "replace" only'),
        ("jon,2026-04-01,2026-04-02,,jon", 2, "cannot stand in for themselves"),
        ("jon,2026-04-01,2026-04-02,,nobody", 2, '"nobody" names no engineer'),
        ("ghost,2026-04-01,2026-04-02,,", 2, "is not active"),
        ("jon,9999-12-31,9999-12-31,,", 2, "is no date"),
        ("\n\n,,,,\njonn,2026-04-01,2026-04-02,,", 5, "Did you mean"),
        ('"jon\nbell",2026-04-01,2026-04-31,,', 3, "until:"),
    ],
)
def test_a_row_that_cannot_be_used_is_an_error_with_its_line_and_a_remedy(row: str, place: int, says: str) -> None:
    ghost = Engineer("ghost", "Ghost Writer", active=False)
    found = look(f"{HEAD}{row}\n", ghost=ghost)
    assert found.rows == ()
    assert [(error.line, says in error.text) for error in found.errors] == [(place, True)], found.errors


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("SUMMARY:Jon Bell\nDTEND:20260402T070000Z", "has no DTSTART"),
        ("SUMMARY:Jon Bell\nDTSTART:soon\nDTEND:20260402T070000Z", "DTSTART is not understood"),
        (
            "SUMMARY:Jon Bell\nDTSTART;TZID=Mars/Olympus:20260401T180000\nDTEND;TZID=Mars/Olympus:20260401T200000",
            "Mars/Olympus",
        ),
        ("SUMMARY:Jon Bell\nDTSTART:20260401T180000Z", "has no length"),
        ("SUMMARY:Jon Bell\nRRULE:FREQ=DAILY", "has no DTSTART"),
        ("SUMMARY:Jon Bell\nDTSTART:soon\nRRULE:FREQ=DAILY", "DTSTART is not understood"),
        ("SUMMARY:Jon Bell\nDTSTART:20260401\nRRULE:now and then", "in a way that is not understood"),
        ("SUMMARY:Jon Bell\nDTSTART:20260401\nRRULE:FREQ=SOMETIMES", "is not understood"),
        ("SUMMARY:Jon Bell\nDTSTART:20260401\nRRULE:FREQ=DAILY;INTERVAL=0", "is not understood"),
        ("SUMMARY:Jon Bell\nDTSTART:20260401\nRDATE:x", "is not understood"),
        ("SUMMARY:Jon Bell\nDTSTART:20260401\nDURATION:long", "DURATION is not understood"),
        ("SUMMARY:Somebody\nDTSTART:20260401T180000Z\nDTEND:20260402T070000Z", "names no engineer"),
        ("SUMMARY:Jon Bell\nDTSTART:20260401T180000Z\nDURATION:PT1H\nRRULE:FREQ=MINUTELY", "more often than daily"),
        (
            "SUMMARY:Jon Bell\nDTSTART:20260401T180000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYHOUR=1,2,3",
            "in a way that is not understood",
        ),
        ("SUMMARY:Jon Bell\nDTSTART:20260101T180000Z\nDTEND:20260102T180000Z", "is over"),
    ],
)
def test_an_event_that_cannot_be_used_names_the_line_on_which_it_begins(event: str, says: str) -> None:
    good = "SUMMARY:Ada Rossi\nDTSTART:20260401T180000Z\nDTEND:20260402T070000Z"
    found = look(calendar(good, event))
    assert [row.engineer for row in found.rows] == ["ada"]
    assert [(error.line, says in error.text) for error in found.errors] == [(9, True)], found.errors


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("engineer,from\njon,2026-04-01\n", 'no column is called "until"'),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY\nEND:VEVENT\n", "has 1 events, of which 0 can be read"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "has 0 events"),
        ("BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR\n", "cannot be read as a calendar"),
        ('engineer,from,until\n"jon,2026-04-01,2026-04-02\n', "cannot be read as a table"),
        ("x" * (MOST_BYTES + 1), "is larger than 200 kB"),
        (calendar(*["SUMMARY:jon\nDTSTART:20260401T180000Z\nDURATION:PT1H"] * 501), "has 501 events"),
        (calendar(*["SUMMARY:jon\nDTSTART:20260401\nRRULE:FREQ=DAILY"] * 51), "more than 50 events that repeat"),
        (
            calendar(*["SUMMARY:jon\nDTSTART:20260401T180000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"] * 15),
            "Import 1000 at most",
        ),
    ],
)
def test_a_file_that_is_none_or_too_large_is_refused_whole(text: str, says: str) -> None:
    found = look(text)
    assert found.rows == ()
    assert says in found.errors[0].text


def test_whole_days_are_local_days_of_the_rota_and_a_table_includes_the_last_one() -> None:
    expected = ("jon", utc("2026-03-28T00:00+01:00"), utc("2026-03-30T00:00+02:00"))  # 47 hours
    assert only(look(calendar("SUMMARY:jon\nDTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330"))) == expected
    assert only(look(f"{HEAD}jon,2026-03-28,2026-03-29,,\n")) == expected
    assert only(look(calendar("SUMMARY:jon\nDTSTART;VALUE=DATE:20260328")))[2] == utc("2026-03-29T00:00+01:00")
    new_york = look(f"{HEAD}jon,2026-03-28,2026-03-28,,\n", zone="America/New_York")
    assert only(new_york)[1:] == (utc("2026-03-28T00:00-04:00"), utc("2026-03-29T00:00-04:00"))


def test_f12_a_time_means_its_own_zone_else_the_rotas_and_never_the_machines() -> None:
    paris = "SUMMARY:jon\nDTSTART;TZID=America/New_York:20260320T180000\nDTEND;TZID=America/New_York:20260405T180000"
    assert only(look(calendar(paris)))[1:] == (utc("2026-03-20T22:00Z"), utc("2026-04-05T22:00Z"))
    floating = "SUMMARY:jon\nDTSTART:20260328T180000\nDTEND:20260329T180000"
    assert only(look(calendar(floating)))[1:] == (utc("2026-03-28T17:00Z"), utc("2026-03-29T16:00Z"))
    assert only(look(f"{HEAD}jon,2026-03-28 18:00,2026-03-29 18:00,,"))[1:] == (
        utc("2026-03-28T17:00Z"),
        utc("2026-03-29T16:00Z"),
    )
    windows = "SUMMARY:jon\nDTSTART;TZID=W. Europe Standard Time:20260401T180000\nDURATION:PT1H"
    assert only(look(calendar(windows)))[1] == utc("2026-04-01T16:00Z")


def test_a_zone_that_only_the_calendar_itself_describes_is_understood() -> None:
    described = (
        "BEGIN:VTIMEZONE\nTZID:Our office\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:19700329T020000\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    event = "SUMMARY:jon\nDTSTART;TZID=Our office:20260328T180000\nDTEND;TZID=Our office:20260329T180000"
    assert only(look(calendar(event, more=described)))[1:] == (utc("2026-03-28T17:00Z"), utc("2026-03-29T16:00Z"))


@pytest.mark.parametrize("month", [3, 10])
@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "Australia/Sydney"])
@pytest.mark.parametrize("floating", [True, False])
def test_f8_what_repeats_keeps_its_wall_clock_across_clock_changes(month: int, zone: str, floating: bool) -> None:
    at = datetime(2026, month, 1, tzinfo=UTC)
    tzid = "" if floating else f";TZID={zone}"
    event = f"UID:1\nSUMMARY:ada\nDTSTART{tzid}:20260101T183000\nDTEND{tzid}:20260102T083000\nRRULE:FREQ=DAILY"
    found = look(calendar(event), at=at, zone=zone if floating else ROME)
    expected = []
    for days in range(-1, 93):
        on = at.date() + timedelta(days=days)
        starts = datetime.combine(on, time(18, 30), ZoneInfo(zone)).astimezone(UTC)
        ends = datetime.combine(on + timedelta(days=1), time(8, 30), ZoneInfo(zone)).astimezone(UTC)
        if ends > at and starts < at + timedelta(weeks=13):
            expected.append((max(starts, at), ends))
    assert [(row.starts_at, row.ends_at) for row in found.rows] == expected
    assert found.errors == ()


def test_turns_of_a_series_that_were_moved_left_out_or_called_off_are() -> None:
    series = "UID:1\nSUMMARY:ada\nDTSTART;VALUE=DATE:20260406\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260413"
    moved = "UID:1\nSUMMARY:jon\nRECURRENCE-ID;VALUE=DATE:20260420\nDTSTART;VALUE=DATE:20260421"
    off = "UID:1\nSUMMARY:ada\nSTATUS:CANCELLED\nRECURRENCE-ID;VALUE=DATE:20260427\nDTSTART;VALUE=DATE:20260427"
    found = look(calendar(series, moved, off))
    starts = [(row.engineer, row.starts_at) for row in found.rows]
    assert starts == [("ada", utc("2026-04-06T00:00+02:00")), ("jon", utc("2026-04-21T00:00+02:00"))]


def test_a_single_event_that_was_called_off_is_left_out_and_one_far_ahead_is_not() -> None:
    off = "SUMMARY:ada\nSTATUS:CANCELLED\nDTSTART:20260406T180000Z\nDURATION:PT1H"
    far = "SUMMARY:ada\nDTSTART:20261224T180000Z\nDURATION:PT1H"
    assert only(look(calendar(off, far)))[1] == utc("2026-12-24T18:00Z")


def test_what_has_begun_counts_from_now_and_what_stands_twice_or_is_there_is_not_imported_again() -> None:
    begun = "jon,2026-03-20 00:00,2026-03-21 00:00,,\n"
    (row,) = look(HEAD + begun).rows
    assert (row.starts_at, row.note) == (AT, "began before now: counts from now on")
    later = "ada,2026-04-01,2026-04-02,,\n"
    found = look(HEAD + later + later)
    assert [row.line for row in found.rows] == [2]
    assert [(error.line, error.text) for error in found.errors] == [
        (3, "is the same as on line 2. Leave one of them out.")
    ]
    imported = Rota("noc", "NOC", NOC.layers, overrides_from(found.rows, "Sara Vogel"))
    again = look(HEAD + later, rota=imported)
    assert (again.rows, again.errors[0].text) == ((), "is there already: nothing to do.")


def test_rows_about_the_same_time_say_so() -> None:
    found = look(f"{HEAD}ada,2026-04-01,2026-04-02,,\njon,2026-04-02,2026-04-03,,\nleo,2026-04-05,2026-04-05,,\n")
    assert [row.note.split(":")[0] for row in found.rows] == ["overlaps line 3", "overlaps line 2", ""]


def test_confirmed_rows_become_overrides_of_their_kind_and_leave_becomes_none() -> None:
    rows = look(
        f"{HEAD}ada,2026-04-01,2026-04-01,replace,mia\nleo,2026-04-02,2026-04-02,add,\n"
        "jon,2026-04-03,2026-04-03,remove,\nmia,2026-04-04,2026-04-05,leave,\n"
    ).rows
    found = overrides_from(rows, "Sara Vogel")
    assert [(one.engineer, one.kind, one.instead_of, one.by) for one in found] == [
        ("ada", OverrideKind.REPLACE, "mia", "Sara Vogel"),
        ("leo", OverrideKind.ADD, "", "Sara Vogel"),
        ("jon", OverrideKind.REMOVE, "", "Sara Vogel"),
    ]
    (absence,) = absences_from(rows, "Sara Vogel")
    assert absence == Absence(
        "mia", utc("2026-04-04T00:00+02:00"), utc("2026-04-06T00:00+02:00"), "imported", "Sara Vogel"
    )


@pytest.mark.parametrize(
    "more",
    [
        "CATEGORIES:Vacation",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "CATEGORIES:Private,Leave",
        "LOCATION:x\nSUMMARY:Jon Bell on leave",
    ],
)
def test_who_is_away_in_a_calendar_is_on_leave_and_not_on_call(more: str) -> None:
    summary = "" if "SUMMARY" in more else "SUMMARY:Jon Bell\n"
    (row,) = look(calendar(f"{summary}DTSTART;VALUE=DATE:20260401\n{more}")).rows
    assert (row.engineer, row.kind) == ("jon", RowKind.LEAVE)


def test_semicolons_tabs_other_names_of_columns_and_marks_of_editors_are_understood() -> None:
    for text in (
        "\ufeffName;Start;End\njon;2026-04-01;2026-04-01\n",
        "E-mail\tbegin\tto\njon@example.com\t2026-04-01\t2026-04-01\n",
    ):
        assert only(look(text))[0] == "jon"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_however_it_was_saved(encoding: str) -> None:
    assert decoded("Jörg Weiß".encode(encoding)) == "Jörg Weiß"


def test_a_rotas_feed_that_is_imported_gives_the_same_final_schedule() -> None:
    feed = feed_of_rota(KNOWN, "noc", range_at(AT))
    assert feed is not None
    bare = Rota("noc", "NOC", ())
    found = look(to_ics(feed, 1, AT).decode(), rota=bare)
    imported = Rota(
        "noc", "NOC", (), tuple(Override(o.engineer, o.starts_at, o.ends_at) for o in overrides_from(found.rows, ""))
    )
    end = AT + timedelta(weeks=26)
    ours = [(part.starts_at, part.ends_at, part.on_call) for part in final_schedule(KNOWN.rotas["noc"], AT, end)]
    assert [(part.starts_at, part.ends_at, part.on_call) for part in final_schedule(imported, AT, end)] == ours


def test_a_calendar_written_by_a_library_is_read_back() -> None:
    made = Calendar()
    event = Event()
    event.add("summary", "Mia Keller, on call")
    event.add("dtstart", date(2026, 4, 1))
    event.add("description", "a long line " * 30)
    made.add_component(event)
    assert only(look(made.to_ical().decode()))[0] == "mia"


@pytest.mark.parametrize("often", ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"])
def test_a_rule_that_never_comes_true_is_not_followed_for_ever(often: str) -> None:
    never = f"SUMMARY:ada\nDTSTART:20200101T180000Z\nDURATION:P1D\nRRULE:FREQ={often};BYMONTH=2;BYMONTHDAY=30"
    assert look(calendar(*[never] * 20)) == Preview((), ())


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=5",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        "FREQ=YEARLY;BYYEARDAY=400",
    ],
)
def test_a_rule_that_might_never_come_true_is_refused_with_a_remedy(rule: str) -> None:
    found = look(calendar(f"SUMMARY:ada\nDTSTART:20240101T180000Z\nDURATION:P1D\nRRULE:{rule}"))
    assert [error.text for error in found.errors] == [NOT_UNDERSTOOD]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2026-03-31", "2026-04-30", "2026-05-29"]),
        ("FREQ=MONTHLY;BYDAY=1MO", ["2026-04-06", "2026-05-04", "2026-06-01"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-03-31", "2026-04-30", "2026-05-31"]),
        ("FREQ=WEEKLY;INTERVAL=4;BYDAY=WE", ["2026-03-25", "2026-04-22", "2026-05-20", "2026-06-17"]),
        ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=1", ["2026-04-01"]),
    ],
)
def test_the_rules_that_calendars_offer_are_followed(rule: str, days: list[str]) -> None:
    found = look(calendar(f"SUMMARY:ada\nDTSTART;VALUE=DATE:20240103\nRRULE:{rule}"))
    assert [f"{row.starts_at.astimezone(ZoneInfo(ROME)):%Y-%m-%d}" for row in found.rows] == days
