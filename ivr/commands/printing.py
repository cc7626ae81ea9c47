"""What commands print: JSON for programs, and for people at a terminal how far long work is."""

import json
import sys
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print a value as JSON to standard output; instants as text, in UTC."""
    click.echo(json.dumps(value, default=str, indent=2))


class Progress:
    """One line on a terminal that is written anew; nothing where standard error is no terminal."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self._shown = sys.stderr.isatty()

    def __call__(self, what: str, count: int) -> None:
        """So much of something is done."""
        if self._shown:
            click.echo(f"\r\033[K{what}: {count}", err=True, nl=False)

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self._shown:
            click.echo("\r\033[K", err=True, nl=False)
