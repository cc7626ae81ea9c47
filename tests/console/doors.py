"""Helpers of tests that sign in: forms typed by a client, codes of an authenticator app, a desk with a name."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyotp
from flask.testing import FlaskClient

from ivr.rehearsal.stage import free_port
from ivr.store.accounts import Account, account_by
from tests.console.desk import PASSWORD, Desk, open_desk

SIGN_IN, SECOND = "/console/sign-in", "/console/second-factor"
MINE = "/console/account/second-factor"
HTTPS = "https://nightline.example.com"


def send(client: FlaskClient, page: str, path: str = "", **form: Any) -> Any:
    """Send the form of a page, with its token, as a browser would."""
    text = client.get(page).get_data(as_text=True)
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(path or page, data={"csrf_token": token, **form})


def give_password(desk: Desk, role: str = "manager", password: str = PASSWORD, to: str = "") -> tuple[FlaskClient, Any]:
    """A new browser in which somebody typed their password, and what it got for an answer."""
    client = desk.app.test_client()
    return client, send(client, SIGN_IN, login=role, password=password, next=to)


def code_at(secret: str, at: datetime) -> str:
    """What an authenticator app shows."""
    return pyotp.TOTP(secret).at(at)


def account_of(desk: Desk, role: str = "manager") -> Account:
    """Somebody's account as it is now."""
    found: Account | None = desk.do(lambda connection: account_by(connection, login=role))
    assert found is not None
    return found


def set_up_app(desk: Desk, client: FlaskClient) -> tuple[str, Any]:
    """Set up an authenticator app; its secret, and the page with the recovery codes."""
    send(client, MINE, f"{MINE}/begin")
    page = client.get(f"{MINE}/authenticator").get_data(as_text=True)
    secret = page.split('class="secret">')[1].split("<")[0].replace(" ", "")
    shown = send(client, f"{MINE}/authenticator", code=code_at(secret, desk.at))
    return secret, shown


def codes_in(page: Any) -> list[str]:
    """The recovery codes that a page shows."""
    return [part.split("</code>")[0] for part in page.get_data(as_text=True).split("<li><code>")[1:]]


def named_desk(prepared: Path, folder: Path, **more: Any) -> tuple[Desk, str]:
    """A desk whose public URL has a name, as passkeys and providers need it, and that URL."""
    (folder / "nightline.db").write_bytes(prepared.read_bytes())
    public_url = f"http://localhost:{free_port()}"
    return open_desk(f"sqlite:///{folder}/nightline.db", folder, public_url=public_url, **more), public_url
