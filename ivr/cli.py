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
    """The entry point: what is wrong with the environment is said in words, not in a traceback."""
    try:
        nightline()
    except NeedsRemedy as error:
        click.echo(str(error), err=True)
        sys.exit(2)
