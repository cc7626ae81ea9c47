"""The same over the wire: what pages, calendars, the API, and a call through its signed webhooks answer."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

from icalendar import Calendar, Event
from sqlalchemy import Connection, delete

from ivr.calendars.door import new_token
from ivr.calendars.feed import GAP
from ivr.paging.moves import Moves
from ivr.paging.phone import Phone
from ivr.rehearsal.webhooks import signed
from ivr.store.attempts import attempts_of
from ivr.store.configuration import save_configuration
from ivr.store.feeds import create_feed
from ivr.store.tables import answers, attempts, calls, messages, ticket_log, tickets
from ivr.store.tickets import list_tickets
from tests.agreement.cases import Case
from tests.agreement.surfaces import People, without_manager
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.line import ITALY, ROSSI
from tests.schedules.strategies import PEOPLE

PUBLIC_URL, TOKEN = "http://127.0.0.1:1", "a-token-for-tests"


class Wire:
    """Everybody who asks: a manager's browser, a program, calendars, and a partner on the telephone."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.program = desk, Program(desk, "on-call", "rotas")
        self.house = desk.app.extensions["houses"].main
        self.moves = Moves(self.house, Phone(self.house.settings))
        self.calls = 0
        self.rota_feed = self._feed(rota="noc")
        self.own_feeds = {key: self._feed(engineer=key) for key in PEOPLE}

    def _feed(self, **whose: str) -> str:
        token = new_token()
        self.desk.do(lambda connection: create_feed(connection, token, self.desk.at, "sara", **whose))
        return f"/calendar/{token}.ics"

    def turn_to(self, case: Case) -> None:
        """It is another instant, with another configuration, and nobody has called."""
        self.desk.at = case.at
        self.desk.do(lambda connection: save_configuration(connection, case.known))
        self.desk.do(forget_calls)
        self.desk.secrets.clear()
        self.browser = self.desk.client()

    def tonight(self) -> People:
        page = self._read("/console/tonight")
        return self._names(page.split('<ol class="steps">')[1].split("</li>")[0])

    def what_if(self) -> People:
        page = self._read(f"/console/what-if?region=it&at={self.desk.at:%Y-%m-%dT%H:%M}")
        return self._names(page.split('<ol class="levels">')[1].split("</ul>")[0])

    def rota_editor(self) -> People:
        page = self._read("/console/rotas/noc")
        return self._names(page.split('<p class="on-call-now">')[1].split('<span class="muted">')[0])

    def calendar_of_rota(self) -> People:
        (summary,) = self._summaries(self.rota_feed)
        return () if summary == GAP else tuple(name.lower() for name in summary.split(", "))

    def has_shift(self, engineer: str) -> bool:
        """Whether an engineer's own calendar has one now."""
        return bool(self._summaries(self.own_feeds[engineer]))

    def api_on_call(self) -> People:
        (region,) = self.program.get(f"/on-call?at={quote(self.desk.at.isoformat())}").get_json()["regions"]
        return tuple(one["engineer"] for one in region["levels"][0]["people"])

    def api_schedule(self) -> People:
        since, until = (quote((self.desk.at + timedelta(days=n)).isoformat()) for n in (0, 1))
        answer = self.program.get(f"/rotas/noc/schedule?from={since}&until={until}").get_json()
        return tuple(answer["stretches"][0]["on_call"])

    def call(self) -> People:
        """Whose phone is rung first for a partner who calls and says that the platform is down."""
        self.calls += 1
        sid = f"CA{self.calls:032d}"
        url = f"{PUBLIC_URL}/voice/answer"
        while not (paged := self.desk.do(list_tickets)):
            url = self._ask_for(url, sid)
        self.moves.look(paged[0].number, paged[0].escalation)
        rung = self.desk.do(lambda connection: attempts_of(connection, paged[0].number))
        return without_manager(attempt.person for attempt in rung)

    def _ask_for(self, url: str, sid: str) -> str:
        """One request of the carrier, with key 1 pressed; returns where the answer leads."""
        params = (("CallSid", sid), ("From", ROSSI), ("To", ITALY), ("CallStatus", "in-progress"), ("Digits", "1"))
        request, parts = signed(TOKEN, url, params), urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self.desk.app.test_client().post(path, data=dict(params), headers=dict(request.headers))
        assert answer.status_code == 200, answer.status
        document = html.unescape(answer.get_data(as_text=True))
        (where, *_) = re.findall(r'action="([^"]+)"|<Redirect[^>]*>([^<]+)<', document)
        return "".join(where)

    def _read(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)

    def _names(self, part: str) -> People:
        texts = (text.strip().lower() for text in re.findall(">([^<>]+)<", part))
        return tuple(text for text in texts if text in PEOPLE)

    def _summaries(self, feed: str) -> list[str]:
        answer = self.desk.app.test_client().get(feed)
        assert answer.status_code == 200, answer.data
        events = [event for event in Calendar.from_ical(answer.data).events if isinstance(event, Event)]
        return [str(event["SUMMARY"]) for event in events if event.DTSTART <= self.desk.at < event.DTEND]


def forget_calls(connection: Connection) -> None:
    """As if nobody had ever called."""
    for table in (attempts, messages, ticket_log, answers, tickets, calls):
        connection.execute(delete(table))


OVER_THE_WIRE: dict[str, Callable[[Wire], People]] = {
    "Tonight": Wire.tonight,
    "What if": Wire.what_if,
    "rota editor": Wire.rota_editor,
    "calendar of the rota": Wire.calendar_of_rota,
    "API: on call": Wire.api_on_call,
    "API: schedule": Wire.api_schedule,
}
"""Those that tell everybody, in the order in which they are rung."""
