"""The `nightline` command: what operators type."""

import sys
import tomllib
from importlib import metadata
from pathlib import Path

import click

from ivr.commands.backup import backup, restore
from ivr.commands.completion import completion
from ivr.commands.database import apply, export, migrate
from ivr.commands.doctor import doctor
from ivr.commands.fallback import fallback
from ivr.commands.numbers import numbers
from ivr.commands.phone import call, demo
from ivr.commands.privacy import privacy, retention
from ivr.commands.recording import recording
from ivr.commands.rehearse import rehearse
from ivr.commands.run import serve, web, worker
from ivr.commands.tickets import split, ticket, tickets, who
from ivr.commands.tokens import token
from ivr.commands.users import user
from ivr.settings import BadSettings
from ivr.store.configuration import NotConfigured


def version() -> str:
    """The release: of the installed package, or of the source that is run as it is."""
    try:
        return metadata.version("nightline")
    except metadata.PackageNotFoundError:
        project = Path(__file__).parent.parent / "pyproject.toml"
        return str(tomllib.loads(project.read_text())["project"]["version"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="nightline")
def nightline() -> None:
    """Nightline answers support numbers at night and calls the on-call engineer for Critical issues only."""


for command in (
    migrate,
    apply,
    export,
    serve,
    web,
    worker,
    tickets,
    ticket,
    recording,
    split,
    who,
    fallback,
    call,
    demo,
    rehearse,
    user,
    token,
    numbers,
    doctor,
    backup,
    restore,
    completion,
    retention,
    privacy,
):
    nightline.add_command(command)


def main() -> None:
    """The entry point: what is wrong with the environment is said in words, not in a traceback."""
    try:
        nightline()
    except (BadSettings, NotConfigured) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
