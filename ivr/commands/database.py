"""`nightline migrate`, `apply` and `export`: the database's shape and what is configured in it."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from ivr.commands.author import author_of, by_option
from ivr.commands.printing import Progress, json_option, print_json
from ivr.commands.tickets import reading
from ivr.configuration.apply import apply_file
from ivr.configuration.export import to_toml
from ivr.configuration.file import FileRefused
from ivr.paging.worker import prepare_queue
from ivr.settings import read_database_url
from ivr.store.configuration import load_configuration, load_partners
from ivr.store.engine import connect
from ivr.store.migrate import migrate as run_migrations
from ivr.store.migrate import revision_of
from ivr.store.rehearsal import clock_in


def migrated(url: str) -> None:
    """Bring the database at a URL to the present shape, for as long as that takes; no lock is waited for long."""
    engine = connect(url, unhurried=True)
    try:
        run_migrations(engine)
        prepare_queue(engine)
    finally:
        engine.dispose()


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the present shape. Safe to repeat; run it before each release.

    \b
    Example:
      NIGHTLINE_DATABASE_URL=postgresql://... nightline migrate
    """
    url = read_database_url()
    migrated(url)
    engine = connect(url)
    with engine.connect() as connection:
        revision = revision_of(connection)
    engine.dispose()
    where = url.split("@")[-1]
    if as_json:
        print_json({"database": where, "revision": revision})
        return
    click.echo(f"Migrated {where}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the plan and change nothing.")
@json_option
@by_option
def apply(file: Path, dry_run: bool, as_json: bool, by: str) -> None:
    """Make the database match FILE: regions, engineers, rotas, policies, partners.

    A file with errors changes nothing; each error names its line and what to write instead. Each change is a line
    of the audit.

    \b
    Example:
      nightline apply my.toml --dry-run
      nightline apply my.toml
    """
    url = read_database_url()
    migrated(url)
    engine, progress = connect(url), Progress()
    try:
        with engine.begin() as connection:
            at = clock_in(connection)()
            plan, parsed = apply_file(connection, file, dry_run, at, author_of(by, at), progress)
    except FileRefused as refused:
        for error in refused.errors:
            click.echo(str(error), err=True)
        count = len(refused.errors)
        click.echo(f"{count} error{'s' if count > 1 else ''}. Nothing was changed.", err=True)
        sys.exit(1)
    finally:
        progress.end()
        engine.dispose()
    for warning in parsed.warnings:
        click.echo(f"warning: {warning}", err=True)
    if as_json:
        print_json([asdict(change) for change in plan.changes])
    else:
        click.echo(str(plan))


@click.command()
def export() -> None:
    """Print the applied configuration as a file (TOML) that `nightline apply` takes.

    \b
    Example:
      nightline export > nightline.toml
    """
    with reading() as connection:
        click.echo(to_toml(load_configuration(connection), load_partners(connection)), nl=False)
