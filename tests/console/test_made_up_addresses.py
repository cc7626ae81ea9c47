"""Addresses that somebody made up: numbers no row has, places no list has, signs no text has. Nothing breaks."""

from collections.abc import Callable
from typing import Any

import pytest

from ivr.console.forms import number
from tests.console.desk import Desk
from tests.console.night import Night, busy_night

NUMBERS = ("99999999999999999999", "9" * 4400, "-1", "\u00b2", "\u0663")
PLACES = (
    "nonsense",
    *(f"{at}~{key}" for at in ("0001-01-01T00:00:00+23:00", "2026-11-28T00:00:00+00:00") for key in NUMBERS),
)
FIRST_PAGES = [
    ("/console/audit", "before", NUMBERS),
    ("/console/audit", "done", NUMBERS),
    ("/console/integrations/deliveries", "before", NUMBERS),
    ("/console/integrations/deliveries", "ticket", NUMBERS),
    ("/console/tickets", "from", NUMBERS),
    ("/console/tickets", "q", NUMBERS),
    ("/console/tickets", "after", PLACES),
    ("/console/calls", "after", PLACES[:2]),
    ("/console/calls", "endpoint", ("console.calls",)),
    ("/console/regions/it", "done", NUMBERS),
    ("/console/rotas/noc", "saved", NUMBERS),
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_number_or_a_place_that_is_none_asks_for_nothing(make_desk: Callable[..., Desk], kind: str) -> None:
    desk = make_desk(kind)
    busy_night(Night(desk))
    client = desk.client()
    found = {
        (path, name, value[:60]): client.get(path, query_string={name: value}).status_code
        for path, name, values in FIRST_PAGES
        for value in values
    }
    assert {asked: status for asked, status in found.items() if status != 200} == {}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_signs_that_no_text_has_are_refused_and_not_blamed_on_the_database(
    make_desk: Callable[..., Desk], kind: str
) -> None:
    desk = make_desk(kind)
    client = desk.client()
    assert client.get("/console/tickets", query_string={"q": "a\x00b"}).status_code == 400
    assert client.get("/console/calls/CA%00").status_code == 400
    answer: Any = desk.post(client, "/console/users", login="a\x00b", name="A", role="viewer")
    assert answer.status_code == 400


@pytest.mark.parametrize(("typed", "read"), [("20", 20), ("0", 0), ("-1", "-1"), ("", ""), ("9" * 4400, "9" * 4400)])
def test_what_is_typed_for_a_number_is_one_or_stays_as_it_is(typed: str, read: int | str) -> None:
    assert number(typed) == read
