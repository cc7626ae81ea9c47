"""`nightline call` and `nightline demo`: the line tried out, on a stage where no real phone can ring."""

import json
import secrets
import signal
import sys
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from ivr.clock import real_clock
from ivr.commands.tickets import everything, lines_of
from ivr.configuration.file import FileRefused
from ivr.rehearsal.handsets import BEHAVIOURS, answers_and_presses
from ivr.rehearsal.stage import Stage, StageFailed
from ivr.rehearsal.terminal import Outcome, Terminal
from ivr.store import tickets as ticket_store
from routing.numbers import e164
from routing.tickets import TicketState
from schedules.wallclock import to_utc

EXAMPLE = Path("config/example.toml")
DEMO_AT = "2026-11-28 03:00"
DEMO_CALLER, DEMO_NUMBER = "+442079460201", "+3904611715112"
DEMO_LOGIN = "demo@example.com"
DEMO_KEYS = ("1", "say The portal and all phones are down since midnight", "#")


def instant(moment: str | None, zone: str) -> datetime | None:
    """A moment on a zone's wall clock, or with an offset of its own; None stays None."""
    if moment is None:
        return None
    try:
        written = datetime.fromisoformat(moment)
    except ValueError:
        raise click.BadParameter(f'"{moment}" is no instant. Write it like "2026-11-28 03:00".') from None
    return written if written.tzinfo else to_utc(written, zone)


def zone_of(config: Path, number: str) -> str:
    """The time zone of the region that has a number."""
    from ivr.configuration.file import read_file

    configuration = read_file(config, real_clock()).configuration
    region = configuration.region_of(number) or configuration.default_region
    return region.hours.zone


def names_on(stage: Stage) -> dict[str, str]:
    """Who has which number, for the transcript."""
    names = {DEMO_CALLER: "caller"}
    for engineer in stage.configuration.engineers.values():
        names |= dict.fromkeys(engineer.phones, engineer.name)
    for region in stage.configuration.regions.values():
        names |= {region.number: f"{region.name} line", **dict.fromkeys(region.desk, f"desk {region.key}")}
    return names


def end_like_ctrl_c() -> None:
    """Whoever ends this process ends the stage's too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def number_argument(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """A telephone number however it is written; a withheld caller is written `anonymous`."""
    return e164(value) or value


@click.command()
@click.option("--from", "from_", default=DEMO_CALLER, show_default=True, callback=number_argument, help="Who calls.")
@click.option("--to", default=DEMO_NUMBER, show_default=True, callback=number_argument, help="The number called.")
@click.option("--at", "moment", default=None, help='When, on the region\'s wall clock: "2026-11-28 03:00".')
@click.option("--keys", default=None, help='Pressed one after the other: "1,say all is down,#". Without: you type.')
@click.option("--engineer", type=click.Choice(sorted(BEHAVIOURS)), default=None, help="How engineers' phones behave.")
@click.option("--config", type=click.Path(path_type=Path, exists=True), default=EXAMPLE, show_default=True)
@click.option("--carrier", default=None, help="The stand-in carrier of a demo that runs, instead of an own stage.")
@click.option("--pace", default=1.0, show_default=True, help="Every wait is shorter by this factor.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line; the last one is the outcome.")
def call(
    from_: str,
    to: str,
    moment: str | None,
    keys: str | None,
    engineer: str | None,
    config: Path,
    carrier: str | None,
    pace: float,
    as_json: bool,
) -> None:
    """Dial a number and read what the caller hears. No real phone rings.

    Type keys, or: say WORDS, hang up, e answer, e 1, e decline (the engineer who is rung). With --keys the caller
    hangs up ten seconds after reaching somebody, or after three minutes on hold.

    \b
    Examples:
      nightline call --to "+39 0461 1715112" --at "2026-11-28 03:00"
      nightline call --at "2026-11-28 03:00" --keys "1,say all is down,#" --engineer "takes it" --pace 5
    """
    if carrier is not None:
        outcome = converse(Terminal(carrier, {}, click.echo, as_json), from_, to, keys)
        finish_call(outcome, None, as_json)
        return
    end_like_ctrl_c()
    try:
        with Stage(config, at=instant(moment, zone_of(config, to)), pace=pace) as stage:
            stage.start(lambda text: click.echo(f"  {text} ...", err=True))
            for person in stage.configuration.engineers.values():
                for phone in person.phones if engineer else ():
                    stage.carrier.add_phone(phone, BEHAVIOURS[engineer or ""])
            terminal = Terminal(stage.carrier_url, names_on(stage), click.echo, as_json)
            finish_call(converse(terminal, from_, to, keys), stage, as_json)
    except (StageFailed, FileRefused) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def converse(terminal: Terminal, from_: str, to: str, keys: str | None) -> Outcome:
    """The call itself: scripted, or typed line by line."""
    terminal.dial(from_, to)
    if keys is not None:
        return terminal.follow(key.strip() for key in keys.split(",") if key.strip())

    if not terminal.as_json:
        click.echo("Type keys, or: say WORDS, hang up, e answer, e 1, e decline (the engineer who is rung).\n")

    def read_lines() -> None:
        for line in sys.stdin:
            terminal.type(line)

    threading.Thread(target=read_lines, daemon=True).start()
    return terminal.follow()


def finish_call(outcome: Outcome, stage: Stage | None, as_json: bool) -> None:
    """What became of it, with the ticket."""
    if as_json:
        click.echo(json.dumps({"outcome": asdict(outcome), "ticket": ticket_of(stage, outcome.sid)}, default=str))
        return
    names = names_on(stage) if stage else {}
    joined = ", ".join(names.get(number, number) for number in outcome.joined_with) or "nobody"
    click.echo(f"\nThe caller spoke with {joined}.")
    if stage is not None:
        print_ticket(stage, outcome.sid)


def ticket_of(stage: Stage | None, call_sid: str) -> dict[str, object] | None:
    """The call's ticket as plain values."""
    if stage is None:
        return None
    with stage.engine.begin() as connection:
        found = ticket_store.ticket_of_call(connection, call_sid)
        return everything(connection, found) if found else None


