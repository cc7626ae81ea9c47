"""`nightline retention` and `privacy`: what is too old goes; one partner's or number's data is shown, or erased."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Connection

from ivr.commands.author import author_of, by_option
from ivr.commands.printing import json_option, print_json
from ivr.house import House, build_house
from ivr.key_ring import NotOpened
from ivr.privacy import vault
from ivr.privacy.erasure import NotErased
from ivr.privacy.erasure import erase as erase_subject
from ivr.privacy.retention import Swept
from ivr.privacy.retention import run as run_retention
from ivr.privacy.subject import Subject, configured, count
from ivr.privacy.subject import export as export_subject
from ivr.private import private
from ivr.sealing import Sealer
from ivr.settings import read_settings
from ivr.store.engine import WORKER_WAITS, connect
from ivr.store.secrets import rewrite_secrets
from routing.numbers import e164
from routing.retention import WHAT


def house_of() -> House:
    """The house for a command that may wait for a lock."""
    settings = read_settings()
    return build_house(settings, connect(settings.database_url, WORKER_WAITS))


@click.group()
def retention() -> None:
    """Delete what is older than [service.retention] of the configuration keeps it."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@json_option
@by_option
def retention_run(dry_run: bool, as_json: bool, by: str) -> None:
    """Delete it now, kind by kind. A worker does the same once in a day.

    \b
    Examples:
      nightline retention run --dry-run
      nightline retention run --json
    """
    house = house_of()
    found = []
    at = house.clock()
    for swept in run_retention(house, author_of(by, at).name, f"run-{at:%Y%m%d%H%M%S}", dry=dry_run):
        found.append(swept)
        if not as_json:
            click.echo(line_of(swept, dry_run))
    if as_json:
        print_json([asdict(one) for one in found])
    sys.exit(1 if any(one.detail for one in found) else 0)


def line_of(swept: Swept, dry: bool) -> str:
    """A kind as it is printed."""
    if swept.before is None:
        return f"{swept.kind:<11} kept for ever"
    did = "would go" if dry else "deleted"
    detail = f"; {swept.detail}" if swept.detail else ""
    return f"{swept.kind:<11} {swept.deleted:>7} {did}, before {swept.before:%Y-%m-%d} ({WHAT[swept.kind]}){detail}"


partner_option = click.option("--partner", default="", metavar="N", help="A partner, by its partner number.")
number_option = click.option(
    "--number", default="", metavar="NUMBER", help='A telephone number, such as "+39 0461 171 5112".'
)


@click.group()
def privacy() -> None:
    """Show or erase what is kept of one partner or one telephone number.

    What the contract says of it: art. 10 and 11.
    """


def subject_of(partner: str, number: str) -> Subject:
    """Who is asked about; ends the command unless it is one partner or one number."""
    if bool(partner) == bool(number):
        raise click.UsageError("Name one: --partner 4001, or --number +390461123456.")
    written = e164(number) if number else ""
    if written is None:
        raise click.UsageError(f'"{number}" is not an international number. Write it like "+39 0461 171 5112".')
    return Subject(partner, written)


@privacy.command("export")
@partner_option
@number_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; without it, standard output.")
def privacy_export(partner: str, number: str, out: Path | None) -> None:
    """Write everything that is kept of a partner or a number as JSON.

    \b
    Examples:
      nightline privacy export --partner 4001 --out rossi.json
      nightline privacy export --number "+44 20 7946 0201"
    """
    subject, house = subject_of(partner, number), house_of()
    with house.engine.connect() as connection:
        found = json.dumps(export_subject(connection, subject, house.clock()), default=list, indent=2)
    if out is None:
        click.echo(found)
        return
    with open(out, "w", encoding="utf-8", opener=private) as file:
        file.write(found + "\n")
    click.echo(f"What is kept of {subject} is in {out}.")


