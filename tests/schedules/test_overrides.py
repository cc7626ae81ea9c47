"""Overrides: what each kind does to whoever is on call, half-open, and which of several has the last word."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from schedules.rota import Layer, Override, OverrideKind, Rota, gaps, who_is_on_call
from schedules.rotation import Rotation

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)


def layer(name: str, *people: str, priority: int = 0) -> Layer:
    return Layer(name, Rotation((people,), date(2024, 1, 1), time(9), "Europe/Rome", 7), priority)


def over(engineer: str, kind: OverrideKind = OverrideKind.REPLACE, instead_of: str = "", hours: int = 1) -> Override:
    """Around AT, `hours` to either side."""
    return Override(engineer, AT - hours * HOUR, AT + hours * HOUR, "Sara", kind, instead_of)


def rota(*overrides: Override) -> Rota:
    layers = (layer("weekly", "mia", "jon", priority=1), layer("backup", "leo"))
    return Rota("noc", "NOC", layers, overrides)


def people(found: Rota, at: datetime = AT) -> list[str]:
    return [person.engineer for person in who_is_on_call(found, at)]


def reasons(found: Rota) -> list[str]:
    return [person.because for person in who_is_on_call(found, AT)]


ADD, REMOVE, REPLACE = OverrideKind.ADD, OverrideKind.REMOVE, OverrideKind.REPLACE


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (over("ada"), ["ada"]),
        (over("ada", REPLACE, "mia"), ["ada", "jon"]),
        (over("ada", REPLACE, "jon"), ["mia", "ada"]),
        (over("ada", REPLACE, "zoe"), ["mia", "jon"]),
        (over("jon", REPLACE, "mia"), ["jon"]),
        (over("ada", ADD), ["mia", "jon", "ada"]),
        (over("mia", ADD), ["mia", "jon"]),
        (over("mia", REMOVE), ["jon"]),
        (over("zoe", REMOVE), ["mia", "jon"]),
    ],
    ids=lambda value: f"{value.kind} {value.engineer} {value.instead_of}" if isinstance(value, Override) else "",
)
@pytest.mark.parametrize("at", [AT - HOUR, AT, AT + HOUR - INSTANT])
def test_each_kind_of_override_changes_who_is_on_call_while_it_lasts(
    override: Override, expected: list[str], at: datetime
) -> None:
    assert people(rota(override), at) == expected


@pytest.mark.parametrize("kind", OverrideKind)
@pytest.mark.parametrize("at", [AT - HOUR - INSTANT, AT + HOUR])
def test_an_override_is_half_open(kind: OverrideKind, at: datetime) -> None:
    assert people(rota(over("mia", kind)), at) == ["mia", "jon"]


def test_when_all_of_a_layer_are_removed_the_next_lower_layer_decides() -> None:
    found = rota(over("mia", REMOVE), over("jon", REMOVE))
    assert people(found) == ["leo"]
    assert reasons(found) == ["backup, week 48"]


def test_when_all_of_all_layers_are_removed_there_is_a_gap_that_is_shown() -> None:
    found = rota(over("mia", REMOVE), over("jon", REMOVE, hours=2), over("leo", REMOVE))
    assert people(found) == []
    assert gaps(found, AT - 24 * HOUR, AT + 24 * HOUR) == ((AT - HOUR, AT + HOUR),)


def test_whoever_is_added_joins_the_lower_layer_too_and_never_hides_it() -> None:
    assert people(rota(over("ada", ADD), over("mia", REMOVE), over("jon", REMOVE))) == ["leo", "ada"]


def test_in_a_gap_whoever_is_added_is_on_call() -> None:
    empty = Rota("noc", "NOC", (), (over("ada", ADD),))
    assert people(empty) == ["ada"]
    assert people(empty, AT + HOUR) == []


def test_somebody_may_take_the_place_of_one_who_was_removed() -> None:
    swap = over("ada", REPLACE, "mia")
    assert people(rota(over("mia", REMOVE, hours=24), swap)) == ["ada", "jon"]
    assert people(rota(swap, over("ada", REMOVE))) == ["jon"]


def test_two_who_replace_each_other_change_places() -> None:
    chain = (over("ada", REPLACE, "mia", hours=3), over("zoe", REPLACE, "ada", hours=2))
    assert people(rota(*chain)) == ["zoe", "jon"]
    assert people(rota(*chain), AT + 2 * HOUR) == ["ada", "jon"]


def test_the_override_that_starts_latest_has_the_last_word() -> None:
    assert people(rota(over("ada"), over("zoe", hours=5))) == ["ada"]
    assert people(rota(over("ada", ADD, hours=5), over("zoe"))) == ["zoe"]
    assert people(rota(over("ada", ADD), over("zoe", hours=5))) == ["zoe", "ada"]
    assert people(rota(over("zoe", REMOVE, hours=5), over("zoe"))) == ["zoe"]


def test_of_overrides_that_start_together_the_last_entered_has_the_last_word() -> None:
    assert people(rota(over("ada"), over("zoe"))) == ["zoe"]
    assert people(rota(over("zoe"), over("ada"))) == ["ada"]


def test_when_a_replacement_is_removed_what_was_below_it_decides() -> None:
    assert people(rota(over("ada", hours=5), over("zoe", hours=3), over("zoe", REMOVE))) == ["ada"]
    assert people(rota(over("zoe", hours=3), over("zoe", REMOVE))) == ["mia", "jon"]


def test_an_override_that_ends_before_it_begins_does_nothing() -> None:
    backwards = Override("ada", AT + HOUR, AT - HOUR)
    assert people(rota(backwards, Override("zoe", AT, AT))) == ["mia", "jon"]


def test_the_reasons_say_who_decided_and_what_stood_there() -> None:
    assert reasons(rota(over("ada"))) == ["override by Sara"]
    assert reasons(rota(over("ada", ADD)))[-1] == "override by Sara, added"
    assert reasons(rota(over("ada", REPLACE, "mia"))) == [
        "override by Sara instead of mia, weekly, week 48",
        "weekly, week 48",
    ]
    assert [person.because for person in who_is_on_call(rota(Override("ada", AT, AT + HOUR)), AT)] == ["override"]


def test_an_answer_does_not_end_where_an_override_without_effect_does() -> None:
    (mia, _) = who_is_on_call(rota(over("ada", REPLACE, "zoe")), AT)
    assert (mia.since, mia.until) == (datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 30, 8, tzinfo=UTC))
    (first, _) = who_is_on_call(rota(over("ada", REPLACE, "mia")), AT)
    assert first.reason.told({"mia": "Mia Keller"}.__getitem__).startswith("override by Sara instead of Mia Keller,")
