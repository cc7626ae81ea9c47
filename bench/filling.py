"""Years of calls and tickets, written by the database itself, and a house of many engineers and partners."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, text

from bench.bigrota import big_rota, engineers
from bench.progress import say
from bench.service import EXAMPLE
from ivr.configuration.apply import apply_file
from ivr.paging.worker import prepare_queue
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.migrate import migrate
from routing.people import Engineer

LAST_DAY = "2026-11-27 00:00:00"
"""When (UTC) the newest ticket was opened that is filled in; the others go back over three years."""

YEARS_SECONDS = 3 * 365 * 24 * 3600
FIRST_TICKET = 1042
ROTA, SMALL_ROTA, FEW = "noc", "few", 100
"""A rota of all engineers, and one of a hundred at most."""


@dataclass(frozen=True)
class Size:
    """How much there is: tickets, each with a call, engineers in five layers, and partners with a phone each."""

    tickets: int
    engineers: int
    partners: int

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{self.tickets:,} tickets, {self.engineers:,} engineers"


def phone_of_partner(index: int) -> str:
    """The phone (E.164) of a partner, counted from 0."""
    return f"+390461{index:06}"


def fill(engine: Engine, size: Size) -> None:
    """Bring an empty database to the present shape and fill it, which takes minutes for a million and tells of it.

    The engine's connections are good for nothing else afterwards.
    """
    migrate(engine)
    prepare_queue(engine)
    with engine.begin() as connection:
        apply_file(connection, EXAMPLE)
        _staff(connection, size.engineers)
    with engine.connect() as connection:
        _in_haste(connection)
        for place, statement in enumerate(STATEMENTS, start=1):
            connection.execute(text(_spelled(statement, size, connection.dialect.name)))
            connection.commit()  # a log of it all would be as large as the database
            if size.tickets > LITTLE:
                say(f"{engine.dialect.name}, {size}: {place} of {len(STATEMENTS)} parts are written")
    _come_to_rest(engine)


def _staff(connection: Connection, number: int) -> None:
    """The sample's configuration with so many engineers more; its first rota made of them, and one of a few."""
    known = load_configuration(connection)
    more = {
        key: Engineer(key, f"Engineer {place}", (f"+44770{place:07}",)) for place, key in enumerate(engineers(number))
    }
    rotas = {
        ROTA: replace(big_rota(number), key=ROTA, name=known.rotas[ROTA].name),
        SMALL_ROTA: replace(big_rota(min(number, FEW)), key=SMALL_ROTA, name="A few"),
    }
    wanted = replace(known, engineers={**known.engineers, **more}, rotas={**known.rotas, **rotas})
    save_configuration(connection, wanted)


def _in_haste(connection: Connection) -> None:
    """The fill may be lost in a power cut, takes its time, and is right by itself: no key is looked up."""
    for setting in HASTE[connection.dialect.name]:
        connection.exec_driver_sql(setting)
    connection.commit()


