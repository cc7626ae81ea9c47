"""The doctor: looks at everything that a night depends on, and says of each fault what to do about it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ivr.operations.carrier_checks import carrier_findings
from ivr.operations.findings import Finding, error, good, warning
from ivr.operations.integration_checks import integration_findings
from ivr.operations.outside_checks import fallback_findings, webhook_findings
from ivr.operations.secret_checks import how_kept, secret_findings
from ivr.sealing import Kept
from ivr.settings import Settings
from ivr.store.absences import absences_from
from ivr.store.configuration import NotConfigured, load_configuration
from ivr.store.engine import connect
from ivr.store.feed_state import FeedState, find_feed_state
from ivr.store.migrate import is_current, is_of_later_release
from ivr.store.optouts import stopped_phones
from ivr.store.rehearsal import clock_in
from ivr.store.workers import DEAD_AFTER, living_workers
from routing.configuration import Configuration
from routing.coverage import findings_of
from routing.escalation import managers_line
from schedules.coverage import FindingKind
from schedules.leave import Absence

WEEKS_AHEAD = timedelta(weeks=2)
SERIOUS = {FindingKind.NO_ONE, FindingKind.GAP}


@dataclass(frozen=True)
class Known:
    """What the database says: the configuration, living workers, and phones that want no texts."""

    configuration: Configuration
    workers: frozenset[str]
    stopped: frozenset[str]
    absences: tuple[Absence, ...]
    at: datetime
    status_page: FeedState | None = None
    secrets: Mapping[Kept, int] = field(default_factory=dict)


def examine(settings: Settings, real_at: datetime) -> Iterator[Finding]:
    """Every finding, as it is made. `real_at` is UTC on this machine's clock; the database may live by another."""
    yield from environment_findings(settings)
    found = database(settings)
    if isinstance(found, Finding):
        yield found
        known = None
    else:
        known = found
        yield good("database", "answers, and has the shape of this release")
        yield from _all(known)
        yield from status_page_findings(settings, known)
        yield from secret_findings(settings, known.secrets)
    yield from carrier_findings(settings, known.configuration if known else None, real_at)
    yield from webhook_findings(settings)
    yield from integration_findings(settings)
    yield from fallback_findings(settings, known.configuration if known else None, real_at)


def _all(known: Known) -> Iterator[Finding]:
    yield from worker_findings(known)
    yield from people_findings(known)
    yield from rota_findings(known.configuration, known.absences, known.at)


def database(settings: Settings) -> Known | Finding:
    """What the database says, or what is wrong with it."""
    engine = connect(settings.database_url)
    try:
        with engine.connect() as connection:
            return _known(connection, settings)
    except SQLAlchemyError as failure:
        remedy = "Start it, or correct NIGHTLINE_DATABASE_URL. Calls go on from the standby meanwhile."
        return error("database", f"does not answer ({type(failure).__name__})", remedy)
    finally:
        engine.dispose()


def _known(connection: Connection, settings: Settings) -> Known | Finding:
    if is_of_later_release(connection):
        remedy = "That is right while two releases run side by side. Then ask the later one's doctor."
        return warning("database", "was migrated by a later release", remedy)
    if not is_current(connection):
        return error("database", "has not the shape of this release", "Run: nightline migrate")
    try:
        configuration = load_configuration(connection)
    except NotConfigured:
        return error("configuration", "nothing is applied", "Run: nightline apply my.toml (or restore, with a backup).")
    at = clock_in(connection)()
    workers, absences = living_workers(connection, at - DEAD_AFTER), absences_from(connection, at)
    stopped, state, secrets = stopped_phones(connection), find_feed_state(connection), how_kept(connection, settings)
    return Known(configuration, workers, stopped, absences, at, state, secrets)


def environment_findings(settings: Settings) -> Iterator[Finding]:
    """What the environment says that does not belong on a line that people depend on."""
    if settings.now is not None or settings.pace != 1:
        yield error("environment", "NIGHTLINE_NOW or NIGHTLINE_PACE is set", "They are for rehearsals: unset both.")
    if not settings.public_url.startswith("https:"):
        remedy = "Put a proxy with TLS in front, and set NIGHTLINE_PUBLIC_URL to its https address."
        yield error("environment", f"{settings.public_url} is not encrypted", remedy)
    if settings.heartbeat_url is None:
        remedy = "Set NIGHTLINE_HEARTBEAT_URL to a dead man's switch, so that somebody learns when Nightline is down."
        yield warning("environment", "nobody is told should the whole service stop", remedy)
    if settings.second_auth_token is not None:
        remedy = "When the rotation is over, unset TWILIO_AUTH_TOKEN_SECONDARY."
        yield warning("environment", "a second token signs webhooks", remedy)


def worker_findings(known: Known) -> Iterator[Finding]:
    """Whether somebody would page."""
    count = len(known.workers)
    if count:
        yield good("workers", f"{count} paging worker{'s' if count > 1 else ''} alive")
    else:
        yield error("workers", "no paging worker is alive", "Start one: nightline worker (or nightline serve)")


def people_findings(known: Known) -> Iterator[Finding]:
    """Whether people can be reached."""
    engineers = known.configuration.engineers.values()
    if not managers_line(engineers).candidates:
        remedy = "Give an active manager a phone: they are told when a page stays unanswered."
        yield error("people", "no manager can be called", remedy)
    for engineer in engineers:
        if engineer.active and engineer.unverified:
            remedy = "Have the code confirmed on the engineer's page in the console; until then it is not rung."
            yield warning("people", f"{engineer.name}: {', '.join(engineer.unverified)} is not verified", remedy)
        if known.stopped & set(engineer.phones):
            remedy = "Have them text START to the line's number; their phone is rung all the same."
            yield warning("people", f"{engineer.name} stopped texts", remedy)


def status_page_findings(settings: Settings, known: Known) -> Iterator[Finding]:
    """Whether what the status page posts reaches callers."""
    if settings.status_url is None:
        return
    state, remedy = known.status_page, "See that a worker runs, and that NIGHTLINE_STATUS_URL answers from its machine."
    if state is None or state.read_at is None:
        why = f": {state.error}" if state and state.error else ""
        yield warning("status page", f"was never read{why}", remedy)
    elif known.at - state.read_at >= settings.status_stale_after:
        yield warning("status page", f"was last read {state.read_at:%Y-%m-%d %H:%M} UTC: {state.error}", remedy)
    elif state.error:
        yield warning("status page", state.error, "Look at the page's own summary.json; the rest of it is announced.")
    else:
        yield good("status page", f"was read, {state.entries} entries, {state.spoken} for our regions")
    if not known.configuration.components:
        remedy = "Name the status page's components and their regions as [[components]], then: nightline apply."
        yield warning("status page", "no component of it is mapped to a region: nothing is announced", remedy)


def rota_findings(known: Configuration, absences: tuple[Absence, ...], at: datetime) -> Iterator[Finding]:
    """What the rotas of the next two weeks leave open."""
    found = findings_of(known, absences, at, WEEKS_AHEAD)
    for one in found:
        when = f"{one.starts_at:%a %Y-%m-%d %H:%M} to {one.ends_at:%a %Y-%m-%d %H:%M} UTC"
        tell: Callable[[str, str, str], Finding] = error if one.kind in SERIOUS else warning
        yield tell("rotas", f"{one.text} ({when})", "Open the rota in the console and put somebody there.")
    if not found:
        yield good("rotas", "somebody is on call at every level for the next two weeks")