@privacy.command("erase")
@partner_option
@number_option
@click.option("--dry-run", is_flag=True, help="Only show what would be erased.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; asks nothing, so it needs --yes or --dry-run.")
@by_option
def privacy_erase(partner: str, number: str, dry_run: bool, yes: bool, as_json: bool, by: str) -> None:
    """Erase a partner's or a number's personal data. It shows what, and asks first.

    Tickets and calls stay without who it was, for statistics. Callers' messages are deleted at the carrier too.

    \b
    Examples:
      nightline privacy erase --number "+44 20 7946 0201" --dry-run
      nightline privacy erase --partner 4001 --yes
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing: add --yes or --dry-run.")
    subject, house = subject_of(partner, number), house_of()
    with house.engine.connect() as connection:
        counted, named = count(connection, subject), configured(connection, subject)
    if not as_json:
        tell_plan(subject, counted, named)
    if not dry_run and counted:
        if not (yes or click.confirm("Erase this? It cannot be undone.")):
            sys.exit(1)
        try:
            counted = erase_subject(house, subject, author_of(by, house.clock()))
        except NotErased as failure:
            click.echo(str(failure), err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(counted))
    elif counted and not dry_run:
        click.echo("Erased.")


def tell_plan(subject: Subject, counted: dict[str, int], named: list[dict[str, object]]) -> None:
    """What would be erased, and what stays because the configuration names it."""
    click.echo(f"Kept of {subject}:" if counted else f"Nothing is kept of {subject}.")
    for name, rows in counted.items():
        click.echo(f"  {name:<14} {rows:>6}")
    for one in named:
        click.echo(f"The configuration still has it, as {one['kind']} {one['name']}: remove it there too.")


@privacy.command("new-key")
@json_option
def privacy_new_key(as_json: bool) -> None:
    """Print a new key, for NIGHTLINE_RECORDING_KEYS or NIGHTLINE_SECRET_KEYS.

    Put it first, the old ones behind it until `reseal` ran. Each of the two variables should have a key of its own.

    \b
    Example:
      nightline privacy new-key
    """
    from cryptography.fernet import Fernet

    key = Fernet.generate_key().decode()
    if as_json:
        print_json({"key": key})
        return
    click.echo(key)


@privacy.command("reseal")
@json_option
def privacy_reseal(as_json: bool) -> None:
    """Encrypt what is kept encrypted with the first key: messages and secrets, also those that are plain yet.

    Messages of callers with NIGHTLINE_RECORDING_KEYS; the secrets of webhooks and authenticator apps with
    NIGHTLINE_SECRET_KEYS. All of either, or none.

    \b
    Example:
      nightline privacy reseal
    """
    house, sealer = house_of(), Sealer(read_settings())
    secrets = all_or_none(house, "secrets", lambda connection: rewrite_secrets(connection, sealer.sealed_anew))
    messages = all_or_none(house, "messages", lambda connection: vault.seal_all_anew(connection, house.settings))
    if as_json:
        print_json({"sealed": messages, "secrets": secrets})
        return
    click.echo(f"{messages} messages are sealed with the first key. The others are not needed any more.")
    if sealer.has_keys:
        click.echo(f"{secrets} secrets are sealed with the first key. The others are not needed any more.")
    else:
        click.echo("Secrets stay as plain text: NIGHTLINE_SECRET_KEYS is not set.")


@privacy.command("unseal")
@json_option
def privacy_unseal(as_json: bool) -> None:
    """Keep secrets as plain text again: before going back to a release that cannot read sealed ones.

    Afterwards unset NIGHTLINE_SECRET_KEYS, or they are sealed when they are next written.

    \b
    Example:
      nightline privacy unseal
    """
    house, sealer = house_of(), Sealer(read_settings())
    count = all_or_none(house, "secrets", lambda connection: rewrite_secrets(connection, sealer.open))
    if as_json:
        print_json({"secrets": count})
        return
    click.echo(f"{count} secrets are kept as plain text now. Unset NIGHTLINE_SECRET_KEYS.")


def all_or_none(house: House, what: str, work: Callable[[Connection], int]) -> int:
    """Write what is sealed anew, in one transaction; returns how many. Ends the command when no key opens one."""
    try:
        with house.engine.begin() as connection:
            return work(connection)
    except NotOpened as failure:
        click.echo(f"{failure}. None of the {what} was changed: add the key that it was sealed with.", err=True)
        sys.exit(1)