def print_ticket(stage: Stage, call_sid: str) -> None:
    """Print the call's ticket, if it has one."""
    with stage.engine.begin() as connection:
        found = ticket_store.ticket_of_call(connection, call_sid)
        if found is None:
            click.echo("No ticket was opened.")
            return
        whole = everything(connection, found)
    click.echo("\n".join(lines_of(stage.configuration, found, whole)))


@click.command()
@click.option("--once", is_flag=True, help="End after the call; status 0 only if both were joined.")
@click.option("--pace", default=3.0, show_default=True, help="Every wait is shorter by this factor.")
@click.option("--config", type=click.Path(path_type=Path, exists=True), default=EXAMPLE, show_default=True)
def demo(once: bool, pace: float, config: Path) -> None:
    """Play one Critical call at three in the morning to its end, and stay up for more.

    The web server, the paging worker and the database are the real ones; only the carrier is a stand-in.

    \b
    Examples:
      nightline demo
      nightline demo --once --pace 5
    """
    end_like_ctrl_c()
    click.echo("Nightline rehearsal: it is Saturday, three in the morning in Italy. No real phone rings.")
    try:
        with Stage(config, at=instant(DEMO_AT, "Europe/Rome"), pace=pace) as stage:
            stage.start(lambda text: click.echo(f"  starting {text} ..."))
            password = add_operator(stage)
            good = play_demo(stage)
            if once:
                sys.exit(0 if good else 1)
            stay(stage, pace, password)
    except (StageFailed, FileRefused) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("\nStopped.")


def play_demo(stage: Stage) -> bool:
    """The call of the README; whether caller and engineer were joined and the ticket is acknowledged."""
    for engineer in stage.configuration.engineers.values():
        for phone in engineer.phones:
            stage.carrier.add_phone(phone, answers_and_presses("1", after=12, rings=6))
    terminal = Terminal(stage.carrier_url, names_on(stage), click.echo, as_json=False)
    click.echo("")
    terminal.dial(DEMO_CALLER, DEMO_NUMBER)
    outcome = terminal.follow(DEMO_KEYS)
    finish_call(outcome, stage, as_json=False)
    with stage.engine.begin() as connection:
        ticket = ticket_store.ticket_of_call(connection, terminal.sid)
    acknowledged = ticket is not None and ticket.state is TicketState.ACKNOWLEDGED
    return acknowledged and bool(outcome.joined_with) and not outcome.surprises


def add_operator(stage: Stage) -> str:
    """Let the first manager in to the console of this stage, as operator; returns the password, made up each time."""
    from ivr.clock import real_clock
    from ivr.console.passwords import hash_password
    from ivr.store.accounts import add_account

    password = secrets.token_urlsafe(12)
    values = {"name": "First manager", "role": "operator", "password_hash": hash_password(password, DEMO_LOGIN)}
    with stage.engine.begin() as connection:
        add_account(connection, login=DEMO_LOGIN, at=real_clock(), **values)
    return password


def stay(stage: Stage, pace: float, password: str) -> None:
    """Wait for more calls until Ctrl-C."""
    click.echo(f"""
Still up. The console: {stage.public_url}/console
  login {DEMO_LOGIN}, password {password}
In another terminal, from this folder:
  .venv/bin/nightline call --carrier {stage.carrier_url} --from {DEMO_CALLER} --to {DEMO_NUMBER}
  curl {stage.public_url}/readyz
  NIGHTLINE_DATABASE_URL={stage.database_url} .venv/bin/nightline tickets
The stand-in carrier is at {stage.carrier_url}, waits are {pace:g} times shorter. Ctrl-C stops everything.""")
    threading.Event().wait()
