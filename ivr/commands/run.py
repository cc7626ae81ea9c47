"""`nightline serve`, `web` and `worker`: the running service."""

import logging
import os
import signal
import subprocess
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

import click
import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ivr.commands.database import migrated
from ivr.settings import BadSettings, Settings, read_settings
from ivr.store.engine import WORKER_WAITS, connect
from ivr.watch.logs import log_to_stderr

if TYPE_CHECKING:
    from ivr.fallback.keeper import FallbackKeeper
    from ivr.house import House
    from ivr.paging.worker import Worker

logger = structlog.get_logger()

THREADS = 6
"""Of each web process. More requests at once would hold their locks for longer, since they share one interpreter; with
fewer, slow work for people would leave calls too little: each of its gates (`ivr/gate.py`) holds one thread, and for
half a second another that waits."""

CONNECTIONS = 4 * THREADS
"""Of each web process. What it cannot answer soon is left for another process to take, so that no caller waits longer
than others, and none behind a process that hangs. Of those that stay open between requests it keeps three quarters.
Connections that say nothing count, for as long as `keepalive`: a proxy in front must not open any ahead."""

PATIENCE_SECONDS = 10
RETRY_SECONDS = 2
"""Between two tries to reach a database that is away."""


@click.command()
def serve() -> None:
    """Run the web server and a paging worker together: what one small machine runs.

    It stays in the foreground.

    \b
    Needs an applied configuration and, in the environment:
      NIGHTLINE_PUBLIC_URL  TWILIO_ACCOUNT_SID  TWILIO_AUTH_TOKEN

    \b
    Example:
      NIGHTLINE_PUBLIC_URL=https://line.example.com nightline serve
    """
    log_to_stderr()
    settings = read_settings()
    late = [] if migrated_now(settings.database_url) else ["--migrate"]
    here = f"http://{settings.host}:{settings.listens_on}"
    click.echo(f"Nightline answers {settings.public_url} on {here}; {here}/readyz says when.")
    command = [sys.executable, "-m", "ivr"]
    started = (["web"], ["worker", *late])
    processes = [subprocess.Popen([*command, *arguments]) for arguments in started]  # noqa: S603 - our own commands
    sys.exit(watch(processes))


def migrated_now(url: str) -> bool:
    """Migrate; False when the database is away: then calls are taken from the standby, and the worker migrates."""
    try:
        migrated(url)
    except DBAPIError as error:
        logger.warning("the database is away: calls are taken from the standby", why=first_line(error))
        return False
    return True


def watch(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait until a signal comes or a process ends; then end all. The status of whichever ended first."""
    ended = threading.Event()
    asked = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.set()
        ended.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for process in processes:
        threading.Thread(target=set_after, args=[process, ended], daemon=True).start()
    ended.wait()
    status = next((process.returncode for process in processes if process.poll() is not None), 0)
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0 if asked.is_set() else status or 1


def set_after(process: subprocess.Popen[bytes], ended: threading.Event) -> None:
    """Set an event when a process has ended."""
    process.wait()
    ended.set()


@click.command()
def web() -> None:
    """Run the web server alone (gunicorn).

    \b
    Example:
      PORT=8081 WEB_CONCURRENCY=4 nightline web
    """
    log_to_stderr()
    settings = read_settings()
    from ivr.web import Server

    Server(gunicorn_options(settings)).run()


def gunicorn_options(settings: Settings) -> dict[str, object]:
    """Threads, because a request waits for the database; no time-out shorter than the carrier's."""
    return {
        "bind": f"{settings.host}:{settings.listens_on}",
        "workers": settings.web_processes,
        "worker_class": "gthread",
        "threads": THREADS,
        "worker_connections": CONNECTIONS,
        "timeout": 30,
        "graceful_timeout": 5,
        "keepalive": 75,
        "accesslog": None,
        "loglevel": "warning",
        "logger_class": "ivr.watch.logs.GunicornLog",
        "control_socket_disable": True,
    }


@click.command()
@click.option("--migrate", is_flag=True, help="First bring the database to the present shape.")
def worker(migrate: bool) -> None:
    """Run a paging worker alone. Any number may run; the living take over from the dead.

    It waits for a database that is away. With NIGHTLINE_FALLBACK it also keeps the documents current that answer while
    the whole service is down.

    \b
    Examples:
      nightline worker
      nightline worker --migrate
    """
    log_to_stderr()
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    running = started_worker(read_settings(), stopped, migrate)
    if running is None:
        return
    logger.info("worker started", worker=running.id)
    keeper = fallback_keeper(running.house)
    if keeper is not None:
        keeper.start()
    stopped.wait()
    if keeper is not None:
        keeper.stop()
    try:
        running.stop()
    except DBAPIError as error:
        logger.warning("the database is away: others take over when this worker has been silent", why=first_line(error))
    leave()


def leave() -> None:
    """End this process at once: threads of escalations that wait would keep it for a minute, and go on elsewhere."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def started_worker(settings: Settings, stopped: threading.Event, migrate: bool = False) -> "Worker | None":
    """A worker that runs, as soon as the database is there; None when `stopped` is set before. Raises BadSettings."""
    from ivr.house import build_house
    from ivr.paging.worker import Worker

    engine = connect(settings.database_url, WORKER_WAITS)
    while not stopped.is_set():
        try:
            with engine.connect() as connection:
                connection.execute(select(1))
            if migrate:
                migrated(settings.database_url)
            running = Worker(build_house(settings, engine))
            running.start()
        except DBAPIError as error:
            logger.warning("the database is away: the worker waits for it", why=first_line(error))
            stopped.wait(RETRY_SECONDS)
        else:
            return running
    return None


def first_line(error: Exception) -> str:
    """What went wrong, short enough for a line of the log that comes again and again."""
    return str(error).partition("\n")[0]


def fallback_keeper(house: "House") -> "FallbackKeeper | None":
    """The keeper of the fallback documents, where they have a place. A wrong one is logged: paging goes on without."""
    from ivr.fallback.keeper import FallbackKeeper
    from ivr.fallback.publish import place_of

    where = house.settings.fallback
    if not where:
        return None
    try:
        return FallbackKeeper(house, place_of(where, house.settings))
    except BadSettings as wrong:
        logger.error("no fallback documents are kept current: correct NIGHTLINE_FALLBACK", reason=str(wrong))
        return None
