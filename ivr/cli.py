"""The `nightline` command: what operators type."""

import sys
import tomllib
from importlib import metadata
from pathlib import Path

import click

from ivr.commands.listing import Listing
from ivr.remedy import NeedsRemedy


def version() -> str:
    """The release: of the installed package, or of the source that is run as it is."""
    try:
        return metadata.version("nightline")
    except metadata.PackageNotFoundError:
        project = Path(__file__).parent.parent / "pyproject.toml"
        return str(tomllib.loads(project.read_text())["project"]["version"])


@click.group(cls=Listing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="nightline")
def nightline() -> None:
    """Nightline answers support numbers at night and calls the on-call engineer for Critical issues only."""


def main() -> None:
    """The entry point: what is wrong with the environment or the database is said in words, not in a traceback."""
    try:
        nightline()
    except NeedsRemedy as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        if not (said := why_the_database_failed(error)):
            raise
        click.echo(said, err=True)
        sys.exit(1)


def why_the_database_failed(error: Exception) -> str:
    """What its driver says, without statement or password, and what to do; empty when it was something else."""
    from sqlalchemy import make_url  # here, because most that is typed needs no database and is answered at once
    from sqlalchemy.exc import OperationalError

    from ivr.settings import read_database_url

    if not isinstance(error, OperationalError):
        return ""
    why = str(error.orig).partition("\n")[0].replace(make_url(read_database_url()).password or "\n", "***")
    return (
        f"The database failed: {why}. See that it runs and that NIGHTLINE_DATABASE_URL names it; if it has other work "
        "in hand, try again. More of it says: nightline doctor"
    )
