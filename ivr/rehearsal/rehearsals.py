"""The console's rehearsals: started as processes of their own, found again by every web process of the machine."""

import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from pydantic import TypeAdapter

from ivr.rehearsal.plan import Plan, written
from ivr.standby.filelock import FileLock

SLOTS = ("1", "2")
START_SECONDS, STOP_SECONDS = 40, 3
ANSWER_SECONDS = 2
"""No longer than that is a page of the console held up, and with it a thread of the web server that answers calls."""
NOTE = "rehearsal.json"
KEPT = {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH"}
"""All that a rehearsal sees of the environment: no database, no carrier, no key of anything."""


class AllTaken(Exception):
    """As many rehearsals run as may."""


class DidNotStart(Exception):
    """The rehearsal ended before it could take a call; the text is the end of what it wrote."""


class RehearsalOver(Exception):
    """It has ended: asked to, unused, or too long."""


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal: whose it is, and how its process is reached on loopback; `url` is empty until it is."""

    by: str
    region: str
    at: datetime
    pace: float
    token: str
    folder: Path
    url: str = ""
    pid: int = 0

    @property
    def is_ready(self) -> bool:
        """Whether it can take a call."""
        return self.url != ""

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Ask its remote control. Raises RehearsalOver, and TimeoutError when it is slow today."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, **given: Any) -> dict[str, Any]:
        """Do something by its remote control. Raises the same, and LookupError for what is not there."""
        return self._ask("POST", path, json=given)

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            answer = requests.request(
                method, f"{self.url}/rehearsal/{path}", headers=headers, timeout=ANSWER_SECONDS, **more
            )
        except requests.Timeout as error:
            raise TimeoutError(str(error)) from None
        except requests.RequestException:
            raise RehearsalOver from None
        if answer.status_code in {400, 404}:
            raise LookupError(path)
        if answer.status_code == 403:  # another rehearsal has its port by now
            raise RehearsalOver
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


REHEARSAL = TypeAdapter(Rehearsal)


def announce(plan: Plan, url: str = "", pid: int = 0) -> None:
    """Write down whose a rehearsal is and how it is reached, for this machine's user only, all at once."""
    about = Rehearsal(plan.by, plan.region, plan.at, plan.pace, plan.token, plan.folder, url, pid)
    draft = plan.folder / f"{NOTE}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_bytes(REHEARSAL.dump_json(about))
    draft.rename(plan.folder / NOTE)


class Rehearsals:
    """At most two on this machine. A slot is a lock that the rehearsal's process holds, so that it is freed with it."""

    def __init__(self, folder: Path) -> None:
        """`folder` is on this machine's own disk, and shared by its web processes."""
        self.folder = folder

    def of(self, by: str) -> Rehearsal | None:
        """The rehearsal of this user that can take a call."""
        for slot in SLOTS:
            try:
                found = REHEARSAL.validate_json((self.folder / slot / NOTE).read_bytes())
            except (OSError, ValueError):
                continue
            if found.by == by and self._lives(found):
                return found
        return None

    def _lives(self, found: Rehearsal) -> bool:
        """Whether its process still holds its slot; what one left that was killed is thrown away."""
        lock = self._lock(found.folder.name)
        try:
            if not lock.take_if_free():
                return True
            throw_away(found.folder)
            return False
        finally:
            lock.close()

    def _lock(self, slot: str) -> FileLock:
        return FileLock(self.folder / f"{slot}.lock")

    def begin(self, plan: Plan) -> None:
        """Start one, in place of the user's earlier one, and return at once: it is ready a few seconds later.

        One that is not ready yet stays, so that asking twice starts one. `folder` and `token` of the plan are filled
        in here. Raises AllTaken.
        """
        found = self.of(plan.by)
        if found is not None and not found.is_ready:
            return
        self.stop(plan.by)
        slot, lock = self._free_slot()
        try:
            folder = self.folder / slot
            throw_away(folder)
            folder.mkdir(mode=0o700)
            plan = replace(plan, folder=folder, token=secrets.token_urlsafe(32))
            announce(plan)
            self._run(plan, lock)
        finally:
            lock.close()  # the process has it too, and keeps it as long as it lives

    def start(self, plan: Plan) -> Rehearsal:
        """Begin one and wait until it can take a call. Raises AllTaken and DidNotStart."""
        self.begin(plan)
        deadline = time.monotonic() + START_SECONDS
        while (found := self.of(plan.by)) is not None and time.monotonic() < deadline:
            if found.is_ready:
                return found
            threading.Event().wait(0.05)
        raise DidNotStart(self.last_words())

    def stop(self, by: str) -> None:
        """End this user's rehearsal, if there is one, and wait a moment until its slot is free."""
        deadline = time.monotonic() + STOP_SECONDS
        while (found := self.of(by)) is not None and time.monotonic() < deadline:
            if found.is_ready:
                with suppress(RehearsalOver, TimeoutError):  # it was about to end
                    found.post("stop")
                while self._lives(found) and time.monotonic() < deadline:
                    threading.Event().wait(0.05)
            threading.Event().wait(0.05)

    def last_words(self) -> str:
        """What the rehearsal wrote that ended last; telephone numbers in it are masked."""
        logs = sorted(self.folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
        return logs[-1].read_text(errors="replace")[-2000:] if logs else ""

    def _free_slot(self) -> tuple[str, FileLock]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for slot in SLOTS:
            lock = self._lock(slot)
            if lock.take_if_free():
                return slot, lock
            lock.close()
        raise AllTaken

    def _run(self, plan: Plan, lock: FileLock) -> None:
        with plan.folder.with_suffix(".log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "ivr", "rehearse"],
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )
        threading.Thread(target=see_through, args=[process, written(plan)], name="rehearsal", daemon=True).start()


def see_through(process: subprocess.Popen[bytes], plan: bytes) -> None:
    """Hand a rehearsal its plan and hold the lifeline, our end of its standard input, until it has ended."""
    lifeline = process.stdin
    assert lifeline is not None
    with suppress(BrokenPipeError):  # it has ended: whoever waits for it sees that
        lifeline.write(plan)
        lifeline.flush()
    process.wait()
    with suppress(BrokenPipeError):
        lifeline.close()


def environment() -> dict[str, str]:
    """What a rehearsal sees of this process's environment."""
    return {name: value for name, value in os.environ.items() if name in KEPT}


def throw_away(folder: Path) -> None:
    """Remove what a rehearsal kept; what is gone already is no matter."""
    shutil.rmtree(folder, ignore_errors=True)
