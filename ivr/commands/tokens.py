"""`nightline token`: what programs carry to use the API."""

import json
import sys
from dataclasses import asdict
from datetime import timedelta

import click

from ivr.api.scopes import WHAT_FOR, Scope
from ivr.clock import real_clock
from ivr.commands.author import author_of, by_option
from ivr.commands.users import writing
from ivr.store.api_tokens import list_tokens, make_token, revoke_token
from ivr.store.audit import record


@click.group()
def token() -> None:
    """Tokens of the API, each with its scopes.

    \b
    Examples:
      nightline token add "wall board" --scope on-call
      nightline token add "planning tool" --scope rotas --scope overrides --days 365
      nightline token list
    """


@token.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice([str(one) for one in Scope]))
@click.option("--days", type=click.IntRange(1), default=None, help="It ends after so many days; never without.")
@by_option
def add(name: str, scopes: tuple[str, ...], days: int | None, by: str) -> None:
    """Make a token and print it: it is shown only now."""
    at = real_clock()
    with writing() as connection:
        expires_at = at + timedelta(days=days) if days else None
        secret = make_token(connection, name, set(scopes), author_of(by, at).name, at, expires_at)
        record(connection, author_of(by, at), "token", name, None, {"scopes": sorted(set(scopes))})
    click.echo(secret)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """Print all tokens; never their text."""
    with writing() as connection:
        found = list_tokens(connection)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str, indent=2))
        return
    for one in found:
        state = "revoked" if one.revoked_at else f"ends {one.expires_at:%Y-%m-%d}" if one.expires_at else "in use"
        click.echo(f"{one.id:>4}  {one.name:<24}  {state:<16}  {', '.join(one.scopes)}")


@token.command("revoke")
@click.argument("id_", metavar="ID", type=int)
@by_option
def revoke(id_: int, by: str) -> None:
    """End a token at once."""
    at = real_clock()
    with writing() as connection:
        if not revoke_token(connection, id_, at):
            click.echo(f"There is no token {id_} in use. List them with: nightline token list", err=True)
            sys.exit(1)
        record(connection, author_of(by, at), "token", str(id_), None, None, action="revoke")
    click.echo(f"Token {id_} is revoked.")


@token.command("scopes")
def scopes_() -> None:
    """Print what each scope allows."""
    for scope, what in WHAT_FOR.items():
        click.echo(f"{scope:<10}  {what}")
