"""The carrier's asynchronous timeline: reports that may be late, doubled, reordered or lost."""

import threading
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from typing import TYPE_CHECKING

from ivr.rehearsal.leg import Leg

if TYPE_CHECKING:
    from ivr.rehearsal.carrier import Carrier


class Callbacks:
    """The asynchronous timeline: status reports, which may be late, doubled, reordered or lost."""

    def __init__(self, carrier: "Carrier") -> None:
        """The switches are for tests."""
        self._carrier = carrier
        self.reorder = self.duplicate = False
        self.drop: Callable[[Mapping[str, str]], bool] = lambda _params: False
        self._queue: list[tuple[str, dict[str, str], str]] = []
        self._open = True
        self._threads = [threading.Thread(target=self._work, daemon=True, name=f"callbacks-{n}") for n in range(4)]
        for thread in self._threads:
            thread.start()

    def tell(self, leg: Leg, event: str) -> None:
        """Report an event of a leg to whoever asked for it."""
        script = self._carrier.scripts.get(leg.sid)
        if script is None or not script.status_callback or event not in script.events:
            return
        params = self._carrier.voice_params(leg, "in-progress" if event == "answered" else None)
        if event == "initiated":
            params["CallStatus"] = "initiated"
        if event == "completed":
            params |= {"CallDuration": str(self._carrier.seconds_since(leg.answered_at)), "Duration": "1"}
        stamp = format_datetime(self._carrier.real_now())
        params |= {
            "Timestamp": stamp,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(leg.sequence),
        }
        leg.sequence += 1
        self.send(script.status_callback, params)

    def send(self, url: str, params: dict[str, str], method: str = "POST") -> None:
        """Send a report in its own time."""
        carrier = self._carrier
        if self.drop(params):
            return
        with carrier.changed:
            self._queue += [(url, params, method)] * (2 if self.duplicate else 1)
            if self.reorder:
                carrier.chance.shuffle(self._queue)
            carrier.changed.notify_all()

    def close(self) -> None:
        """Send what waits, then stop."""
        with self._carrier.changed:
            self._open = False
            self._carrier.changed.notify_all()
        for thread in self._threads:
            thread.join(10)

    def _work(self) -> None:
        carrier = self._carrier
        while True:
            with carrier.changed:
                carrier.changed.wait_for(lambda: self._queue or not self._open)
                if not self._queue:
                    return
                url, params, method = self._queue.pop(0)
            try:
                response = carrier.ask(url, params, method)
                if response.status >= 400:
                    carrier.surprise(f"{url}: HTTP {response.status}")
            except (ConnectionError, TimeoutError) as error:
                carrier.surprise(f"{url}: {error}")
