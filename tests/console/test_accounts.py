"""Accounts, under Users and My account: what is refused, and that it stays as it was typed."""

from html import unescape
from typing import Any

import pytest

from ivr.store.accounts import Account, account_by
from tests.console.desk import Desk

NEW = {"login": "mia@example.com", "name": "Mia Keller", "role": "engineer", "engineer": "mia"}


def account(desk: Desk, login: str) -> Account | None:
    found: Account | None = desk.do(lambda connection: account_by(connection, login=login))
    return found


def users(desk: Desk, path: str = "", **form: Any) -> tuple[int, str]:
    answer = desk.post(desk.client("operator"), f"/console/users{path}", **form)
    return answer.status_code, unescape(answer.text)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": "viewer"}, "viewer may sign in already."),
        ({"login": "x" * 121}, "A login has 120 letters at most"),
        ({"name": "x" * 201}, "and a name 200"),
        ({"engineer": "nobody"}, 'There is no engineer "nobody".'),
        ({"role": "king"}, "Choose one of the roles."),
    ],
)
def test_a_new_account_that_is_refused_stays_as_it_was_typed(desk: Desk, wrong: dict[str, str], said: str) -> None:
    status, page = users(desk, **{**NEW, **wrong})
    assert status == 422
    assert said in page
    typed = {**NEW, **wrong}
    adding = page.split("Add somebody")[1]
    assert f'value="{typed["login"]}"' in adding
    assert f'value="{typed["name"]}"' in adding
    assert ('<option value="engineer" selected>' in adding) is ("role" not in wrong)
    assert ('<option value="mia" selected>' in adding) is ("engineer" not in wrong)
    assert account(desk, "mia@example.com") is None


def test_one_that_is_added_leaves_the_form_empty(desk: Desk) -> None:
    status, page = users(desk, **NEW)
    assert status == 200
    assert 'value="Mia Keller"' not in page.split("Add somebody")[1]
    assert account(desk, "mia@example.com") is not None


def test_a_change_that_is_refused_is_shown_as_it_was_wanted(desk: Desk) -> None:
    own = account(desk, "operator")
    assert own is not None
    status, page = users(desk, f"/{own.id}", role="viewer", engineer="leo", disabled="on")
    assert status == 422
    row = page.split('<th scope="row">operator</th>')[1].split("</tr>")[0]
    assert "Let another operator change your own role" in page
    for chosen in ('value="viewer" selected', 'value="leo" selected', "checked"):
        assert chosen in row
    assert account(desk, "operator") == own


def test_a_change_of_another_account_is_kept_and_its_sessions_end(desk: Desk) -> None:
    viewer, other = desk.client("viewer"), account(desk, "viewer")
    assert other is not None
    assert users(desk, f"/{other.id}", role="engineer", engineer="leo", disabled="on")[0] == 303
    found = account(desk, "viewer")
    assert found is not None
    assert (found.role, found.engineer, found.disabled_at) == ("engineer", "leo", desk.at)
    assert viewer.get("/console/tonight").status_code == 303


def test_a_zone_that_there_is_not_stays_in_its_field(desk: Desk) -> None:
    client = desk.client("viewer")
    assert desk.post(client, "/console/account/zone", zone="Europe/Rome").status_code == 303
    answer = desk.post(client, "/console/account/zone", zone="Europe/Roma")
    assert answer.status_code == 422
    assert 'value="Europe/Roma"' in answer.text
