"""What a file without errors says, and what it is warned about."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from ivr.configuration.file import read_file
from routing.escalation import Target, TargetKind
from routing.numbers import e164
from routing.partners import Tier
from schedules.hours import Period
from schedules.zones import zone
from tests.ivr.configuration.files import EXAMPLE, SMALL

Write = Callable[..., Path]

CONTRACT_NUMBERS = {
    "us": "+16144841546",
    "uk": "+443300563663",
    "it": "+3904611715112",
    "dach": "+498920006065",
    "fr": "+33176747983",
    "es": "+34932202994",
}


def warnings(path: Path) -> list[str]:
    return [warning.text for warning in read_file(path).warnings]


def test_the_example_has_the_six_numbers_of_the_contract_with_their_hours() -> None:
    regions = read_file(EXAMPLE).configuration.regions

    assert {key: region.number for key, region in regions.items()} == CONTRACT_NUMBERS
    for key, region in regions.items():
        assert region.hours.zone == ("America/New_York" if key == "us" else "Europe/Rome")
        assert region.hours.periods == tuple(Period(day, time(9), time(18)) for day in range(5))


def test_the_example_has_a_partner_of_each_tier_and_no_warnings() -> None:
    parsed = read_file(EXAMPLE)

    assert {entry.partner.tier for entry in parsed.partners} == set(Tier)
    assert parsed.warnings == ()


def test_every_key_of_a_partner_stands_in_the_values(file: Write) -> None:
    rossi, bronze = read_file(file()).partners

    assert (rossi.partner.number, rossi.partner.name, rossi.partner.country) == ("4001", "Rossi Telecom", "IT")
    assert rossi.partner.phones == ("+442079460201", "+442079460211")
    assert (rossi.partner.tier, rossi.partner.pbx) == (Tier.GOLD, "rossi-pbx-01")
    assert (bronze.partner.refer_to, bronze.pin_hash) == ("4001", "")


@pytest.mark.parametrize("written", ["+39 0461 1715112", "+3904611715112", "+39-0461-171 5112", " +39 (0461) 1715112"])
def test_a_number_is_one_number_however_it_is_written(file: Write, written: str) -> None:
    parsed = read_file(file(("+1 614 484 1546", written)))

    assert parsed.configuration.default_region.number == e164("+39 0461 1715112") == "+3904611715112"


def test_an_overrides_wall_clock_times_are_kept_in_utc(file: Write) -> None:
    (override,) = read_file(file()).configuration.rotas["noc"].overrides

    assert override.starts_at == datetime(2026, 12, 24, 17, tzinfo=UTC)
    assert override.ends_at == datetime(2026, 12, 25, 8, tzinfo=UTC)


def test_an_override_may_be_written_with_an_offset_and_no_zone(file: Write) -> None:
    path = file(
        ('"2026-12-24 18:00"', "2026-12-24T18:00:00+02:00"),
        ('2026-12-25T09:00:00\nzone = "Europe/Rome"', "2026-12-25T09:00:00Z"),
    )

    (override,) = read_file(path).configuration.rotas["noc"].overrides

    assert override.starts_at == datetime(2026, 12, 24, 16, tzinfo=UTC)
    assert override.ends_at == datetime(2026, 12, 25, 9, tzinfo=UTC)


def test_an_override_over_the_repeated_hour_covers_both_of_its_readings(file: Write) -> None:
    path = file(('"2026-12-24 18:00"', '"2026-10-25 02:30"'), ("2026-12-25T09:00:00", "2026-10-25T02:40:00"))

    (override,) = read_file(path).configuration.rotas["noc"].overrides

    assert override.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert override.ends_at == datetime(2026, 10, 25, 1, 40, tzinfo=UTC)


def test_a_turn_may_be_shared_and_days_may_be_counted(file: Write) -> None:
    layer = (
        read_file(file(('every = "week"', "every = 3"), ("Mon 09:00", "09:00"))).configuration.rotas["noc"].layers[0]
    )

    assert layer.rotation.participants == (("mia",), ("jon", "mia"))
    assert (layer.rotation.days, layer.rotation.handoff) == (3, time(9))
    assert layer.rotation.starts_on == date(2024, 1, 1)


def test_targets_are_rotas_engineers_and_duty_phones(file: Write) -> None:
    first, second = read_file(file()).configuration.policies["noc"].levels

    assert first.targets == (Target(TargetKind.ROTA, "noc"), Target(TargetKind.ENGINEER, "jon"))
    assert second.targets == (Target(TargetKind.PHONE, "+12125550199"),)


def test_a_day_may_have_several_periods_and_end_at_midnight(file: Write) -> None:
    path = file(('"Mon-Fri 09:00-18:00"', '"Mon 09:00-13:00", "Mon 14:00-24:00"'))

    periods = read_file(path).configuration.default_region.hours.periods

    assert periods == (Period(0, time(9), time(13)), Period(0, time(14), time(0)))


def test_periods_that_touch_do_not_overlap(file: Write) -> None:
    path = file(('"Mon-Fri 09:00-18:00"', '"Mon-Fri 13:00-18:00", "Mon-Fri 09:00-13:00"'))

    assert len(read_file(path).configuration.default_region.hours.periods) == 10


def test_the_mark_that_some_editors_put_in_front_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_text(SMALL.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")

    assert read_file(path).configuration.rules.default_region == "us"


def test_a_rota_with_nobody_is_allowed_and_warned_about(file: Write) -> None:
    assert "rotas[1]: nobody takes turns in NOC on call." in warnings(file(('["mia", ["jon", "mia"]]', "[]")))


def test_an_engineer_without_phone_is_allowed_and_warned_about(file: Write) -> None:
    path = file(('["+1 212 555 0120"]', "[]"))

    (warning,) = read_file(path).warnings

    assert warning.text == "engineers[2]: Jon Bell has no phone and cannot be called."
    assert warning.line == path.read_text().split("\n").index('key = "jon"')


@pytest.mark.parametrize(
    "change", [("manager = true", "manager = false"), ("manager = true", "manager = true\nactive = false")]
)
def test_a_line_without_a_manager_to_tell_is_warned_about(file: Write, change: tuple[str, str]) -> None:
    assert any("no active manager has a phone" in warning for warning in warnings(file(change)))


def test_a_region_that_never_opens_is_warned_about(file: Write) -> None:
    assert any("never open" in warning for warning in warnings(file(('["Mon-Fri 09:00-18:00"]', "[]"))))


def test_a_region_without_desk_is_warned_about(file: Write) -> None:
    assert any("has no desk" in warning for warning in warnings(file(('["+1 614 555 0100"]', "[]"))))


@pytest.mark.parametrize("name", ["EST", "CET", "EST5EDT", "Etc/GMT-1"])
def test_fixed_zones_are_refused_where_zones_are_known(name: str) -> None:
    with pytest.raises(ValueError, match="Write a named one"):
        zone(name)
