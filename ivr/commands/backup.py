"""`nightline backup` and `restore`: everything in one file, and back."""

import sys
from collections import Counter
from pathlib import Path

import click

from ivr.clock import real_clock
from ivr.commands.printing import Progress, json_option, print_json
from ivr.operations.backup import NotBackedUp, NotRestored, back_up
from ivr.operations.backup import restore as bring_back
from ivr.paging.worker import prepare_queue
from ivr.settings import read_database_url
from ivr.store.engine import WORKER_WAITS, connect


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write everything, as of this moment, to FILE (gzip). Nightline goes on meanwhile.

    \b
    Example:
      nightline backup /backups/nightline-$(date +%F).jsonl.gz
    """
    engine, progress = connect(read_database_url(), WORKER_WAITS, unhurried=True), Progress()
    try:
        counts = back_up(engine, file, real_clock(), progress)
    except OSError as error:
        click.echo(f"{file} cannot be written: {error.strerror}.", err=True)
        sys.exit(1)
    except NotBackedUp as failure:
        click.echo(f"{failure} Nothing was written.", err=True)
        sys.exit(1)
    finally:
        progress.end()
        engine.dispose()
    tell(counts, as_json, f"{sum(counts.values())} rows in {file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Bring a backup into the database that NIGHTLINE_DATABASE_URL names, which must be empty.

    The kinds may differ: a backup of SQLite goes into PostgreSQL, and the other way round.

    \b
    Example:
      NIGHTLINE_DATABASE_URL=postgresql://... nightline restore /backups/nightline-2026-11-28.jsonl.gz
    """
    engine, progress = connect(read_database_url(), WORKER_WAITS, unhurried=True), Progress()
    try:
        counts = bring_back(engine, file, progress)
        prepare_queue(engine)
    except NotRestored as failure:
        click.echo(f"{failure} Nothing was changed.", err=True)
        sys.exit(1)
    finally:
        progress.end()
        engine.dispose()
    tell(counts, as_json, f"{sum(counts.values())} rows restored. Start the workers: open pages are taken up anew.")


def tell(counts: Counter[str], as_json: bool, text: str) -> None:
    """The outcome: a sentence, or the rows by table."""
    if as_json:
        print_json({"rows": sum(counts.values()), "tables": dict(counts)})
        return
    click.echo(text)
