"""The ticket desk: fields of article 17.7, solutions, related tickets, files, and what waits silently."""

import io
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from ivr.desk.files import LARGEST, MOST, kind_of, plain_name
from ivr.store.attachments import Attachment, add_attachment, attachments_of
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.details import details_of
from ivr.store.related import related_to
from routing.tickets import Ticket, TicketState
from tests.console.acting import act
from tests.console.desk import Desk
from tests.console.night import Night
from tests.console.typed import save

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


def page_of(desk: Desk, number: int, role: str = "engineer") -> str:
    return unescape(desk.client(role).get(f"/console/tickets/{number}").text)


def closed(desk: Desk, night: Night) -> Ticket:
    ticket = night.standard(desk.at)
    act(desk, ticket.number, "close", text="Done")
    return ticket


# Fields


def test_what_is_written_down_is_kept_and_what_is_missing_is_shown(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    assert "11 missing" in page_of(desk, ticket.number)
    typed = {"subject": "No audio", "message": "All calls\nare mute", "pbx": "SN 0042", "firmware": "6.07"}
    at = "2026-11-28T02:15"
    assert (
        act(desk, ticket.number, "fields", version="0", call_at=at, call_from="201", **typed) == "The fields are saved."
    )
    page = page_of(desk, ticket.number, "viewer")
    assert "5 missing" in page
    assert "All calls\nare mute" in page
    assert "SN 0042" in page
    found = desk.do(lambda connection: details_of(connection, ticket.number)).essentials
    assert found.call_at is not None
    assert found.call_at.isoformat() == "2026-11-28T07:15:00+00:00"  # the reader's clock is New York's
    said = "by Jon Bell: PBX name or serial number, Subject, Message, Firmware, Failing call: caller's number"
    assert ("fields", f"{said}, Failing call: when") in night.events(ticket.number)


def test_two_engineers_do_not_write_over_each_other(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    act(desk, ticket.number, "fields", version="0", error="SIP 503", firmware="6.07")
    client = desk.client("manager")
    answer = desk.post(client, f"/console/tickets/{ticket.number}/fields", version="0", error="SIP 480")
    assert answer.status_code == 409
    assert "Somebody else wrote" in answer.text
    assert ">SIP 480</textarea>" in answer.text
    assert "Saved now: SIP 503" in answer.text
    assert 'name="version" value="1"' in answer.text
    assert act(desk, ticket.number, "fields", version="1", error="SIP 480") == "The fields are saved."


def test_a_time_that_is_none_is_refused_and_the_rest_is_kept(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    answer = desk.post(
        desk.client("engineer"), f"/console/tickets/{ticket.number}/fields", version="0", call_at="soon", error="E1"
    )
    assert answer.status_code == 409
    assert ">E1</textarea>" in answer.text


def test_a_viewer_writes_nothing_and_sees_no_whole_number(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    act(desk, ticket.number, "fields", version="0", call_from="+442079460311", message="Call +442079460312 back")
    page = page_of(desk, ticket.number, "viewer")
    assert "7946" not in page
    for action in ("fields", "related", "attachments", "remove-file", "follow-up"):
        assert desk.post(desk.client("viewer"), f"/console/tickets/{ticket.number}/{action}").status_code == 403


# Solutions


def test_a_workaround_needs_words_and_is_told_from_a_resolution(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    assert "Write down the workaround" in act(desk, ticket.number, "resolve", how="workaround")
    assert "Choose" in act(desk, ticket.number, "resolve", how="prayer", text="x")
    act(desk, ticket.number, "resolve", how="workaround", text="Forward to mobiles")
    assert ("resolved", "by Jon Bell: workaround: Forward to mobiles") in night.events(ticket.number)
    assert "<dt>Workaround</dt><dd>Forward to mobiles" in page_of(desk, ticket.number)
    found = desk.do(lambda connection: details_of(connection, ticket.number))
    assert (found.solved_by, found.solved_at) == ("workaround", desk.at)


# Related tickets


def test_tickets_are_linked_by_hand_once_and_seen_both_ways(desk: Desk, night: Night) -> None:
    one, other = night.standard(desk.at), night.standard(desk.at)
    assert act(desk, one.number, "related", other=str(other.number)) == f"Ticket {other.number} is linked."
    assert act(desk, other.number, "related", other=str(one.number)) == f"Ticket {one.number} is linked already."
    for here, there in ((one, other), (other, one)):
        assert f"<strong>{there.number}</strong>" in page_of(desk, here.number)
    assert "not linked any more" in act(desk, other.number, "related", other=str(one.number), do="unlink")
    assert desk.do(lambda connection: related_to(connection, one.number)) == []


@pytest.mark.parametrize(
    ("other", "said"), [("7", "no ticket 7"), ("1042", "itself"), ("x", "number"), ("9" * 12, "n")]
)
def test_what_cannot_be_linked_is_refused_in_words(desk: Desk, night: Night, other: str, said: str) -> None:
    ticket = night.standard(desk.at)
    assert said in act(desk, ticket.number, "related", other=other)


def test_a_closed_ticket_stays_closed_and_a_new_one_refers_to_it(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at, number=900)
    act(desk, ticket.number, "fields", version="0", firmware="6.07", error="SIP 503", subject="No audio", pbx="SN 1")
    act(desk, ticket.number, "close")
    assert "Say what is wrong" in act(desk, ticket.number, "follow-up", text=" ")
    said = act(desk, ticket.number, "follow-up", text="It is mute again")
    fresh = int(said.split()[1])
    assert said == f"Ticket {fresh} is open, and refers to ticket {ticket.number}."
    opened = night.read(fresh)
    assert (opened.state, opened.partner, opened.pbx, opened.article) == (TicketState.OPEN, "4002", "SN 1", "17.7")
    assert opened.response_due_at is not None
    essentials = desk.do(lambda connection: details_of(connection, fresh)).essentials
    assert (essentials.firmware, essentials.error, essentials.message) == ("6.07", "", "It is mute again")
    assert "this one follows it" in page_of(desk, fresh)
    assert "opened after this one" in page_of(desk, ticket.number)
    assert night.read(ticket.number).state is TicketState.CLOSED
    assert "not linked by hand" in act(desk, fresh, "related", other=str(ticket.number), do="unlink")


def test_a_ticket_that_is_open_needs_no_other(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    assert "go on with it" in act(desk, ticket.number, "follow-up", text="Again")


def test_words_that_came_too_late_for_their_form_are_shown_to_be_copied(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    for action, text in (("follow-up", "Mute\nagain"), ("note", "A long note"), ("close", "It was the <router>")):
        answer = refused(desk, ticket.number, action, text=text)
        assert f'<dd class="said">{text}</dd>' in answer, action
        act(desk, ticket.number, "close")
    assert "What you wrote" not in refused(desk, ticket.number, "follow-up", text=" ")


def test_a_text_of_many_lines_is_kept_to_its_end(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    act(desk, ticket.number, "note", text="\r\n".join(["."] * 998 + ["END"]))
    assert "END" in desk.client("engineer").get(f"/console/tickets/{ticket.number}").text


def test_fields_that_came_too_late_are_not_shown_as_what_the_ticket_says(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    act(desk, ticket.number, "fields", version="0", firmware="6.07", error="SIP 503\nBusy")
    act(desk, ticket.number, "close")
    answer = refused(desk, ticket.number, "fields", version="1", firmware="7.00", error="SIP 503\r\nBusy")
    lost, says = answer.split('id="fields"')
    assert '<dt>Firmware</dt><dd class="said">7.00</dd>' in lost
    assert "SIP 503" not in lost.split("What you wrote")[1].split("</dl>")[0]
    assert '<dt>Firmware</dt><dd class="said">6.07</dd>' in says
    assert "7.00" not in says


def test_a_number_that_is_not_linked_stays_in_its_field(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    assert 'name="other" value="77"' in refused(desk, ticket.number, "related", other="77")
    assert 'name="other" value=""' in refused(desk, ticket.number, "related", other="77", do="unlink")


def refused(desk: Desk, number: int, action: str, **form: str) -> str:
    """The page that answers an action of which nothing came."""
    answer = desk.post(desk.client("engineer"), f"/console/tickets/{number}/{action}", **form)
    assert answer.status_code == 409
    return unescape(answer.text)


def test_nothing_is_written_into_a_closed_ticket(desk: Desk, night: Night) -> None:
    ticket = closed(desk, night)
    other = closed(desk, night)
    assert "closed" in act(desk, ticket.number, "fields", version="0", error="x")
    assert "closed" in act(desk, ticket.number, "attachments", file=(io.BytesIO(PNG), "a.png"))
    assert "Both tickets are closed" in act(desk, ticket.number, "related", other=str(other.number))


# Files


def test_a_file_is_kept_and_only_ever_saved_by_whoever_asks_for_it(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    evil = b"<script>alert(1)</script>"
    said = act(desk, ticket.number, "attachments", file=(io.BytesIO(evil), "../..\\tr\u00e4ce.log", "text/html"))
    assert said == "tr\u00e4ce.log is attached."
    (file,) = desk.do(lambda connection: attachments_of(connection, ticket.number))
    answer = desk.client("engineer").get(f"/console/tickets/{ticket.number}/attachments/{file.id}")
    assert answer.data == evil
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert desk.client("viewer").get(f"/console/tickets/{ticket.number}/attachments/{file.id}").status_code == 403
    assert desk.client("engineer").get(f"/console/tickets/{ticket.number + 1}/attachments/{file.id}").status_code == 404
    assert "removed" in act(desk, ticket.number, "remove-file", file=file.id)
    assert "no such file" in act(desk, ticket.number, "remove-file", file=file.id)


def test_a_file_of_megabytes_is_taken_and_a_larger_one_is_refused(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    large = PNG + b"0" * (LARGEST - len(PNG))
    assert upload(desk, ticket.number, large) == 303
    assert upload(desk, ticket.number, large + b"0") == 409
    assert upload(desk, ticket.number, large + large) == 413
    (file,) = desk.do(lambda connection: attachments_of(connection, ticket.number))
    assert file.size == LARGEST
    assert "Choose a file" in act(desk, ticket.number, "attachments", file=(io.BytesIO(b""), "a.png"))


def upload(desk: Desk, number: int, content: bytes) -> int:
    """Send a large file as a browser does; returns the status."""
    client = desk.client("engineer")
    token = client.get("/console/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    head = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--b\r\n'
    head += 'Content-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    body = head.encode() + content + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    return client.post(f"/console/tickets/{number}/attachments", data=body, content_type=kind).status_code


def test_a_ticket_holds_so_many_files_and_no_more(desk: Desk, night: Night) -> None:
    ticket = night.standard(desk.at)
    for place in range(MOST):
        file = Attachment(f"f{place}", ticket.number, "a.png", "image/png", 1, "Jon", desk.at)
        desk.do(lambda connection, file=file: add_attachment(connection, file, b"x"))
    assert "which is the most" in act(desk, ticket.number, "attachments", file=(io.BytesIO(PNG), "a.png"))


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [
        ("a.png", PNG, True),
        ("a.PNG", PNG, True),
        ("a.png", b"<svg onload=x>", False),
        ("a.html", b"<p>", False),
        ("a.svg", b"<svg>", False),
        ("a.exe", b"MZ\x90", False),
        ("trace.pcap", b"\xd4\xc3\xb2\xa1rest", True),
        ("trace.pcapng", b"\n\r\r\nrest", True),
        ("a.log", "Verbindung getrennt \u00fc".encode("latin-1"), True),
        ("a.log", b"MZ\x90\x00", False),
        ("a.txt", b"\x01\x02\xff", False),
        ("log", b"text", False),
    ],
)
def test_a_file_is_what_its_name_and_its_contents_agree_on(name: str, content: bytes, taken: bool) -> None:
    assert (kind_of(name, content) is not None) is taken


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("C:\\x\\a b.log", "a b.log"),
        ("../../etc/passwd", "passwd"),
        ('a"\r\nSet-Cookie: x.log', "a_Set-Cookie_ x.log"),
        ("..", "file"),
    ],
)
def test_a_file_gets_a_plain_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain
    assert len(plain_name("x" * 900 + ".log")) < 200


# What waits


def test_the_desk_lists_what_waits_the_first_due_first(desk: Desk, night: Night) -> None:
    later = night.standard(desk.at, response_due_at=desk.at + timedelta(days=2))
    sooner = night.standard(desk.at, response_due_at=desk.at + timedelta(minutes=50))
    overdue = night.standard(desk.at, response_due_at=desk.at - timedelta(minutes=5))
    taken = night.standard(desk.at)
    act(desk, taken.number, "take")
    page = unescape(desk.client("viewer").get("/console/desk").text)
    places = [page.index(f"<strong>{one.number}</strong>") for one in (overdue, sooner, later, taken)]
    assert places == sorted(places)
    assert "overdue by 5 min" in page
    assert "due in 50 min" in page
    assert "Jon Bell has it" in page
    assert "Take " not in page
    assert f"Take {later.number}" in desk.client("engineer").get("/console/desk").text


def test_lists_show_goals_that_are_near_or_past(desk: Desk, night: Night) -> None:
    night.standard(desk.at, response_due_at=desk.at + timedelta(minutes=50))
    night.standard(desk.at, response_due_at=desk.at - timedelta(minutes=5))
    for path in ("/console/tickets", "/console/my-on-call"):
        page = desk.client("engineer").get(path).text
        assert "due in 50 min" in page
        assert "overdue by 5 min" in page


def test_saving_the_service_leaves_alone_what_its_form_does_not_have(desk: Desk) -> None:
    desk.do(_without_reminders)
    client = desk.client()
    assert save(client, "/console/service", critical_warning_minutes="5", feedback_texts="on").status_code == 303
    rules = desk.do(load_configuration).rules
    assert (rules.critical_warning_minutes, rules.feedback_texts, rules.gap_notes) == (5, True, False)


def _without_reminders(connection: Any) -> None:
    known = load_configuration(connection)
    save_configuration(connection, replace(known, rules=replace(known.rules, gap_notes=False)))
