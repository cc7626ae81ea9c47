"""Rotas as tests of the editor find them: with a gap, in several layers, with leave and swaps."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ivr.configuration.edit import save_item
from ivr.store.absences import add_absence
from ivr.store.audit import Author
from ivr.store.configuration import load_configuration
from ivr.store.swaps import add_swap
from schedules.layers import Layer
from schedules.leave import Absence
from schedules.overrides import Override, OverrideKind
from schedules.rota import Rota
from schedules.rotation import Rotation
from schedules.swaps import Swap
from schedules.windows import Window
from tests.line import NIGHT

SARA = Author("Sara Vogel", NIGHT)


def rome(text: str) -> datetime:
    """A reading of Rome's clock as an instant (UTC)."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Rome")).astimezone(UTC)


SUNDAY_NIGHT = rome("2026-11-29T18:00"), rome("2026-11-30T09:00")


def with_rota(connection: Connection, rota: Rota) -> None:
    """Store a rota as it is."""
    save_item(connection, SARA, load_configuration(connection), "rota", rota.key, rota)


def rota_of(connection: Connection, key: str = "noc") -> Rota:
    """A rota as it is stored."""
    return load_configuration(connection).rotas[key]


def with_overrides(connection: Connection, *overrides: Override, key: str = "noc") -> None:
    """The overrides of a rota, instead of those that it has."""
    rota = rota_of(connection, key)
    with_rota(connection, Rota(rota.key, rota.name, rota.layers, overrides, rota.earlier))


def with_gap(connection: Connection) -> None:
    """Jon fell ill: on Sunday night nobody is on call."""
    with_overrides(connection, Override("jon", *SUNDAY_NIGHT, "Sara Vogel", OverrideKind.REMOVE))


def with_everything(connection: Connection) -> None:
    """Two layers, overrides of every kind, a gap, leave, a swap."""
    weekly = rota_of(connection).layers[0]
    nights = Rotation((("leo",), ("ada",)), date(2026, 11, 2), time(18), "Europe/Rome", 1)
    windows = tuple(Window(day, time(18), time(9)) for day in (4, 5))
    overrides = (
        Override("mia", rome("2026-11-24T18:00"), rome("2026-11-25T09:00"), "Sara Vogel"),
        Override("jon", *SUNDAY_NIGHT, "Sara Vogel", OverrideKind.REMOVE),
        Override("leo", rome("2026-12-02T09:00"), rome("2026-12-03T18:00"), "Sara Vogel", instead_of="ada"),
        Override("sara", rome("2026-12-24T18:00"), rome("2026-12-27T09:00"), "Sara Vogel", OverrideKind.ADD),
    )
    with_rota(connection, Rota("noc", "NOC on call", (weekly, Layer("fri-sat nights", nights, 10, windows)), overrides))
    absence = Absence("ada", rome("2026-12-04T00:00"), rome("2026-12-07T00:00"), "wedding", "Ada Rossi")
    add_absence(connection, absence, NIGHT)
    swap = Swap("noc", "mia", rome("2026-12-12T09:00"), rome("2026-12-13T09:00"), note="my sister's birthday")
    add_swap(connection, swap, NIGHT)
