"""`nightline token`: what programs carry to use the API."""

import sys
from dataclasses import asdict
from datetime import timedelta

import click

from ivr.api.scopes import WHAT_FOR, Scope
from ivr.clock import real_clock
from ivr.commands.author import author_of, by_option
from ivr.commands.printing import json_option, print_json
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
@json_option
def add(name: str, scopes: tuple[str, ...], days: int | None, by: str, as_json: bool) -> None:
    """Make a token and print it: it is shown only now.

    \b
    Example:
      nightline token add "wall board" --scope on-call --days 365
    """
    at = real_clock()
    with writing() as connection:
        expires_at = at + timedelta(days=days) if days else None
        secret = make_token(connection, name, set(scopes), author_of(by, at).name, at, expires_at)
        record(connection, author_of(by, at), "token", name, None, {"scopes": sorted(set(scopes))})
    if as_json:
        print_json({"name": name, "scopes": sorted(set(scopes)), "expires_at": expires_at, "token": secret})
        return
    click.echo(secret)


@token.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Print all tokens; never their text.

    \b
    Example:
      nightline token list --json
    """
    with writing() as connection:
        found = list_tokens(connection)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        state = "revoked" if one.revoked_at else f"ends {one.expires_at:%Y-%m-%d}" if one.expires_at else "in use"
        click.echo(f"{one.id:>4}  {one.name:<24}  {state:<16}  {', '.join(one.scopes)}")


@token.command("revoke")
@click.argument("id_", metavar="ID", type=int)
@by_option
@json_option
def revoke(id_: int, by: str, as_json: bool) -> None:
    """End a token at once.

    \b
    Example:
      nightline token revoke 3
    """
    at = real_clock()
    with writing() as connection:
        if not revoke_token(connection, id_, at):
            click.echo(f"There is no token {id_} in use. List them with: nightline token list", err=True)
            sys.exit(1)
        record(connection, author_of(by, at), "token", str(id_), None, None, action="revoke")
    if as_json:
        print_json({"id": id_, "revoked": True})
        return
    click.echo(f"Token {id_} is revoked.")


@token.command("scopes")
@json_option
def scopes_(as_json: bool) -> None:
    """Print what each scope allows.

    \b
    Example:
      nightline token scopes
    """
    if as_json:
        print_json({str(scope): what for scope, what in WHAT_FOR.items()})
        return
    for scope, what in WHAT_FOR.items():
        click.echo(f"{scope:<10}  {what}")
