"""The people of a night in one thread: callers and engineers, who do with their phones what a machine chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree

from ivr.places import To, Urls
from tests.faults.night import Night
from tests.faults.scripted import ScriptedLeg
from tests.line import ITALY, PUBLIC_URL


@dataclass
class Caller:
    """A caller's leg. `does`: speaks, holds, dials, talks, stayed, gone."""

    sid: str
    number: str
    does: str = "speaks"
    next_url: str = ""


class People:
    """Everybody who holds a phone tonight, and the reports about it that are still under way."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.callers: list[Caller] = []
        self.late: list[Callable[[], None]] = []

    # Callers

    def dial(self, number: str) -> None:
        """Somebody whose platform is down calls, and is told a ticket's number."""
        caller = Caller(f"CB{len(self.callers):032x}", number)
        self.callers.append(caller)
        self.night.carrier.callers.add(caller.sid)
        greeted = self._ask(caller, Urls(PUBLIC_URL).step(To("answer")))
        self._ask(caller, greeted.find("Gather").get("action"), Digits="1")  # type: ignore[union-attr, arg-type]

    def turn(self, caller: Caller) -> None:
        """The caller's next turn: what was said is over, or the music is."""
        step = {"speaks": "after_details", "holds": "tell_progress", "stayed": ""}[caller.does]
        url = Urls(PUBLIC_URL).step(To(step)) if step else caller.next_url
        self._follow(caller, self._ask(caller, url, RecordingDuration="0"))

    def hang_up(self, caller: Caller, when: str) -> None:
        """The caller's leg ends, and with it the room or the phone that it dialled."""
        caller.does = "gone"
        self.night.carrier.callers.discard(caller.sid)
        form = {"CallSid": caller.sid, "From": caller.number, "To": ITALY, "CallStatus": "completed"}
        self.told(when, lambda: self.night.post(f"{PUBLIC_URL}/voice/status", **form) and None)
        for leg in self.with_(caller):
            self.end(leg, "completed" if leg.status == "in-progress" else "canceled", when)

    def with_(self, caller: Caller) -> list[ScriptedLeg]:
        """The legs that end when this caller's does."""
        return [leg for leg in self.night.live_legs() if leg.dialled_by == caller.sid]

    def _ask(self, caller: Caller, url: str, **more: str) -> ElementTree.Element:
        form = {"CallSid": caller.sid, "From": caller.number, "To": ITALY, "CallStatus": "in-progress"}
        return self.night.post(url, **form, **more)

    def _follow(self, caller: Caller, document: ElementTree.Element) -> None:
        number, room = document.find("Dial/Number"), document.find("Dial/Conference")
        caller.does = "dials" if number is not None else "talks" if room is not None else "holds"
        if number is not None or room is not None:
            caller.next_url = document.find("Dial").get("action", "")  # type: ignore[union-attr]
        if number is not None:
            attempt = number.get("url", "").split("attempt=")[1]
            self.night.carrier.new_leg(attempt, number.text or "", dialled_by=caller.sid)

    # Engineers

    def move(self, leg: ScriptedLeg, status: str, when: str) -> None:
        """A leg rings or is answered; whoever answers hears the page."""
        leg.status = status
        self.told(when, lambda: self.night.report(leg, status))
        if status == "in-progress":
            self._go_on(leg, self.night.engineer_asks(leg, "ask_to_take"), when)

    def press(self, leg: ScriptedLeg, key: str, when: str) -> None:
        """A key during the page."""
        self._go_on(leg, self.night.engineer_asks(leg, "heard_take", Digits=key), when)

    def end(self, leg: ScriptedLeg, status: str, when: str) -> None:
        """A leg is over. The caller who dialled it, or stands in a room with it, goes on."""
        leg.status = status
        self.told(when, lambda: self.night.report(leg, status))
        talked, leg.in_room = leg.in_room, False
        for caller in self.callers:
            if caller.sid == leg.dialled_by and caller.does in {"dials", "talks"}:
                bridged = {"DialCallStatus": status, "DialBridged": "true" if talked else "false"}
                self._after_dial(caller, self._ask(caller, caller.next_url, **bridged))
            elif talked and not leg.dialled_by and caller.does == "talks" and self._is_for(caller, leg):
                self._after_dial(caller, self._ask(caller, caller.next_url, DialCallStatus="answered"))

    def fetched(self) -> None:
        """Legs that the worker sent elsewhere ask for what is there."""
        sent, self.night.carrier.sent = self.night.carrier.sent, []
        for sid, place in sent:
            url = Urls(PUBLIC_URL).step(place)
            for caller in self.callers:
                if caller.sid == sid and caller.does not in {"gone", "dials"}:
                    self._follow(caller, self._ask(caller, url))
            leg = self.night.carrier.legs.get(sid)
            if leg is not None and leg.is_live:
                leg.in_room = False
                self._go_on(leg, self.night.post(url, CallSid=sid, To=leg.to, CallStatus=leg.status), "now")

    def told(self, when: str, report: Callable[[], None]) -> None:
        """A report that comes now, twice, late or never."""
        for _ in range({"now": 1, "twice": 2}.get(when, 0)):
            report()
        if when == "late":
            self.late.append(report)

    def _go_on(self, leg: ScriptedLeg, document: ElementTree.Element, when: str) -> None:
        if document.find("Dial/Conference") is not None:
            leg.in_room = True
        elif document.find("Gather") is None and document.find("Hangup") is not None:
            self.end(leg, "completed", when)
        elif document.find("Gather") is None and leg.dialled_by:
            leg.in_room = True  # a whisper that ends without hanging up connects the two

    def _after_dial(self, caller: Caller, document: ElementTree.Element) -> None:
        ended = document.findtext("Redirect") or ""
        if "tell_line_ended" in ended:
            document = self._ask(caller, ended)
        gather = document.find("Gather")
        if gather is not None and "tell_paging_again" in gather.get("action", ""):
            caller.does, caller.next_url = "stayed", gather.get("action", "")
        else:
            self._follow(caller, document)

    def _is_for(self, caller: Caller, leg: ScriptedLeg) -> bool:
        return any(t.call == caller.sid and leg.attempt.startswith(f"{t.number}-") for t in self.night.tickets())
