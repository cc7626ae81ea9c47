"""`nightline tickets`, `ticket` and `who`: what happened, and who would be called."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from dbos import DBOSClient
from sqlalchemy import Connection

from ivr.clock import real_clock
from ivr.paging import incidents
from ivr.paging.pager import Pager
from ivr.settings import read_database_url
from ivr.store import attempts as attempt_store
from ivr.store import tickets as ticket_store
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from ivr.store.messages import recordings_of, texts_of
from ivr.store.optouts import stopped_phones
from ivr.store.rehearsal import clock_of
from routing.configuration import Configuration
from routing.escalation import Candidate
from routing.screening import SPOKEN_SYMPTOM, explain
from routing.tickets import Ticket
from schedules.wallclock import to_local


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection to the configured database."""
    engine = connect(read_database_url())
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--limit", default=50, show_default=True, help="How many, the newest first.")
def tickets(as_json: bool, limit: int) -> None:
    """List tickets, the newest first."""
    with reading() as connection:
        found = ticket_store.list_tickets(connection, limit)
        known = load_configuration(connection)
    if as_json:
        click.echo(json.dumps([asdict(ticket) for ticket in found], default=str, indent=2))
        return
    for ticket in found:
        opened = local_time(known, ticket, ticket.opened_at)
        who = ticket.partner_name or "unverified"
        click.echo(
            f"{ticket.number}  {ticket.class_of_service:<8}  {ticket.state:<12}  {opened}  {who}, {ticket.symptom}"
        )
    if not found:
        click.echo("No tickets yet.")


@click.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ticket(number: int, as_json: bool) -> None:
    """Print one ticket: the facts, the answers behind the verdict, and its timeline."""
    with reading() as connection:
        found = ticket_store.find_ticket(connection, number)
        if found is None:
            click.echo(f"There is no ticket {number}. List them with: nightline tickets", err=True)
            sys.exit(1)
        known = load_configuration(connection)
        whole = everything(connection, found)
    click.echo(json.dumps(whole, default=str, indent=2) if as_json else "\n".join(lines_of(known, found, whole)))


def everything(connection: Connection, ticket: Ticket) -> dict[str, Any]:
    """A ticket with its timeline, attempts, texts and recordings, as plain values."""
    return {
        **asdict(ticket),
        "answers_in_words": explain(ticket.answers),
        "timeline": [asdict(item) for item in ticket_store.timeline(connection, ticket.number)],
        "attempts": [asdict(item) for item in attempt_store.attempts_of(connection, ticket.number)],
        "texts": [asdict(item) for item in texts_of(connection, ticket.number)],
        "recordings": [asdict(item) for item in recordings_of(connection, ticket.number)],
    }


def lines_of(known: Configuration, ticket: Ticket, whole: dict[str, Any]) -> Iterator[str]:
    """A ticket as it is printed: times on the wall clock of its region."""
    region = known.regions.get(ticket.region, known.default_region)
    due = "answered by phone at once"
    if ticket.response_due_at:
        due = local_time(known, ticket, ticket.response_due_at)
    verified = "" if ticket.verified else " (unverified)"
    yield f"Ticket {ticket.number}: {ticket.class_of_service}, {ticket.state}"
    yield f"  partner         {ticket.partner_name or 'unknown'}{verified}"
    yield f"  region          {region.name}, called {ticket.called} from {ticket.caller}"
    yield f"  symptom         {SPOKEN_SYMPTOM[ticket.symptom]} (art. {ticket.article})"
    for answer in whole["answers_in_words"]:
        yield f"                  {answer}"
    if ticket.incident:
        yield f"  incident        of ticket {ticket.incident}, whose engineer is called for this one too"
    yield f"  PBX             {ticket.pbx or 'not known yet'}"
    for recording in whole["recordings"]:
        yield f"  message         {recording['seconds']} s, {recording['url']}"
    yield f"  opened          {local_time(known, ticket, ticket.opened_at)}"
    yield f"  response due    {due}"
    if ticket.acknowledged_at:
        by = known.engineers.get(ticket.acknowledged_by or "")
        at = local_time(known, ticket, ticket.acknowledged_at)
        yield f"  acknowledged    {at} by {by.name if by else ticket.acknowledged_by}, by {ticket.acknowledged_via}"
    yield "  timeline"
    for happening in whole["timeline"]:
        at = local_time(known, ticket, happening["at"], "%H:%M:%S")
        yield f"    {at}  {happening['event']:<20}  {happening['detail']}".rstrip()


def local_time(known: Configuration, ticket: Ticket, at: datetime, form: str = "%a %Y-%m-%d %H:%M %Z") -> str:
    """An instant on the wall clock of the ticket's region."""
    region = known.regions.get(ticket.region, known.default_region)
    return to_local(at, region.hours.zone).strftime(form)


def instant(moment: str) -> datetime:
    """A moment that was typed, in UTC. One without an offset is refused: it could mean any clock."""
    try:
        written = datetime.fromisoformat(moment)
    except ValueError:
        written = None
    if written is None or written.tzinfo is None:
        remedy = 'Write it with its offset, like "2026-11-28T03:00+01:00", or with Z for UTC.'
        raise click.BadParameter(f'"{moment}" is no instant. {remedy}')
    return written.astimezone(UTC)


@click.command()
@click.argument("number", type=int)
def split(number: int) -> None:
    """Take a ticket out of its incident: an engineer is called for it alone."""
    engine = connect(read_database_url())
    pager = Pager(DBOSClient(system_database_engine=engine, lazy=True))
    try:
        with engine.begin() as connection:
            known, at = load_configuration(connection), clock_of(engine, None)()
            incidents.split(connection, pager, known, number, at, "by a manager")
    except incidents.NotSplit as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    finally:
        engine.dispose()
    click.echo(f"An engineer is called for ticket {number} now.")


def without_texts(person: Candidate, stopped: frozenset[str]) -> str:
    """What is said of somebody who texted STOP."""
    return ", texts stopped" if stopped & set(person.phones) else ""


@click.command()
@click.option("--at", "moment", default=None, help="An instant with its offset, such as 2026-11-28T03:00+01:00.")
def who(moment: str | None) -> None:
    """Print who would be called, level by level, and why."""
    at = instant(moment) if moment else real_clock()
    with reading() as connection:
        known, stopped = load_configuration(connection), stopped_phones(connection)
    for region in known.regions.values():
        click.echo(f"{region.name} ({region.number})")
        levels = known.people_at(known.policy_of(region.key), at)
        for position, line in enumerate(levels, start=1):
            names = ", ".join(f"{one.name} ({one.because}){without_texts(one, stopped)}" for one in line.candidates)
            click.echo(f"  level {position}: {names or 'NOBODY'}")
