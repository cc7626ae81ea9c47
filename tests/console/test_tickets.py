"""Tickets: found among many, read with everything that happened, and worked on by engineers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection

from ivr.console.words import ARTICLES
from ivr.store import attempts, calls
from ivr.store.audit import list_changes
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.events import new_events
from routing.eligibility import REFERRAL_ARTICLE
from routing.escalation import Outcome
from routing.screening import QUESTIONS, UNSCREENED, UNVERIFIED_MESSAGE, Symptom, Verdict
from routing.service import ClassOfService
from routing.tickets import Ticket, TicketState
from schedules.holidays import HolidayCalendar
from tests.console.acting import act
from tests.console.desk import Desk
from tests.console.night import Night, busy_night
from tests.line import DAY

OpenPage = Callable[..., Page]


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


def numbers(desk: Desk, query: str = "", role: str = "viewer") -> list[int]:
    """The tickets of a page of the list, as they are shown."""
    page = desk.client(role).get(f"/console/tickets{query}").text
    return [int(part.split('"')[0]) for part in page.split('<th scope="row"><a href="/console/tickets/')[1:]]


# The list


def test_every_filter_leaves_what_fits_the_newest_first(desk: Desk, night: Night) -> None:
    busy_night(night)
    assert numbers(desk) == [1045, 1044, 1043, 1042]
    assert numbers(desk, "?class=critical") == [1045, 1044]
    assert numbers(desk, "?state=open") == [1043, 1042]
    assert numbers(desk, "?region=fr") == [1044]
    assert numbers(desk, "?engineer=ada") == [1044]
    assert numbers(desk, "?partner=4002") == [1042]
    assert numbers(desk, "?since=2026-11-28") == []
    assert numbers(desk, "?since=2026-11-27&until=2026-11-27&class=standard") == [1043, 1042]
    assert numbers(desk, "?since=nonsense&after=nonsense") == [1045, 1044, 1043, 1042]


def test_a_day_is_a_day_on_the_readers_clock(desk: Desk, night: Night) -> None:
    night.standard(desk.at)  # the 27th in New York, the 28th in Rome
    assert numbers(desk, "?since=2026-11-28") == []
    desk.post(desk.client("viewer"), "/console/account/zone", zone="Europe/Rome")
    assert numbers(desk, "?since=2026-11-28") == [1042]


def test_search_finds_by_number_partner_caller_and_words_of_notes(desk: Desk, night: Night) -> None:
    busy_night(night)
    assert numbers(desk, "?q=1044") == [1044]
    assert numbers(desk, "?q=rossi") == [1045]
    assert numbers(desk, "?q=4007") == [1044]
    assert numbers(desk, "?q=%2B44+20+7946+0201") == [1045, 1044, 1043, 1042]
    assert numbers(desk, "?q=0044+20+7946+0201") == [1045, 1044, 1043, 1042]
    act(desk, 1042, "note", text="The SIP trunk of Lyon", key="k")
    assert numbers(desk, "?q=sip+trunk") == [1042]
    assert numbers(desk, "?q=rossi-pbx") == [1045, 1044]
    assert numbers(desk, "?q=rossi&in=notes") == [1045, 1044]
    assert numbers(desk, "?q=100%25") == []
    assert "Write a caller" in desk.client().get("/console/tickets?q=020+7946+0201").text


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_pages_follow_each_other_without_hole_or_overlap(kind: str, make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(kind)
    night = Night(desk)
    for minutes in range(60):
        night.standard(night.ago(minutes=minutes // 7))  # several at one instant
    night.ticket(night.ago(minutes=3))
    found, path = [], "/console/tickets?class=standard&q=Harbor"
    client = desk.client("viewer")
    while path:
        page = client.get(path).text
        found += [int(part.split('"')[0]) for part in page.split('<th scope="row"><a href="/console/tickets/')[1:]]
        further = [part.split('"')[0] for part in page.split('class="small" href="')[1:]]
        path = further[0].replace("&amp;", "&") if further else ""
    assert len(found) == 60
    assert len(set(found)) == 60


def test_the_way_back_to_the_newest_keeps_every_filter(desk: Desk, night: Night) -> None:
    busy_night(night)
    filters = "class=standard&state=open&region=us&since=2026-11-01"
    for more, place in (("q=lyon&in=notes", "from=1044"), ("q=harbor", "after=2026-11-28T00:00:00%2B00:00~1044")):
        page = unescape(desk.client("viewer").get(f"/console/tickets?{filters}&{more}&{place}").text)
        assert f'<a href="/console/tickets?{filters}&{more}">Newest</a>' in page


# The page of a ticket


def page_of(desk: Desk, number: int, role: str = "engineer") -> str:
    answer = desk.client(role).get(f"/console/tickets/{number}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_it_tells_the_facts_the_verdict_and_every_attempt(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    page = page_of(desk, ticket.number)
    for part in (
        "Nobody has it yet.",
        "+44 20 7946 0201",
        "rossi-pbx-01",
        "by phone, at once",
        "If the cloud platform, portal or website is not available (pressed 1)",
        f"article 16.4: {ARTICLES['16.4']}",
        "Jon Bell: no answer; rang 20 s",
        "Ada Rossi: rings",
        "Text to Jon Bell: delivered",
        "Critical: cloud platform, portal or website not available (art. 16.4)",
        "Fri 27 Nov 20:57:00</time>",
    ):
        assert part in page, part


def test_what_people_pressed_and_for_how_long_they_talked_is_told(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    rings = desk.do(lambda connection: attempts.attempts_of(connection, ticket.number))[-1]
    night.over(rings, Outcome.DECLINED, seconds=15, answered=6)
    assert "Ada Rossi: pressed 2 and passed it on; rang 5 s, on the line 9 s" in page_of(desk, ticket.number)


def test_the_response_goal_says_what_is_left_missed_or_met(desk: Desk, night: Night) -> None:
    waits = night.standard(desk.at, response_due_at=desk.at + timedelta(hours=2))
    assert "2 h left" in page_of(desk, waits.number)
    desk.at += timedelta(hours=3)
    assert "overdue by 1 h" in page_of(desk, waits.number)
    act(desk, waits.number, "take")
    assert "missed by 1 h" in page_of(desk, waits.number)


def test_nobody_reads_a_link_that_takes_a_ticket_and_viewers_read_no_whole_number(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    assert "secret-token" not in page_of(desk, ticket.number)
    seen = page_of(desk, ticket.number, "viewer")
    for secret in ("7946", "7700", "secret-token", "tel:", "<audio", "Take it", "Write a note"):
        assert secret not in seen, secret


def test_a_viewer_can_do_nothing(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    for action in ("take", "pass", "split", "judge", "note", "resolve", "close"):
        assert desk.post(desk.client("viewer"), f"/console/tickets/{ticket.number}/{action}").status_code == 403
    assert desk.client("viewer").get(f"/console/tickets/{ticket.number}/messages/RE1").status_code == 403


def test_every_article_that_decides_is_said_in_words() -> None:
    decided = {option.leads_to for question in QUESTIONS.values() for option in question.options}
    articles = {found.article for found in {*decided, UNSCREENED, UNVERIFIED_MESSAGE} if isinstance(found, Verdict)}
    assert {*articles, *REFERRAL_ARTICLE.values()} <= set(ARTICLES)


class Audio(BaseHTTPRequestHandler):
    """A carrier that gives one recording to whoever has credentials."""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers.get("Authorization") else 401)
        self.send_header("Content-Type", "audio/wav")
        self.end_headers()
        self.wfile.write(b"RIFF-a-message")

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_the_message_is_played_through_nightline_in_parts_too(
    make_desk: Callable[..., Desk],
) -> None:
    carrier = ThreadingHTTPServer(("127.0.0.1", 0), Audio)
    Thread(target=carrier.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{carrier.server_port}"
    desk = make_desk(carrier=address)
    night = Night(desk)
    ticket = night.ticket(desk.at)
    night.message(ticket, f"{address}/recording")
    night.message(ticket, "http://127.0.0.1:1/elsewhere", sid="RE2")
    path = f"/console/tickets/{ticket.number}/messages"
    assert desk.client("engineer").get(f"{path}/RE1").data == b"RIFF-a-message"
    part = desk.client("engineer").get(f"{path}/RE1", headers={"Range": "bytes=5-5"})
    assert (part.status_code, part.data) == (206, b"a")
    assert desk.client("engineer").get(f"{path}/RE2").status_code == 502
    assert desk.client("engineer").get(f"{path}/RE3").status_code == 404
    assert desk.client("engineer").get(f"/console/tickets/{ticket.number + 1}/messages/RE1").status_code == 404
    carrier.shutdown()
    carrier.server_close()


# What engineers do


def test_a_ticket_is_taken_once_and_the_others_are_told_who_has_it(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    assert act(desk, ticket.number, "take").startswith("It is yours. Your phone rings now")
    assert act(desk, ticket.number, "take") == "It is yours already."
    assert act(desk, ticket.number, "take", "manager") == "Jon Bell has it."
    assert night.read(ticket.number).acknowledged_by == "jon"
    assert [event for event, _ in night.events(ticket.number)].count("acknowledged") == 1
    assert "by Jon Bell, at the console" in page_of(desk, ticket.number)


def test_an_account_that_is_no_engineers_takes_nothing(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    assert "Your account is no engineer" in act(desk, ticket.number, "take", "operator")
    assert night.read(ticket.number).state is TicketState.PAGING


def test_whoever_is_rung_passes_on_and_whoever_is_not_cannot(desk: Desk, night: Night) -> None:
    ticket = night.ticket(desk.at)
    night.page(ticket, desk.at)
    night.ring(ticket)
    assert "not yours to pass on" in act(desk, ticket.number, "pass", "manager")
    assert act(desk, ticket.number, "pass") == "You passed it on: the next person is called."
    assert "not yours" in act(desk, ticket.number, "pass")
    assert ("passed on", "Jon Bell") in night.events(ticket.number)


def test_whoever_has_a_critical_ticket_hands_it_over_and_the_page_goes_on_without_them(
    desk: Desk, night: Night
) -> None:
    ticket = busy_night(night)
    act(desk, ticket.number, "take")
    assert act(desk, ticket.number, "pass") == "You handed it over: the next person is called."
    after = night.read(ticket.number)
    assert (after.state, after.escalation, after.round, after.acknowledged_by) == (TicketState.PAGING, 2, 2, None)
    passed = [a for a in desk.do(lambda c: attempts.attempts_of(c, ticket.number)) if a.person == "jon"][-1]
    assert (passed.outcome, passed.round) == (Outcome.DECLINED, 2)
    assert "not yours to pass on" in act(desk, ticket.number, "pass")


def test_somebody_who_was_never_rung_hands_over_too(desk: Desk, night: Night) -> None:
    ticket = night.ticket(desk.at)
    night.page(ticket, desk.at)
    act(desk, ticket.number, "take", "manager")
    act(desk, ticket.number, "pass", "manager")
    (passed,) = desk.do(lambda connection: attempts.attempts_of(connection, ticket.number))
    assert (passed.person, passed.outcome, passed.round) == ("sara", Outcome.DECLINED, 2)
    assert "handed over at the console" not in page_of(desk, ticket.number)


def test_whoever_talks_to_the_caller_hands_over_on_the_phone(desk: Desk, night: Night) -> None:
    ticket = night.ticket(desk.at)
    night.page(ticket, desk.at)
    ring = night.ring(ticket)
    act(desk, ticket.number, "take")
    desk.do(lambda connection: attempts.set_once(connection, ring.id, joined_at=desk.at))
    assert "Press star there" in act(desk, ticket.number, "pass")


def test_a_standard_ticket_is_put_back_and_nobody_is_called(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    assert act(desk, ticket.number, "take") == "It is yours."
    assert act(desk, ticket.number, "pass") == "You put it back: it is nobody's now."
    after = night.read(ticket.number)
    assert (after.state, after.acknowledged_by, after.escalation) == (TicketState.OPEN, None, 0)
    desk.at += timedelta(minutes=5)
    assert act(desk, ticket.number, "take") == "It is yours."
    assert [event for event, _ in night.events(ticket.number)].count("acknowledged") == 2
    told = [one.type for one in desk.do(lambda connection: new_events(connection, 100))]
    assert (told.count("ticket.acknowledged"), told.count("page.accepted")) == (2, 0)


def test_a_note_is_written_once_however_often_its_form_is_sent(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    for _ in range(2):
        assert (
            act(desk, ticket.number, "note", text="Asked for a trace", key="one form") == "The note is in the timeline."
        )
    assert night.events(ticket.number).count(("note", "by Jon Bell: Asked for a trace")) == 1
    assert "Write the note first" in act(desk, ticket.number, "note", text="  ", key="other")


def test_a_standard_ticket_that_is_upgraded_pages_once_and_is_written_into_the_audit(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    critical = {"class": "critical"}
    assert "Say why" in act(desk, ticket.number, "judge", **critical)
    why = "All phones of the hospital are down"
    assert (
        act(desk, ticket.number, "judge", text=why, **critical)
        == "It is Critical now, and the on-call engineer is called."
    )
    after = night.read(ticket.number)
    assert (after.class_of_service, after.state, after.escalation) == (ClassOfService.CRITICAL, TicketState.PAGING, 1)
    assert after.response_due_at is None  # by phone at once, outside support hours (art. 16.3)
    assert night.house.pager.living([after]) == {ticket.number}
    assert "Take it first" in act(desk, ticket.number, "judge", text=why, **critical)
    (change,) = desk.do(lambda connection: list_changes(connection, kind="ticket"))
    assert (change.by, change.key, change.action, change.why) == ("Jon Bell", str(ticket.number), "upgrade", why)
    assert ("upgraded", f"by Jon Bell: {why}") in night.events(ticket.number)


def rome(clock: str) -> datetime:
    """An instant of a Wednesday."""
    return datetime.fromisoformat(f"2026-11-25T{clock}+01:00")


@pytest.mark.parametrize(
    ("opened", "upgraded", "due"),
    [
        ("10:00", "10:05", "10:35"),
        ("08:57", "09:02", "09:32"),
        ("17:54", "17:59", "18:29"),
        ("17:57", "18:02", None),
    ],
)
def test_the_clock_of_a_ticket_begins_when_it_is_upgraded_if_that_is_in_support_hours(
    desk: Desk, night: Night, opened: str, upgraded: str, due: str | None
) -> None:
    opened_at, desk.at = rome(opened), rome(upgraded)
    ticket = night.standard(opened_at, region="it")
    act(desk, ticket.number, "judge", text="It is down", **{"class": "critical"})
    after = night.read(ticket.number)
    assert (after.opened_at, after.state) == (opened_at, TicketState.PAGING)
    assert after.response_due_at == (rome(due) if due else None)


def lose_the_holidays_of_italy(connection: Connection) -> None:
    """Its calendar does not answer, as after an update of the library."""
    known = load_configuration(connection)
    italy = known.regions["it"]
    lost = replace(italy, hours=replace(italy.hours, holidays=HolidayCalendar("XX")))
    save_configuration(connection, replace(known, regions={**known.regions, "it": lost}))


def test_where_hours_cannot_be_worked_out_an_upgraded_ticket_pages_at_once_and_has_no_clock(
    desk: Desk, night: Night
) -> None:
    desk.do(lose_the_holidays_of_italy)
    desk.at = DAY
    ticket = night.standard(night.ago(minutes=5), region="it")
    act(desk, ticket.number, "judge", text="It is down", **{"class": "critical"})
    after = night.read(ticket.number)
    assert (after.state, after.response_due_at) == (TicketState.PAGING, None)


def test_upgraded_by_whoever_has_it_nobody_else_is_called(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    act(desk, ticket.number, "take")
    assert "nobody else is called" in act(desk, ticket.number, "judge", text="It is down", **{"class": "critical"})
    after = night.read(ticket.number)
    assert (after.state, after.acknowledged_by, after.escalation) == (TicketState.ACKNOWLEDGED, "jon", 0)


def test_a_critical_ticket_is_judged_only_once_somebody_has_it(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    standard = {"class": "standard", "text": "A workaround was found"}
    assert "Take it first" in act(desk, ticket.number, "judge", **standard)
    act(desk, ticket.number, "take")
    assert act(desk, ticket.number, "judge", **standard) == "It is Standard now."
    after = night.read(ticket.number)
    assert (after.class_of_service, after.state) == (ClassOfService.STANDARD, TicketState.ACKNOWLEDGED)
    assert after.response_due_at is not None  # the end of the next support day after it was opened
    assert after.response_due_at.isoformat() == "2026-11-30T17:00:00+00:00"


def test_a_class_is_confirmed_once(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    assert act(desk, ticket.number, "judge", **{"class": "standard"}) == "Confirmed: Standard."
    assert act(desk, ticket.number, "judge", **{"class": "standard"}) == "It was confirmed as Standard before."
    assert "Choose one" in act(desk, ticket.number, "judge", **{"class": "silver"})


def test_a_ticket_is_resolved_and_closed_and_then_nothing_more(desk: Desk, night: Night) -> None:
    ticket = night.ticket(desk.at)
    night.page(ticket, desk.at)
    assert "Take it first" in act(desk, ticket.number, "resolve")
    act(desk, ticket.number, "take")
    assert act(desk, ticket.number, "resolve", text="Restarted the cluster") == "The ticket is resolved."
    assert act(desk, ticket.number, "resolve") == "It was resolved before."
    assert act(desk, ticket.number, "take", "manager") == "It was resolved before."
    assert act(desk, ticket.number, "close") == "The ticket is closed."
    for action, form in {"close": {}, "note": {"text": "x"}, "judge": {"class": "standard", "text": "x"}}.items():
        said = act(desk, ticket.number, action, **form)
        assert "closed" in said, said
    assert ("resolved", "by Jon Bell: Restarted the cluster") in night.events(ticket.number)


def test_nothing_is_resolved_while_its_caller_is_on_the_line(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    act(desk, ticket.number, "take")
    assert "still on the line" in act(desk, ticket.number, "resolve")
    desk.do(lambda connection: calls.update_call(connection, "CA-hold", ended_at=desk.at))
    assert act(desk, ticket.number, "resolve") == "The ticket is resolved."


def test_what_was_typed_is_kept_when_it_was_refused(desk: Desk, night: Night) -> None:
    ticket = busy_night(night)
    client = desk.client("engineer")
    answer = desk.post(client, f"/console/tickets/{ticket.number}/resolve", text="Restarted it")
    assert answer.status_code == 409
    act(desk, ticket.number, "take")
    answer = desk.post(client, f"/console/tickets/{ticket.number}/resolve", text="Restarted it")
    assert ">Restarted it</textarea>" in answer.text


def test_the_tickets_of_an_incident_lead_to_each_other_and_one_is_split_off(desk: Desk, night: Night) -> None:
    lead = busy_night(night)
    other: Ticket = night.ticket(desk.at, partner="4002", partner_name="Harbor Voice", incident=lead.number)
    page = page_of(desk, lead.number)
    assert f"<strong>{other.number}</strong> Harbor Voice" in page
    assert "its page serves all" in page_of(desk, other.number)
    assert act(desk, other.number, "split") == "An engineer is called for this ticket alone."
    assert "nothing to split" in act(desk, other.number, "split")
    assert night.read(other.number).state is TicketState.PAGING


def test_there_is_no_page_of_a_ticket_that_does_not_exist(desk: Desk) -> None:
    assert desk.client().get("/console/tickets/7").status_code == 404
    assert desk.post(desk.client("engineer"), "/console/tickets/7/take").status_code == 404


# In the browser


def test_a_ticket_is_taken_with_one_tap_and_the_page_of_another_reader_says_so(
    desk: Desk, night: Night, open_page: OpenPage
) -> None:
    ticket = busy_night(night)
    other = open_page(f"/console/tickets/{ticket.number}", role="manager")
    page = open_page(f"/console/tickets/{ticket.number}", role="engineer", size=(390, 844), scheme="dark")
    expect(page.get_by_role("button", name="Take it")).to_be_in_viewport()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("It is yours.")).to_be_visible()
    expect(other.get_by_text("Jon Bell has had it since Fri 27 Nov")).to_be_visible(timeout=15_000)
    expect(other.get_by_role("button", name="Take it")).to_have_count(0)


def test_news_do_not_touch_a_note_that_is_being_written(desk: Desk, night: Night, open_page: OpenPage) -> None:
    ticket = busy_night(night)
    page = open_page(f"/console/tickets/{ticket.number}", role="engineer")
    page.get_by_text("Write a note").click()
    page.get_by_label("Note").fill("Half a sen")
    desk.at += timedelta(minutes=2)
    expect(page.get_by_text("for 5 min")).to_be_visible(timeout=15_000)
    expect(page.get_by_label("Note")).to_have_value("Half a sen")
    expect(page.get_by_label("Note")).to_be_focused()


def test_a_ticket_is_found_upgraded_and_resolved_by_keyboard_alone(
    desk: Desk, night: Night, open_page: OpenPage
) -> None:
    ticket = night.standard(desk.at, symptom=Symptom.PLANNED)
    page = open_page("/console/tickets", role="engineer")
    page.get_by_label("Search").focus()
    page.keyboard.type("harbor")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=str(ticket.number), exact=True)
    link.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take it").press("Enter")
    page.get_by_text("Confirm or change the class").press("Enter")
    page.get_by_label("Confirm: Standard").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("The whole site is down")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is Critical now.")).to_be_visible()
    page.locator("summary", has_text="Resolve").press("Enter")
    page.get_by_label("What was done").fill("Restarted it")
    page.get_by_role("button", name="Resolve ticket").press("Enter")
    expect(page.get_by_text("The ticket is resolved.")).to_be_visible()
    assert night.read(ticket.number).state is TicketState.RESOLVED


def test_the_list_looks_good(night: Night, assert_looks_good: Callable[..., None]) -> None:
    busy_night(night)
    opened = lambda page: page.locator("summary").click()  # noqa: E731
    assert_looks_good("/console/tickets", "tickets", role="engineer", before=opened)


def test_a_ticket_looks_good(desk: Desk, night: Night, assert_looks_good: Callable[..., None]) -> None:
    ticket = busy_night(night)
    night.ticket(desk.at, partner="4002", partner_name="Harbor Voice", incident=ticket.number)
    act(desk, ticket.number, "take")
    opened = lambda page: page.get_by_text("Confirm or change the class").click()  # noqa: E731
    assert_looks_good(f"/console/tickets/{ticket.number}", "ticket", role="engineer", before=opened)
