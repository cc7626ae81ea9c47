"""The same requests with a thousand tickets and with a million: what grows, in the webhooks and in the console."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.callers import new_sid
from bench.figures import Figure, Goal
from bench.filling import FEW, ROTA, SMALL_ROTA, Size, fill, phone_of_partner
from bench.progress import say
from bench.service import KINDS, NIGHT, new_database
from ivr.app import create_app
from ivr.house import build_house
from ivr.rehearsal.stage import ACCOUNT, TOKEN
from ivr.rehearsal.webhooks import signed
from ivr.settings import Settings
from ivr.store.accounts import account_by, add_account, open_session
from ivr.store.engine import WORKER_WAITS, connect

TITLE = "Growth: webhooks and pages with a thousand and with a million tickets"

SIZES = (Size(1_000, 10, 10_000), Size(100_000, 100, 10_000), Size(1_000_000, 1_000, 10_000))
QUICK = (Size(500, 10, 500), Size(2_000, 20, 500))
CALLS_A_RUN, LOOKS_A_RUN = 60, 5

PUBLIC_URL = "http://127.0.0.1:1"
ITALY = "+3904611715112"
ANSWER, VERDICT, HOLD = "answer", "key press that opens a ticket", "turn on hold"
STEPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    (ANSWER, "answer", {}),
    ("", "heard_answer?question=symptom&try=1", {"Digits": "2"}),
    (VERDICT, "heard_answer?question=reproduced&try=1", {"Digits": "1"}),
    ("", "after_details", {"RecordingDuration": "0"}),
    (HOLD, "tell_progress", {}),
)
"""A call of a partner whose calls drop; those without a name are not shown."""

ALL_ENGINEERS = "rota editor, 13 weeks, all engineers"
PAGES = {
    "Tonight": "/console/tonight",
    f"rota editor, 13 weeks, {FEW} engineers at most": f"/console/rotas/{SMALL_ROTA}?view=quarter",
    ALL_ENGINEERS: f"/console/rotas/{ROTA}?view=quarter",
    "tickets, the newest": "/console/tickets",
    "tickets, filtered": "/console/tickets?class=critical&region=it&state=closed&since=2025-01-01&until=2025-06-30",
    "tickets of a partner": "/console/tickets?" + urlencode({"q": "Partner 77 Tele"}),
    "tickets of a caller": "/console/tickets?" + urlencode({"q": phone_of_partner(77)}),
    "words of many tickets": "/console/tickets?" + urlencode({"q": "SIP 503", "in": "notes"}),
    "words of one old ticket": "/console/tickets?" + urlencode({"q": "trunk 110 ", "in": "notes"}),
    "words of no ticket": "/console/tickets?" + urlencode({"q": "zebra", "in": "notes"}),
    "calls, the newest": "/console/calls",
}


class Grown:
    """Nightline in this process on a database of a size."""

    def __init__(self, kind: str, size: Size, open_: ExitStack) -> None:
        """Takes its time: the database is filled."""
        self.size = size
        url = open_.enter_context(new_database(kind)).url
        folder = Path(open_.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
        filling = connect(url, WORKER_WAITS)
        fill(filling, size)
        filling.dispose()
        settings = Settings.model_validate(
            {
                "database_url": url,
                "public_url": PUBLIC_URL,
                "account_sid": ACCOUNT,
                "auth_token": TOKEN,
                "standby_folder": folder,
            }
        )
        self.engine = connect(url)
        self.app = create_app(settings, build_house(settings, self.engine, lambda: NIGHT))
        open_.callback(self._close)
        self._client, self._callers = self._signed_in(NIGHT), 0

    def _close(self) -> None:
        self.app.extensions["houses"].close()
        self.engine.dispose()

    def _signed_in(self, at: datetime) -> FlaskClient:
        with self.engine.begin() as connection:
            add_account(connection, login="manager", name="Sara", role="manager", at=at, password_hash="")
            account = account_by(connection, login="manager")
            assert account is not None
            secret = open_session(connection, account, at, "bench", is_complete=True)
        client = self.app.test_client()
        client.set_cookie("nightline", secret)
        return client

    def call(self) -> dict[str, float]:
        """One call of a partner who has not called yet tonight; seconds of each named step."""
        sid, caller = new_sid(), phone_of_partner(self._callers % self.size.partners)
        self._callers += 1
        return {
            name: seconds for name, step, more in STEPS if (seconds := self._step(step, sid, caller, more)) and name
        }

    def _step(self, step: str, sid: str, caller: str, more: dict[str, str]) -> float:
        given = {
            "CallSid": sid,
            "AccountSid": ACCOUNT,
            "From": caller,
            "To": ITALY,
            "CallStatus": "in-progress",
            "Direction": "inbound",
            **more,
        }
        request = signed(TOKEN, f"{PUBLIC_URL}/voice/{step}", tuple(given.items()))
        client = self.app.test_client()
        return seconds_of(
            lambda: client.post(f"/voice/{step}", data=dict(request.params), headers=dict(request.headers))
        )

    def look(self, address: str) -> float:
        """Seconds of a page of the console."""
        return seconds_of(lambda: self._client.get(address))


def seconds_of(ask: Callable[[], TestResponse]) -> float:
    """Seconds until an answer is complete. Raises AssertionError for one that is none."""
    began = time.perf_counter()
    response = ask()
    took = time.perf_counter() - began
    assert response.status_code == 200, f"{response.status}: {response.get_data(as_text=True)[:500]}"
    return took


def measure(runs: int, quick: bool) -> Iterator[Figure]:
    """Each kind of database: all sizes side by side, call by call, so that whatever else happens is common to them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for kind in KINDS:
        with ExitStack() as open_:
            grown = [Grown(kind, size, open_) for size in (QUICK if quick else SIZES)]
            say(f"{kind}: the webhooks, on all sizes in turn")
            yield from webhooks(kind, grown, runs, 5 if quick else CALLS_A_RUN)
            for one in grown:
                say(f"{kind}: the pages of the console, {one.size}")
                yield from pages(kind, one, runs)


