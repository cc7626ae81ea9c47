"""`nightline recording`: saves what a caller said for a ticket."""

import sys
from pathlib import Path

import click

from ivr.commands.printing import json_option, print_json
from ivr.commands.tickets import reading
from ivr.key_ring import NotOpened
from ivr.privacy.vault import kept_audio
from ivr.private import private
from ivr.recordings import RecordingFailed, fetched
from ivr.settings import read_settings
from ivr.store.messages import RecordingRecord, recordings_of
from ivr.store.tickets import find_ticket


@click.command()
@click.argument("number", type=int)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to save the audio.")
@json_option
def recording(number: int, out: Path, as_json: bool) -> None:
    """Save the caller's last message for a ticket.

    \b
    Example:
      nightline recording 1042 --out message.wav
    """
    settings, stored = read_settings(), last_message(number)
    try:
        with reading() as connection:
            kept = kept_audio(connection, settings, stored.sid)
        content, _kind = kept or fetched(settings, stored.url)
        with open(out, "wb", opener=private) as file:
            file.write(content)
    except (RecordingFailed, NotOpened, OSError) as failure:  # an answer that breaks off is an OSError, too
        click.echo(f"The message of ticket {number} was not saved: {failure}", err=True)
        sys.exit(1)
    if as_json:
        print_json({"ticket": number, "seconds": stored.seconds, "file": str(out)})
        return
    click.echo(f"{stored.seconds} seconds of ticket {number} are in {out}.")


def last_message(number: int) -> RecordingRecord:
    """The newest recording of a ticket; without one the command ends."""
    with reading() as connection:
        found, stored = find_ticket(connection, number), recordings_of(connection, number)
    if found is None:
        click.echo(f"There is no ticket {number}. List them with: nightline tickets", err=True)
        sys.exit(1)
    if not stored:
        click.echo(f"The caller of ticket {number} left no message.", err=True)
        sys.exit(1)
    return stored[-1]
