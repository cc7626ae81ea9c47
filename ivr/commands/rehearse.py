"""`nightline rehearse`: one rehearsal of the console, which starts it; its plan comes on standard input."""

import os
import sys
import traceback
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ivr.rehearsal.plan import Plan


@click.command(hidden=True)
def rehearse() -> None:
    """Run one rehearsal for the console, which starts this and writes the plan to standard input.

    It ends when it is told to, when nobody uses it, when its time is up, and when standard input is closed.
    """
    from ivr.rehearsal.plan import read
    from ivr.watch.logs import log_to_stderr

    log_to_stderr()
    try:
        plan = read(sys.stdin.buffer.readline())
    except ValueError:
        raise click.UsageError("the console starts this. To dial from here: nightline call") from None
    os._exit(play(plan))  # there are threads that would go on for a while, and nothing that they could save


def play(plan: "Plan") -> int:
    """The rehearsal, from its start to its end; 0 once it could take a call."""
    from ivr.rehearsal.rehearsals import announce, throw_away
    from ivr.rehearsal.session import Session, end_with
    from ivr.rehearsal.wall import put_up_wall

    os.nice(5)  # a real call on this machine goes first
    put_up_wall()
    try:
        session = Session(plan)
        end_with(sys.stdin.fileno(), session.over)
        session.start()
        announce(plan, session.url, os.getpid())
        click.echo(f"The rehearsal is over: {session.wait_until_over()}.", err=True)
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        throw_away(plan.folder)
    return 0