def webhooks(kind: str, grown: Sequence[Grown], runs: int, calls: int) -> Iterator[Figure]:
    """Medians of each step in each run, and the larger ones' against the smallest's of the same run."""
    side_by_side(grown, calls)  # not counted: what is read for the first time
    taken = [side_by_side(grown, calls) for _ in range(runs)]
    for step in (ANSWER, VERDICT, HOLD):
        for place, one in enumerate(grown):
            yield Figure(f"{kind}: {step}, {one.size}", "ms", tuple(run[place][step] * 1000 for run in taken))
            if place:
                ratio = tuple(run[place][step] / run[0][step] for run in taken)
                yield Figure(f"{kind}: {step}, {one.size}, against the fewest", "times", ratio, Goal(at_most=1.2))


def side_by_side(grown: Sequence[Grown], calls: int) -> list[dict[str, float]]:
    """So many calls on each in turn; each one's median of each step, in seconds."""
    taken: list[dict[str, list[float]]] = [defaultdict(list) for _ in grown]
    for _ in range(calls):
        for place, one in enumerate(grown):
            for step, seconds in one.call().items():
                taken[place][step].append(seconds)
    return [{step: median(seconds) for step, seconds in one.items()} for one in taken]


def pages(kind: str, grown: Grown, runs: int) -> Iterator[Figure]:
    """Each page as the median of some looks in each run. The goal is for a rota of a hundred, not of a thousand."""
    for name, address in PAGES.items():
        grown.look(address)
        began = time.process_time()
        taken = tuple(median(grown.look(address) for _ in range(LOOKS_A_RUN)) for _ in range(runs))
        cpu = (time.process_time() - began) / (runs * LOOKS_A_RUN)
        goal = None if name == ALL_ENGINEERS else Goal(at_most=0.2)
        yield Figure(f"{kind}: {name}, {grown.size}", "s", taken, goal, f"{cpu:.3f} s of CPU in this process")
