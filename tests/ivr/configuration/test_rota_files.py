"""Rotas and calendars in a file: what each key means, what is refused, and what a file leaves as it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from ivr.configuration.apply import apply_file
from ivr.configuration.export import to_toml
from ivr.configuration.file import FileRefused, read_file
from ivr.store.configuration import load_configuration, load_partners, save_configuration
from ivr.store.tables import configuration_items
from routing.configuration import Configuration
from routing.people import Engineer
from schedules.holidays import HolidayCalendar
from schedules.hours import Opening
from schedules.rota import Earlier, Override, OverrideKind, Rota, Window, who_is_on_call
from tests.ivr.configuration.files import SMALL

Write = Callable[..., Path]

LAYER = 'participants = ["mia", ["jon", "mia"]]'
OVERRIDES = SMALL[SMALL.index("[[rotas.overrides]]") : SMALL.index("[[policies]]")]
T0 = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def layer_with(file: Write, line: str) -> Any:
    return read_file(file((LAYER, f"{LAYER}\n{line}"))).configuration.rotas["noc"].layers[0]


def stored(engine: Engine) -> Configuration:
    with engine.begin() as connection:
        return load_configuration(connection)


def apply(engine: Engine, path: Path, at: datetime) -> str:
    with engine.begin() as connection:
        return str(apply_file(connection, path, at=at)[0])


def on_call(rota: Rota, at: datetime) -> list[str]:
    return [person.engineer for person in who_is_on_call(rota, at)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("starts_on = 2024-01-01", "starts_on = 9999-12-31"),
        (OVERRIDES, OVERRIDES.replace("2026-", "9999-")),
    ],
)
def test_dates_that_no_zone_can_reckon_with_are_refused(file: Write, old: str, new: str) -> None:
    with pytest.raises(FileRefused, match=r"no date of our time\. Write a year from 1970 to 2037"):
        read_file(file((old, new)))


def test_restrictions_are_windows_on_the_rotations_clock(file: Write) -> None:
    layer = layer_with(
        file,
        'only = ["Mon-Tue 18:00-09:00", "Sat 00:00-24:00", "first Mon 09:00-18:00", "last Fri 01:00-02:00"]',
    )
    assert layer.only == (
        Window(0, time(18), time(9)),
        Window(1, time(18), time(9)),
        Window(5, time(0), time(0)),
        Window(0, time(9), time(18), 1),
        Window(4, time(1), time(2), -1),
    )


def test_turns_may_be_half_days_and_days_may_not_count(file: Write) -> None:
    path = file(
        ('every = "week"', 'every = "12 hours"'), ("Mon 09:00", "09:00"), (LAYER, f'{LAYER}\ncounts = "Mon-Thu, Sat"')
    )
    rotation = read_file(path).configuration.rotas["noc"].layers[0].rotation
    assert (rotation.days, rotation.per_day, rotation.weekdays) == (1, 2, (0, 1, 2, 3, 5))


@pytest.mark.parametrize(
    ("written", "calendar"),
    [
        ('"DE-BY"', HolidayCalendar("DE", "BY")),
        ('"IT"', HolidayCalendar("IT")),
        (
            '{ country = "DE", subdivision = "BY", categories = ["public", "catholic"] }',
            HolidayCalendar("DE", "BY", ("public", "catholic")),
        ),
    ],
)
def test_a_holiday_calendar_is_written_in_short_or_as_a_table(
    file: Write, written: str, calendar: HolidayCalendar
) -> None:
    assert layer_with(file, f"holidays = {written}").holidays == calendar
    path = file(("closures", f"holidays = {written}\nclosures"))
    assert read_file(path).configuration.default_region.hours.holidays == calendar


def test_no_holidays_are_kept_unless_a_file_says_so(file: Write) -> None:
    known = read_file(file()).configuration
    assert known.default_region.hours.holidays is None
    assert known.rotas["noc"].layers[0].holidays is None


def test_special_openings_have_a_date_each(file: Write) -> None:
    path = file(("closures", 'openings = ["2026-12-24 09:00-13:00", "2026-12-24 20:00-24:00"]\nclosures'))
    assert read_file(path).configuration.default_region.hours.openings == (
        Opening(date(2026, 12, 24), time(9), time(13)),
        Opening(date(2026, 12, 24), time(20), time(0)),
    )


def test_overrides_have_a_kind_and_may_replace_one_person(file: Write) -> None:
    path = file(('engineer = "jon"\nfrom', 'engineer = "jon"\ninstead_of = "mia"\nfrom'))
    (override,) = read_file(path).configuration.rotas["noc"].overrides
    assert (override.kind, override.instead_of) == (OverrideKind.REPLACE, "mia")
    path = file(('engineer = "jon"\nfrom', 'engineer = "jon"\nkind = "remove"\nfrom'))
    assert read_file(path).configuration.rotas["noc"].overrides[0].kind is OverrideKind.REMOVE


ERRORS = {
    "a window not understood": (LAYER, f'{LAYER}\nonly = ["nights"]', "only[1]", '"Mon-Fri 18:00-09:00"'),
    "a window that is no text": (LAYER, f"{LAYER}\nonly = [9]", "9 is not text", '"Mon-Fri 18:00-09:00"'),
    "a window at no place in a month": (LAYER, f'{LAYER}\nonly = ["sixth Mon 09:00-18:00"]', '"sixth"', "first"),
    "an nth range": (LAYER, f'{LAYER}\nonly = ["first Mon-Fri 09:00-18:00"]', "several weekdays", "one line for each"),
    "a window backwards in the week": (LAYER, f'{LAYER}\nonly = ["Fri-Mon 18:00-09:00"]', "before it begins", "two"),
    "a window from 24:00": (LAYER, f'{LAYER}\nonly = ["Mon 24:00-09:00"]', "begins at 24:00", "00:00 of the next"),
    "seven hours": ('every = "week"', 'every = "7 hours"', "is no length", '"12 hours"'),
    "a weekday for half days": ('every = "week"\nhandoff', 'every = "12 hours"\nhandoff', "whole weeks", "09:00"),
    "days that count not understood": (LAYER, f'{LAYER}\ncounts = "weekdays"', "weekdays", '"Mon-Fri"'),
    "a week of days that count": (
        'every = "week"\nhandoff = "Mon 09:00"',
        'counts = "Mon-Fri"\nhandoff = "09:00"\nevery = "week"',
        "more than a week",
        "every = 5",
    ),
    "holidays of no country": (LAYER, f'{LAYER}\nholidays = "XX"', '"XX"', "ISO 3166"),
    "holidays of the UK": (LAYER, f'{LAYER}\nholidays = "UK"', '"UK"', '"GB"'),
    "holidays of no part": (LAYER, f'{LAYER}\nholidays = "DE-XX"', '"XX" is no part of DE', "BY"),
    "holidays of no kind": (
        LAYER,
        f'{LAYER}\nholidays = {{ country = "DE", categories = ["bank"] }}',
        '"bank" is no kind',
        "catholic",
    ),
    "holidays with an unknown key": (
        LAYER,
        f'{LAYER}\nholidays = {{ country = "DE", sub = "BY" }}',
        "sub",
        "subdivision",
    ),
    "holidays as a truth": (LAYER, f"{LAYER}\nholidays = true", "no calendar", '"DE-BY"'),
    "an opening not understood": ("closures", 'openings = ["24.12."] #here\nclosures', '"24.12."', "2026-12-24 09:00"),
    "an opening on no date": (
        "closures",
        'openings = ["2026-02-30 09:00-13:00"] #here\nclosures',
        "is no date",
        "2026",
    ),
    "an opening that closes first": (
        "closures",
        'openings = ["2026-12-24 13:00-09:00"] #here\nclosures',
        "closes before",
        "Split",
    ),
    "openings that overlap": (
        "closures",
        'openings = ["2026-12-24 09:00-13:00", "2026-12-24 12:00-14:00"] #here\nclosures',
        "overlap on 2026-12-24",
        "Join",
    ),
    "an opening that is a closure": (
        "closures",
        'openings = ["2026-12-25 09:00-13:00"] #here\nclosures',
        "is a closure too",
        "one of them",
    ),
    "an override of no kind": (
        'engineer = "jon"\nfrom',
        'engineer = "jon"\nkind = "swap" #here\nfrom',
        "kind",
        "'remove'",
    ),
    "an addition instead of somebody": (
        'engineer = "jon"\nfrom',
        'engineer = "jon"\nkind = "add"\ninstead_of = "mia" #here\nfrom',
        "goes with kind",
        "Leave it out",
    ),
    "somebody instead of themselves": (
        'engineer = "jon"\nfrom',
        'engineer = "jon"\ninstead_of = "jon" #here\nfrom',
        "nobody replaces themselves",
        "other person",
    ),
    "somebody instead of nobody known": (
        'engineer = "jon"\nfrom',
        'engineer = "jon"\ninstead_of = "mias" #here\nfrom',
        'no entry "mias"',
        'Did you mean "mia"?',
    ),
    "an unverified phone of somebody else": (
        'phones = ["+1 212 555 0120"]',
        'phones = ["+1 212 555 0120"]\nunverified = ["+1 212 555 0110"]',
        "already a phone of Mia Keller",
        "once",
    ),
    "a version until a wall clock": (
        "[[policies]]",
        "[[rotas.earlier]]\nuntil = 2026-01-01T09:00:00 #here\n[[policies]]",
        "whose clock",
        "offset",
    ),
    "versions in disorder": (
        "[[policies]]",
        "[[rotas.earlier]]\nuntil = 2026-01-02T09:00:00Z\n"
        "[[rotas.earlier]]\nuntil = 2026-01-01T09:00:00Z #here\n[[policies]]",
        "must be later",
        "oldest first",
    ),
}


@pytest.mark.parametrize(("old", "new", "says", "remedy"), ERRORS.values(), ids=ERRORS)
def test_each_error_of_a_rota_names_its_line_and_a_remedy(
    file: Write, old: str, new: str, says: str, remedy: str
) -> None:
    path = file((old, new))
    with pytest.raises(FileRefused) as caught:
        read_file(path)
    (error,) = caught.value.errors
    text = path.read_text()
    here = text.index("#here") if "#here" in text else text.index(new) + len(new)
    assert error.line == text[:here].count("\n") + 1
    assert says in error.text
    assert remedy in error.text


def test_the_first_day_of_a_rotation_must_count(file: Write) -> None:
    daily = ('every = "week"\nhandoff = "Mon 09:00"', 'every = "day"\nhandoff = "09:00"')
    with pytest.raises(FileRefused, match=r"starts_on: .* is a Mon, which does not count. Write a date of Tue-Fri."):
        read_file(file(daily, (LAYER, f'{LAYER}\ncounts = "Tue-Fri"')))


FULL = (
    ("closures", 'openings = ["2026-12-24 09:00-13:00"]\nholidays = "US-NY"\nclosures'),
    ('phones = ["+1 212 555 0120"]', 'phones = ["+1 212 555 0120"]\nunverified = ["+1 212 555 0177"]'),
    (
        LAYER,
        f'{LAYER}\nonly = ["Mon-Fri 18:00-09:00", "Sat 00:00-24:00", "last Fri 09:00-18:00", "first Mon 01:00-02:00"]\n'
        'holidays = { country = "DE", subdivision = "BY", categories = ["public", "catholic"] }\n'
        '[[rotas.layers]]\nname = "days"\nevery = "12 hours"\nhandoff = "08:00"\nzone = "America/New_York"\n'
        'starts_on = 2024-01-01\ncounts = "Mon-Thu, Sat"\nparticipants = ["jon"]\npriority = -1',
    ),
    ('engineer = "jon"\nfrom', 'engineer = "jon"\ninstead_of = "mia"\nfrom'),
    (
        "[[policies]]",
        '[[rotas.overrides]]\nengineer = "mia"\nkind = "add"\n'
        "from = 2026-12-01T00:00:00Z\nuntil = 2026-12-02T00:00:00Z\n"
        "[[rotas.earlier]]\nuntil = 2025-01-01T00:00:00Z\n[[rotas.earlier]]\nuntil = 2026-01-01T00:00:00Z\n"
        '[[rotas.earlier.layers]]\nname = "old"\nevery = 3\nhandoff = "09:00"\nzone = "Europe/Rome"\n'
        'starts_on = 2024-01-01\nparticipants = ["jon"]\n[[policies]]',
    ),
)


def test_what_is_exported_applies_to_the_same_on_an_empty_database_and_on_its_own(
    engine: Engine, file: Write, tmp_path: Path
) -> None:
    apply(engine, file(*FULL), T0)
    before = stored(engine)
    with engine.begin() as connection:
        exported = tmp_path / "exported.toml"
        exported.write_text(to_toml(before, load_partners(connection)))
    assert read_file(exported).configuration == before == read_file(file(*FULL)).configuration
    assert len(before.rotas["noc"].earlier) == 2
    assert apply(engine, exported, T0 + WEEK) == "Nothing to change."


def test_a_document_of_an_earlier_release_still_loads(engine: Engine, file: Write) -> None:
    apply(engine, file(), T0)
    new = {
        "overrides",
        "earlier",
        "only",
        "holidays",
        "per_day",
        "weekdays",
        "kind",
        "instead_of",
        "openings",
        "unverified",
    }

    def old(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: old(item) for key, item in value.items() if key not in new - {"overrides"}}
        return [old(item) for item in value] if isinstance(value, list) else value

    before = stored(engine)
    with engine.begin() as connection:
        for row in connection.execute(configuration_items.select()).mappings().all():
            if row["kind"] in {"rules", "policy"}:
                continue
            where = (configuration_items.c.kind == row["kind"]) & (configuration_items.c.key == row["key"])
            connection.execute(update(configuration_items).where(where).values(document=old(row["document"])))
    assert stored(engine) == before


ONLY_JON = (LAYER, 'participants = ["jon"]')


def test_f15_changed_layers_take_effect_when_they_are_applied_and_the_past_stays(engine: Engine, file: Write) -> None:
    apply(engine, file(), T0 - WEEK)
    before = stored(engine).rotas["noc"]
    assert "participants" in apply(engine, file(ONLY_JON), T0)
    after = stored(engine).rotas["noc"]
    for hours in range(1, 400):
        at = T0 - timedelta(hours=hours)
        assert who_is_on_call(after, at)[0].engineer == who_is_on_call(before, at)[0].engineer
        assert on_call(after, T0 + timedelta(hours=hours)) == ["jon"]
    assert apply(engine, file(ONLY_JON), T0 + WEEK) == "Nothing to change."


def test_layers_may_take_effect_later_and_applying_the_file_again_changes_nothing(engine: Engine, file: Write) -> None:
    apply(engine, file(), T0 - WEEK)
    later = file(ONLY_JON, ('name = "NOC on call"', 'name = "NOC on call"\neffective_from = 2026-12-01T09:00:00'))
    apply(engine, later, T0)
    rota = stored(engine).rotas["noc"]
    change = datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert rota.earlier[-1].until == change
    assert on_call(rota, change - timedelta(seconds=1)) == ["mia"]
    assert on_call(rota, change) == ["jon"]
    assert apply(engine, later, T0) == apply(engine, later, T0 + 5 * WEEK) == "Nothing to change."


def test_a_new_rota_that_takes_effect_later_has_nobody_before(file: Write) -> None:
    path = file(('name = "NOC on call"', 'name = "NOC on call"\neffective_from = 2026-12-01T09:00:00+01:00'))
    assert read_file(path).configuration.rotas["noc"].earlier == (Earlier((), datetime(2026, 12, 1, 8, tzinfo=UTC)),)


def test_a_rota_that_writes_no_overrides_keeps_those_that_are_stored(engine: Engine, file: Write) -> None:
    apply(engine, file(), T0)
    assert apply(engine, file((OVERRIDES, "")), T0) == "Nothing to change."
    assert len(stored(engine).rotas["noc"].overrides) == 1


def test_a_rota_that_writes_overrides_sets_them_but_for_what_has_been(engine: Engine, file: Write) -> None:
    apply(engine, file(), T0)
    none = file((OVERRIDES, ""), ('name = "NOC on call"', 'name = "NOC on call"\noverrides = []'))
    during = datetime(2026, 12, 24, 20, tzinfo=UTC)
    apply(engine, none, during)
    (kept,) = stored(engine).rotas["noc"].overrides
    assert (kept.starts_at, kept.ends_at) == (datetime(2026, 12, 24, 17, tzinfo=UTC), during)
    assert apply(engine, none, during + WEEK) == "Nothing to change."


def test_an_override_of_somebody_who_is_gone_ends_so_that_the_layers_decide(engine: Engine, file: Write) -> None:
    apply(engine, file(), T0)
    jon = '[[engineers]]\nkey = "jon"\nname = "Jon Bell"\nphones = ["+1 212 555 0120"]\n'
    gone = file((OVERRIDES, ""), (jon, ""), (LAYER, 'participants = ["mia"]'), (', "engineer:jon"', ""))
    apply(engine, gone, T0)
    rota = stored(engine).rotas["noc"]
    assert rota.overrides == ()
    assert on_call(rota, datetime(2026, 12, 24, 20, tzinfo=UTC)) == ["mia"]


def test_a_phone_that_waits_for_its_code_goes_on_waiting_until_the_file_vouches_for_it(
    engine: Engine, file: Write
) -> None:
    apply(engine, file(), T0)
    waiting = {
        **stored(engine).engineers,
        "jon": Engineer("jon", "Jon Bell", ("+12125550120",), unverified=("+12125550177",)),
    }
    with engine.begin() as connection:
        known = load_configuration(connection)
        save_configuration(connection, Configuration(known.rules, known.regions, waiting, known.rotas, known.policies))
    assert apply(engine, file(), T0) == "Nothing to change."
    assert stored(engine).engineers["jon"].unverified == ("+12125550177",)
    apply(engine, file(('["+1 212 555 0120"]', '["+1 212 555 0120", "+1 212 555 0177"]')), T0)
    jon = stored(engine).engineers["jon"]
    assert (jon.phones, jon.unverified) == (("+12125550120", "+12125550177"), ())


def test_an_override_that_a_manager_entered_stays_through_a_file_without_any(engine: Engine, file: Write) -> None:
    bare = file((OVERRIDES, ""))
    apply(engine, bare, T0)
    entered = Override("jon", T0 + WEEK, T0 + 2 * WEEK, "Sara", OverrideKind.ADD)
    with engine.begin() as connection:
        known = load_configuration(connection)
        rota = known.rotas["noc"]
        rotas = {"noc": Rota(rota.key, rota.name, rota.layers, (entered,), rota.earlier)}
        save_configuration(
            connection, Configuration(known.rules, known.regions, known.engineers, rotas, known.policies)
        )
    assert apply(engine, bare, T0) == "Nothing to change."
    assert stored(engine).rotas["noc"].overrides == (entered,)


def test_an_export_with_planned_layers_brings_the_present_ones_back_too(
    engine: Engine, file: Write, tmp_path: Path
) -> None:
    apply(engine, file(), T0 - WEEK)
    planned = (ONLY_JON, ('name = "NOC on call"', 'name = "NOC on call"\neffective_from = 2026-12-12T09:00:00'))
    apply(engine, file(*planned), T0)
    exported = tmp_path / "exported.toml"
    with engine.begin() as connection:
        exported.write_text(to_toml(load_configuration(connection), load_partners(connection)))
    before = stored(engine).rotas["noc"]
    apply(engine, file((LAYER, 'participants = [["jon", "mia"]]')), T0 + timedelta(days=1))
    at = T0 + timedelta(days=2)
    assert "earlier" in apply(engine, exported, at)
    rota = stored(engine).rotas["noc"]
    hours = [at + timedelta(hours=hours) for hours in range(-60, 800)]
    assert [on_call(rota, one) for one in hours if one >= at] == [on_call(before, one) for one in hours if one >= at]
    assert on_call(rota, at - timedelta(hours=1)) == ["jon", "mia"]
    assert apply(engine, exported, at) == apply(engine, exported, at + 5 * WEEK) == "Nothing to change."
