"""Whatever a form saves can be exported, and the file that comes out changes nothing when it is applied."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ivr.configuration.apply import apply_file
from ivr.configuration.export import to_toml
from ivr.store.configuration import load_configuration, load_partners
from tests.console.desk import Desk
from tests.console.typed import save

SETTINGS = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

texts = some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
names = texts.map(lambda text: text.strip() or "A name")
times = some.times().map(lambda time: f"{time:%H:%M}")
days = some.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
dates = some.dates().map(str)
phones = some.integers(0, 99999).map(lambda number: f"+44 7700 9{number:05}")
numbers = some.one_of(some.integers(-1, 200).map(str), texts)


def columns(name: str, /, **kinds: some.SearchStrategy[str]) -> some.SearchStrategy[dict[str, list[str]]]:
    """Rows of a list, as their columns are sent."""
    row = some.fixed_dictionaries(kinds)
    return some.lists(row, max_size=3).map(
        lambda rows: {f"{name}-{column}": [one[column] for one in rows] for column in kinds}
    )


regions = some.builds(
    lambda *parts: {name: value for part in parts for name, value in part.items()},
    some.fixed_dictionaries(
        {
            "name": texts,
            "greeting": texts,
            "voice": some.sampled_from(["Polly.Amy", "x y"]),
            "zone": some.sampled_from(["Europe/Rome", "America/New_York", "Asia/Kolkata"]),
            "closures": some.lists(dates, max_size=2),
            "desk": some.lists(phones, max_size=2),
            "holidays_country": some.sampled_from(["", "DE", "IT"]),
            "holidays_part": some.sampled_from(["", "BY"]),
            "holidays_kinds": some.sampled_from(["", "public", "public, catholic"]),
        }
    ),
    columns("hours", first=days, last=days, opens=times, closes=times),
    columns("openings", on=dates, opens=times, closes=times),
)
targets = some.sampled_from(["rota:noc", "rota:noc-backup", "engineer:leo", "phone:", ""])
policies = some.fixed_dictionaries(
    {
        "name": names,
        "repeat": some.one_of(some.integers(1, 20).map(str), numbers),
        "level-0-target-to": some.lists(targets, min_size=1, max_size=3),
        "level-0-target-phone": some.lists(phones, min_size=3, max_size=3),
        "level-1-ring_seconds": some.one_of(some.integers(5, 120).map(str), numbers),
        "level-1-order": some.sampled_from(["rota", "round_robin"]),
        "level-2-together": some.sampled_from(["on", None]),
    }
)
engineers = some.fixed_dictionaries(
    {
        "name": texts,
        "email": texts,
        "manager": some.sampled_from(["on", None]),
        "active": some.sampled_from(["on", None]),
        "unverified": some.lists(phones, max_size=2),
    }
)
services = some.fixed_dictionaries(
    {
        "calls_per_hour": numbers,
        "alerts.pages_per_hour": numbers,
        "alerts.default": some.sampled_from(["critical", "standard", "ignore"]),
        "page_unverified": some.sampled_from(["on", None]),
        "tier-silver": some.sampled_from(["on", None]),
        "call_back_countries": some.lists(some.sampled_from(["IT", "DE", "XX"]), max_size=2),
        "blocked_callers": some.lists(some.one_of(phones, some.just("+4420*")), max_size=2),
    }
)
amounts = some.one_of(some.decimals(0, 1000, places=6).map(str), numbers)
prices = some.fixed_dictionaries(
    {
        "from": some.one_of(dates, texts),
        "region": some.sampled_from(["", "us", "it"]),
        "inbound_minute": amounts,
        "outbound_minute": amounts,
        "sms": amounts,
    }
)
components = some.fixed_dictionaries(
    {
        "name": names,
        "symptom": some.sampled_from(["", "platform_unavailable", "something"]),
        "regions": some.lists(some.sampled_from(["it", "us", "de"]), max_size=3),
    }
)
alert_rules = some.builds(
    lambda labels, rest: {**labels, **rest},
    columns("labels", name=some.sampled_from(["severity", "job", ""]), pattern=texts),
    some.fixed_dictionaries(
        {
            "service": some.sampled_from(["critical", "standard", "ignore", "x"]),
            "region": some.sampled_from(["", "it"]),
            "policy": some.sampled_from(["", "noc"]),
            "serials": some.lists(texts, max_size=2),
            "countries": some.lists(some.sampled_from(["IT", "XX"]), max_size=2),
            "partners": some.lists(some.sampled_from(["4001", ""]), max_size=2),
        }
    ),
)
partners = some.fixed_dictionaries(
    {
        "name": texts,
        "pbx": texts,
        "tier": some.sampled_from(["gold", "silver", "bronze"]),
        "country": some.sampled_from(["", "IT"]),
        "phones": some.lists(phones, max_size=3),
        "refer_to": some.sampled_from(["", "4002", "4009"]),
        "pin": some.sampled_from(["", "2468", "x"]),
        "clear_pin": some.sampled_from(["on", None]),
    }
)


@pytest.fixture
def check(desk: Desk, tmp_path: Path) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Saves a form, and when it was taken, exports and applies; some of all that is tried must have been taken."""
    client, taken = desk.client(), []

    def saved_then_exported(path: str, typed: dict[str, Any]) -> None:
        answer = save(client, path, **typed)
        assert answer.status_code in {303, 422}
        taken.append(answer.status_code == 303)
        file = tmp_path / "exported.toml"
        file.write_text(desk.do(lambda c: to_toml(load_configuration(c), load_partners(c))))
        plan, _ = desk.do(lambda c: apply_file(c, file, dry_run=True, at=desk.at))
        assert plan.changes == ()

    yield saved_then_exported
    assert any(taken)


@SETTINGS
@given(typed=regions)
def test_of_a_region(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/regions/it", typed)


@SETTINGS
@given(typed=policies)
def test_of_a_policy(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/policies/noc", typed)


@SETTINGS
@given(typed=engineers)
def test_of_an_engineer(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/engineers/jon", typed)


@SETTINGS
@given(typed=services)
def test_of_the_service(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/service", typed)


@SETTINGS
@given(typed=prices)
def test_of_a_price(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/prices/us-2026", typed)


@SETTINGS
@given(typed=components)
def test_of_a_component(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/components/platform", typed)


@SETTINGS
@given(typed=alert_rules)
def test_of_an_alert_rule(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/alert-rules/critical", typed)


@SETTINGS
@given(typed=partners)
def test_of_a_partner(check: Callable[..., None], typed: dict[str, Any]) -> None:
    check("/console/partners/4003", typed)