def _come_to_rest(engine: Engine) -> None:
    """Do now what the database would do by itself soon, in the midst of the measure. SQLite keeps no statistics."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in REST[engine.dialect.name]:
            connection.exec_driver_sql(statement)


def _spelled(statement: str, size: Size, dialect: str) -> str:
    """A statement in the words of one database."""
    ago = f"(({size.tickets} - i) * {YEARS_SECONDS / size.tickets})"
    is_sqlite = dialect == "sqlite"
    spelling = {
        "rows": f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size.tickets})"
        if is_sqlite
        else f"WITH n(i) AS (SELECT generate_series(1\\:\\:bigint, {size.tickets}))",
        "partner_rows": f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {size.partners - 1})"
        if is_sqlite
        else f"WITH n(i) AS (SELECT generate_series(0\\:\\:bigint, {size.partners - 1}))",
        "at": f"strftime('%Y-%m-%d %H\\:%M\\:%f000', julianday('{LAST_DAY}') - {ago} / 86400.0)"
        if is_sqlite
        else f"timestamptz '{LAST_DAY}+00' - {ago} * interval '1 second'",
        "sid": "'CA' || " + _padded("i", 30, is_sqlite),
        "partner": "'2' || " + _padded(f"(i * 7919) % {size.partners}", 5, is_sqlite),
        "phone": "'+390461' || " + _padded(f"(i * 7919) % {size.partners}", 6, is_sqlite),
        "number": f"i + {FIRST_TICKET - 1}",
        "engineer": "'engineer-' || " + _padded(f"i % {size.engineers}", 3, is_sqlite),
        "partner_number": "'2' || " + _padded("i", 5, is_sqlite),
        "partner_phone": "'+390461' || " + _padded("i", 6, is_sqlite),
        "critical": "i % 3 = 0",
    }
    return statement.format(**spelling)


def _padded(number: str, digits: int, is_sqlite: bool) -> str:
    return f"printf('%0{digits}d', {number})" if is_sqlite else f"lpad(({number})\\:\\:text, {digits}, '0')"


LITTLE = 10_000

HASTE = {
    "sqlite": ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-1000000"),
    "postgresql": (
        "SET statement_timeout = 0",
        "SET synchronous_commit = off",
        "SET session_replication_role = replica",
    ),
}
REST = {
    "sqlite": ("PRAGMA wal_checkpoint(TRUNCATE)",),
    "postgresql": ("SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT"),
}

STATEMENTS = (
    """{partner_rows}
    INSERT INTO partners (number, name, tier, country, pbx, pin_hash)
    SELECT {partner_number}, 'Partner ' || i || ' Telecom', 'gold', 'IT', 'pbx-' || i, '' FROM n""",
    """{partner_rows}
    INSERT INTO partner_phones (phone, partner, position) SELECT {partner_phone}, {partner_number}, 0 FROM n""",
    """{rows}
    INSERT INTO calls (sid, region, called, caller, caller_number, partner, recognised_by, started_at, ended_at,
        in_support_hours, outcome, ticket)
    SELECT {sid}, CASE i % 3 WHEN 0 THEN 'it' WHEN 1 THEN 'us' ELSE 'dach' END, '+3904611715112', {phone}, {phone},
        {partner}, 'caller ID', {at}, {at}, false, CASE WHEN {critical} THEN 'connected' ELSE 'standard ticket' END,
        {number}
    FROM n""",
    """{rows}
    INSERT INTO answers (call, step, answer, at) SELECT {sid}, 'symptom', '2', {at} FROM n""",
    """{rows}
    INSERT INTO tickets (number, call, region, partner, partner_name, class_of_service, symptom, article, answers,
        caller, called, pbx, verified, state, opened_at, response_due_at, acknowledged_at, acknowledged_by,
        acknowledged_via, responded_at, escalation, round, missed_join, turn)
    SELECT {number}, {sid}, CASE i % 3 WHEN 0 THEN 'it' WHEN 1 THEN 'us' ELSE 'dach' END, {partner}, 'A partner',
        CASE WHEN {critical} THEN 'critical' ELSE 'standard' END, 'calls_dropping', '16.3', '{{}}',
        {phone}, '+3904611715112', 'pbx-' || i % 5000, true,
        CASE WHEN i % 6 = 0 THEN 'acknowledged' ELSE 'closed' END, {at}, {at},
        CASE WHEN {critical} THEN {at} END, {engineer}, 'key', CASE WHEN {critical} THEN {at} END,
        CASE WHEN {critical} THEN 1 ELSE 0 END, 1, false, 0
    FROM n""",
    """{rows}
    INSERT INTO ticket_log (ticket, key, at, event, detail) SELECT {number}, 'opened', {at}, 'opened', '' FROM n""",
    """{rows}
    INSERT INTO ticket_log (ticket, key, at, event, detail)
    SELECT {number}, 'note-1', {at}, 'note', 'Restarted trunk ' || i || ' of the site, the carrier saw SIP 503' FROM n
    WHERE i % 10 = 0""",
    """{rows}
    INSERT INTO ticket_details (ticket, subject, message, pbx_address, wms_version, firmware, error, call_from, call_to,
        version, solution)
    SELECT {number}, 'Drops on trunk ' || i, 'Calls drop after ' || i % 90 || ' seconds', '', '', '', 'SIP 503', '', '',
        1, 'The carrier changed its route'
    FROM n WHERE i % 10 = 0""",
    """{rows}
    INSERT INTO attempts (id, ticket, position, round, person, name, because, phone, ring_seconds, decided_at,
        answered_at, joined_at, ended_at, outcome)
    SELECT {number} || '-1', {number}, 1, 1, {engineer}, 'An engineer', 'nights', '+447700000000', 20, {at}, {at}, {at},
        {at}, 'accepted'
    FROM n WHERE {critical}""",
    """{rows}
    INSERT INTO messages (key, ticket, "to", body, at, status)
    SELECT 'page-' || i, {number}, '+447700000000', 'Nightline\\: Critical ticket', {at}, 'delivered' FROM n
    WHERE {critical}""",
    """{rows}
    INSERT INTO recordings (sid, call, ticket, url, seconds, at)
    SELECT 'RE' || i, {sid}, {number}, 'https\\://example.com/' || i, 8, {at} FROM n WHERE {critical}""",
    """{rows}
    INSERT INTO events (key, at, type, ticket, call, data, relayed_at)
    SELECT 'ticket-' || i, {at}, 'ticket.opened', {number}, {sid}, '{{}}', {at} FROM n""",
    """INSERT INTO counters (name, value) SELECT 'ticket', max(number) FROM tickets""",
)
"""One for each table, in their order. A colon of the words themselves is written with a backslash."""
