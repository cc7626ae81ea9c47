"""`nightline tickets`, `ticket` and `who`: what happened, and who would be called."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from dbos import DBOSClient
from sqlalchemy import Connection, inspect

from ivr.clock import real_clock
from ivr.commands.printing import json_option, print_json
from ivr.paging import incidents
from ivr.paging.pager import Pager
from ivr.remedy import NeedsRemedy
from ivr.settings import read_database_url
from ivr.store import attempts as attempt_store
from ivr.store import tickets as ticket_store
from ivr.store.configuration import load_configuration
from ivr.store.engine import connect
from ivr.store.messages import recordings_of, texts_of
from ivr.store.optouts import stopped_phones
from ivr.store.rehearsal import clock_of
from ivr.store.tables import counters
from routing.configuration import Configuration
from routing.escalation import Candidate
from routing.regions import Region
from routing.screening import SPOKEN_SYMPTOM, explain
from routing.tickets import Ticket
from schedules.wallclock import to_local


class NotMigrated(NeedsRemedy):
    """The database has no tables yet."""


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection to the configured database. Raises NotMigrated when it has none of our tables."""
    engine = connect(read_database_url())
    try:
        with engine.begin() as connection:
            if not inspect(connection).has_table(counters.name):
                raise NotMigrated(
                    "The database that NIGHTLINE_DATABASE_URL names holds nothing of Nightline. "
                    "Is that the right one? Then run: nightline migrate"
                )
            yield connection
    finally:
        engine.dispose()


@click.command()
@json_option
@click.option("--limit", default=50, show_default=True, help="How many, the newest first.")
def tickets(as_json: bool, limit: int) -> None:
    """List tickets, the newest first.

    \b
    Examples:
      nightline tickets --limit 10
      nightline tickets --json | jq '.[] | select(.state == "paging")'
    """
    with reading() as connection:
        found = ticket_store.list_tickets(connection, limit)
        known = load_configuration(connection)
    if as_json:
        print_json([asdict(ticket) for ticket in found])
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
@json_option
def ticket(number: int, as_json: bool) -> None:
    """Print one ticket: the facts, the answers behind the verdict, and its timeline.

    \b
    Example:
      nightline ticket 1042 --json
    """
    with reading() as connection:
        found = ticket_store.find_ticket(connection, number)
        if found is None:
            click.echo(f"There is no ticket {number}. List them with: nightline tickets", err=True)
            sys.exit(1)
        known = load_configuration(connection)
        whole = everything(connection, found)
    if as_json:
        print_json(whole)
    else:
        click.echo("\n".join(lines_of(known, found, whole)))


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
@json_option
def split(number: int, as_json: bool) -> None:
    """Take a ticket out of its incident: an engineer is called for it alone.

    \b
    Example:
      nightline split 1043
    """
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
    if as_json:
        print_json({"ticket": number, "paging": True})
        return
    click.echo(f"An engineer is called for ticket {number} now.")


def without_texts(person: Candidate, stopped: frozenset[str]) -> str:
    """What is said of somebody who texted STOP."""
    return ", texts stopped" if stopped & set(person.phones) else ""


@click.command()
@click.option("--at", "moment", default=None, help="An instant with its offset, such as 2026-11-28T03:00+01:00.")
@json_option
def who(moment: str | None, as_json: bool) -> None:
    """Print who would be called, level by level, and why.

    \b
    Examples:
      nightline who
      nightline who --at 2026-12-24T20:00+01:00 --json
    """
    at = instant(moment) if moment else real_clock()
    with reading() as connection:
        known, stopped = load_configuration(connection), stopped_phones(connection)
    if as_json:
        print_json([people_of(known, region, at, stopped) for region in known.regions.values()])
        return
    for region in known.regions.values():
        click.echo(f"{region.name} ({region.number})")
        levels = known.people_at(known.policy_of(region.key), at)
        for position, line in enumerate(levels, start=1):
            names = ", ".join(f"{one.name} ({one.because}){without_texts(one, stopped)}" for one in line.candidates)
            click.echo(f"  level {position}: {names or 'NOBODY'}")


def people_of(known: Configuration, region: Region, at: datetime, stopped: frozenset[str]) -> dict[str, object]:
    """Who would be called for a region, as plain values."""
    levels = [
        [
            {
                "name": one.name,
                "because": one.because,
                "phones": list(one.phones),
                "texts": not stopped & set(one.phones),
            }
            for one in line.candidates
        ]
        for line in known.people_at(known.policy_of(region.key), at)
    ]
    return {"region": region.key, "number": region.number, "at": at.isoformat(), "levels": levels}
