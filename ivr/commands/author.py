"""Who types a command: the user of the operating system, or whoever is named."""

import getpass
from datetime import datetime

import click

from ivr.store.audit import Author

by_option = click.option(
    "--by", default="", metavar="NAME", help="Whom the audit names; without it the user of this machine."
)


def author_of(by: str, at: datetime) -> Author:
    """The author of what a command changes at `at` (UTC)."""
    try:
        name = by or getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may have no name
        name = "somebody on this machine"
    return Author(name[:200], at, "file")
