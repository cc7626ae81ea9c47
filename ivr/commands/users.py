"""`nightline user`: who may sign in to the console."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from ivr.clock import real_clock
from ivr.commands.author import author_of, by_option
from ivr.commands.database import migrated
from ivr.commands.printing import json_option, print_json
from ivr.console.passwords import WeakPassword, hash_password
from ivr.console.roles import Role
from ivr.settings import read_database_url
from ivr.store.accounts import account_by, add_account, end_sessions, list_accounts, update_account
from ivr.store.audit import record
from ivr.store.engine import connect
from ivr.store.factors import remove_second_factors

SHOWN = ("login", "name", "role", "engineer", "disabled_at")
"""What is told of an account: nothing that opens it."""


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction on the configured database, in its present shape."""
    url = read_database_url()
    migrated(url)
    engine = connect(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@click.group()
def user() -> None:
    """Who may sign in to the console.

    \b
    Examples:
      nightline user add sara@example.com --name "Sara Vogel" --role manager --engineer sara
      nightline user password sara@example.com
      nightline user list
    """


@user.command("add")
@click.argument("login")
@click.option("--name", default="", help="The name that others see; the login without it.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), default="manager", show_default=True)
@click.option("--engineer", default=None, help="The key of the engineer that this person is.")
@click.option("--password", default=None, help="Without it one is made and printed once.")
@by_option
@json_option
def add(login: str, name: str, role: str, engineer: str | None, password: str | None, by: str, as_json: bool) -> None:
    """Let somebody sign in.

    \b
    Example:
      nightline user add sara@example.com --name "Sara Vogel" --role manager --engineer sara
    """
    made = password or secrets.token_urlsafe(12)
    hashed = hashed_or_exit(made, login)
    with writing() as connection:
        if account_by(connection, login=login) is not None:
            click.echo(f"{login} may sign in already. For another password: nightline user password {login}", err=True)
            sys.exit(1)
        at = real_clock()
        name = name or login
        add_account(connection, login=login, name=name, role=role, at=at, engineer=engineer, password_hash=hashed)
        values = {"name": name, "role": role, "engineer": engineer}
        record(connection, author_of(by, at), "account", login.lower(), None, values)
    tell(as_json, login, {"role": role}, f"{login} may sign in as {role}.", None if password else made)


@user.command("password")
@click.argument("login")
@click.option("--password", default=None, help="Without it one is made and printed once.")
@by_option
@json_option
def password_(login: str, password: str | None, by: str, as_json: bool) -> None:
    """Give somebody another password, and sign them out everywhere; their second factors are removed.

    An account that was shut out may sign in again, and one that had only the company's has a password, too.

    \b
    Example:
      nightline user password sara@example.com
    """
    made = password or secrets.token_urlsafe(12)
    hashed = hashed_or_exit(made, login)
    with writing() as connection:
        account = account_by(connection, login=login)
        if account is None:
            click.echo(f"There is no account {login}. List them with: nightline user list", err=True)
            sys.exit(1)
        update_account(connection, account.id, password_hash=hashed, disabled_at=None)
        remove_second_factors(connection, account.id)
        end_sessions(connection, account.id)
        record(connection, author_of(by, real_clock()), "account", account.login, None, None, action="password")
    tell(as_json, login, {}, f"{login} has a new password.", None if password else made)


def tell(as_json: bool, login: str, more: dict[str, str], text: str, made: str | None) -> None:
    """What was done, with the password if one was made."""
    if as_json:
        print_json({"login": login, **more, "password": made})
        return
    click.echo(text + (f" Password: {made}" if made else ""))


@user.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Print who may sign in.

    \b
    Example:
      nightline user list --json
    """
    with writing() as connection:
        found = list_accounts(connection)
    if as_json:
        print_json([{name: getattr(account, name) for name in SHOWN} for account in found])
        return
    for account in found:
        ended = "  no way in" if account.disabled_at else ""
        click.echo(f"{account.login:<32}  {account.role:<9}  {account.name}{ended}")


def hashed_or_exit(password: str, login: str) -> str:
    """The hash of a password that is good enough."""
    try:
        return hash_password(password, login)
    except WeakPassword as weak:
        click.echo(str(weak), err=True)
        sys.exit(1)
