"""What a long measure is at, told while nothing else is to be seen."""

import time

import click

BEGAN = time.monotonic()


def say(what: str) -> None:
    """A line on standard error, with the minutes since the benchmark began: figures alone go to standard output."""
    minutes, seconds = divmod(int(time.monotonic() - BEGAN), 60)
    click.echo(f"    {minutes:>3}:{seconds:02}  {what}", err=True)
