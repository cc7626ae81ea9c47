"""Instants on their way in and out, while the process itself lives in a zone that nobody asked for."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import nightline
from ivr.configuration.apply import apply_file
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from tests.faults.test_faults import KINDS, variant
from tests.line import US, Line

OFFSET = ("from = 2026-12-24T18:00:00 ", "from = 2026-12-24T22:00:00+05:00 ")
OFFSET_TOO = ('until = 2026-12-25T09:00:00\n  zone = "Europe/Rome"', "until = 2026-12-25T08:00:00Z")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process believes to be in Tokyo."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def run(*arguments: str) -> str:
    return CliRunner().invoke(nightline, arguments).output


@KINDS
@pytest.mark.parametrize("changes", [(), (OFFSET, OFFSET_TOO)], ids=["on a wall clock", "with offsets"])
def test_f12_an_instant_is_the_same_in_file_database_and_export(
    make_database: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    changes: tuple[tuple[str, str], ...],
) -> None:
    url = make_database(kind)
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", url)
    run("apply", str(variant(tmp_path, *changes)))
    exported = tmp_path / "exported.toml"
    exported.write_text(run("export"))
    engine = connect(url)
    with engine.begin() as connection:
        for _ in range(2):
            (override,) = load_configuration(connection).rotas["noc"].overrides
            assert override.starts_at == datetime(2026, 12, 24, 17, tzinfo=UTC)
            assert override.ends_at == datetime(2026, 12, 25, 8, tzinfo=UTC)
            assert not apply_file(connection, exported)[0].changes
    engine.dispose()


def test_f12_who_takes_instants_with_an_offset_and_refuses_those_that_could_mean_any_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    run("apply", str(variant(tmp_path)))
    for inside in ("2026-12-24T18:00+01:00", "2026-12-24T17:00Z", "2026-12-25T07:59:59Z", "2026-12-25T02:00+09:00"):
        assert "level 1: Leo Marin (override by Sara Vogel)" in run("who", "--at", inside)
    for outside in ("2026-12-24T17:59:59+01:00", "2026-12-25T09:00+01:00", "2026-12-24T18:00+09:00"):
        assert "level 1: Leo Marin" not in run("who", "--at", outside)
    for unclear in ("2026-12-24T18:00", "2026-12-24", "tonight"):
        assert "with its offset" in run("who", "--at", unclear)


def test_f12_a_ticket_is_shown_on_the_wall_clock_of_its_region(
    make_line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line()
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", line.settings.database_url)
    line.platform_is_down().wait_for("Your ticket is")
    american = line.dial("+12125550202", US)
    american.wait_for("platform")
    american.press("1")
    american.wait_for("Your ticket is")
    for number, opened, hour in ((1042, "Sat 2026-11-28 03:0", "03:0"), (1043, "Fri 2026-11-27 21:0", "21:0")):
        printed = run("ticket", str(number)).splitlines()
        assert any(row.startswith(f"  opened          {opened}") for row in printed), printed
        timeline = printed[printed.index("  timeline") + 1 :]
        assert timeline
        assert all(row.startswith(f"    {hour}") for row in timeline)
        assert '"opened_at": "2026-11-28 02:0' in run("ticket", str(number), "--json")
