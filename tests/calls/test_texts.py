"""The link in a text, and phones that want no texts."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.app import create_app
from ivr.paging.links import GOOD_FOR
from ivr.rehearsal.handsets import manual
from routing.tickets import TicketState
from tests.faults.test_back_after_a_while import TELECOM_TOO
from tests.faults.test_faults import variant
from tests.line import ADA, ITALY, JON, JON_TOO, PUBLIC_URL, SARA, Line

MakeLine = Callable[..., Line]
DUTY = "+442079460190"


def link_of(line: Line, number: str) -> str:
    """The path of the link in the text beside a ring."""
    body = line.phone(number).wait_for_text("/take/").body
    found = re.search(r"https://nightline\.example\.com(/take/\S+)", body)
    assert found is not None, body
    return found[1]


def test_a_tap_on_the_link_takes_the_ticket_and_the_phone_that_rings_is_joined(brief_line: Line) -> None:
    line = brief_line
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    link, client = link_of(line, JON), line.app.test_client()
    page = client.post(link).get_data(as_text=True)
    assert "It is yours" in page
    ring.answer()
    caller.wait_until_with(ring)
    assert (line.ticket().acknowledged_by, line.ticket().acknowledged_via) == ("jon", "link")


def test_a_text_with_a_sign_that_no_column_holds_is_understood(make_line: MakeLine) -> None:
    line = make_line("postgresql")
    ada = line.phone(ADA, manual)
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    ada.text(ITALY, "1042 1\x00")
    ada.wait_for_text("Ticket 1042 is yours")
    assert line.ticket().acknowledged_by == "ada"


def test_looking_at_the_page_as_a_preview_does_takes_nothing(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    link, client = link_of(line, JON), line.app.test_client()
    for response in (client.get(link), client.head(link), client.get(link)):
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
    page = client.get(link).get_data(as_text=True)
    assert "Take it" in page
    assert "Critical ticket 1042" in page
    assert "<h1>Rossi Telecom, Italy</h1>" in page
    assert line.ticket().state is TicketState.PAGING


def test_a_link_is_good_for_one_tap_and_too_late_it_says_who_has_the_ticket(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    ada = line.phone(ADA, manual)
    line.critical_call()
    ring = line.phone(JON).wait_for_ring()
    link, client = link_of(line, JON), line.app.test_client()
    assert "passed it on" in client.post(f"{link}/pass").get_data(as_text=True)
    ada.wait_for_ring()
    assert "passed it on" in client.post(link).get_data(as_text=True)
    assert line.ticket().state is TicketState.PAGING
    assert ring.status != "in-progress"
    ada.text(ITALY, "1042 1")
    assert line.eventually(lambda: line.ticket().acknowledged_by == "ada")
    assert "taken by Ada Rossi" in client.get(link).get_data(as_text=True)


def test_a_link_is_over_after_half_an_hour_and_a_forged_one_never_began(make_line: MakeLine) -> None:
    line = make_line()
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    link, client = link_of(line, JON), line.app.test_client()
    for forged in (link[:-3] + "abc", "/take/1042-1", "/take/x"):
        assert client.post(forged).status_code == 410
    clock = line.house.clock
    object.__setattr__(line.house, "clock", lambda: clock() + GOOD_FOR + timedelta(seconds=1))
    assert client.post(link).status_code == 410
    assert line.ticket().state is TicketState.PAGING


def test_the_page_names_its_buttons_and_style_below_the_public_url_also_when_that_has_a_prefix(
    make_line: MakeLine,
) -> None:
    line = make_line()
    settings = line.settings.model_copy(update={"public_url": f"{PUBLIC_URL}/phones"})
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    app = create_app(settings.model_copy(update={"standby_folder": settings.standby_folder / "prefixed"}), line.house)
    app.extensions["houses"].main = replace(line.house, settings=settings)
    client, link = app.test_client(), link_of(line, JON)
    page = client.get(link).get_data(as_text=True)
    named = re.findall(r'(?:action|href)="([^"]+)"', page)
    assert [name.removeprefix(f"{PUBLIC_URL}/phones") for name in named] == ["/static/take.css", link, f"{link}/pass"]
    with client.get("/phones/static/take.css") as style:
        assert style.status_code == 200
    assert "It is yours" in client.post(f"/phones{link}").get_data(as_text=True)
    app.extensions["houses"].close()


def test_a_duty_phone_takes_by_text_what_it_was_asked_to_and_stops_texts(make_line: MakeLine, tmp_path: Path) -> None:
    line = make_line(config=variant(tmp_path, ('targets = ["rota:noc"]', f'targets = ["phone:{DUTY}"]')))
    duty = line.phone(DUTY, manual)
    caller = line.critical_call()
    ring = duty.wait_for_ring()
    duty.wait_for_text('Reply "1042 1" to take it')
    duty.text(ITALY, "1042 1")
    duty.wait_for_text("Ticket 1042 is yours")
    assert line.ticket().acknowledged_by == DUTY
    line.phone(ADA).text(ITALY, "1042 1")
    line.phone(ADA).wait_for_text("already taken by the duty phone")
    ring.answer()
    caller.wait_until_with(ring)
    duty.text(ITALY, "STOP")
    line.phone(SARA).wait_for_text("the duty phone stopped texts")
    assert DUTY in line.stopped_phones()


def test_a_duty_phone_reads_who_else_reports_the_outage_and_is_named_to_whoever_comes_too_late(
    make_line: MakeLine, tmp_path: Path
) -> None:
    both = (
        ('targets = ["rota:noc"]', f'targets = ["phone:{DUTY}", "engineer:ada"]'),
        ("together = false", "together = true"),
    )
    line = make_line(storms=True, config=variant(tmp_path, *both))
    duty, ada = line.phone(DUTY, manual), line.phone(ADA, manual)
    caller = line.critical_call()
    ring, late = duty.wait_for_ring(), ada.wait_for_ring()
    for leg in (ring, late):
        leg.answer()
        leg.wait_for("Critical ticket")
    with line.frozen_worker():
        ring.press("1")
        ring.wait_for("It is yours")
        late.press("1")
        late.wait_for("was taken by the duty phone")
    caller.wait_until_with(ring)
    line.critical_call("+12125550202")
    duty.wait_for_text("1 more report it: 1043 Harbor Voice")


def test_a_bare_1_to_an_old_text_takes_no_other_ticket_that_pages_meanwhile(make_line: MakeLine) -> None:
    line = make_line()
    jon, ada = line.phone(JON, manual), line.phone(ADA, manual)
    first = line.critical_call()
    for phone in (JON, JON_TOO):
        line.phone(phone, manual).wait_for_ring().decline()
    line.take(ada.wait_for_ring(), first)
    line.critical_call(TELECOM_TOO)
    jon.wait_for_text("CRITICAL 1043")
    line.phone(JON_TOO).text(ITALY, "1")
    line.phone(JON_TOO).wait_for_text("Which ticket? Open now: 1043.")
    assert line.ticket(1043).state is TicketState.PAGING
    jon.text(ITALY, "1")
    jon.wait_for_text("Ticket 1043 is yours")


@pytest.mark.parametrize("word", ["STOP", "stop ", "Unsubscribe"])
def test_f32_stop_is_respected_shown_and_lifted_by_start_and_the_phone_rings_all_the_same(
    make_line: MakeLine, word: str
) -> None:
    line = make_line()
    jon = line.phone(JON, manual)
    jon.text(ITALY, word)
    line.phone(SARA).wait_for_text("Jon Bell stopped texts")
    caller = line.critical_call()
    ring = jon.wait_for_ring()
    assert line.eventually(lambda: line.text_states() == ["stopped"])
    assert not any("CRITICAL" in text.body for text in jon.texts)
    ring.decline()
    line.phone(ADA).wait_for_ring()
    jon.text(ITALY, "START")
    assert caller.status == "in-progress"
    assert line.eventually(lambda: any("CRITICAL" in text.body for text in jon.texts), 60)


def test_a_refusal_of_the_carrier_is_remembered_as_stop(make_line: MakeLine) -> None:
    line = make_line()
    line.carrier.stopped.add(JON)  # texted to the carrier while we were not there
    line.phone(JON, manual)
    line.critical_call()
    line.phone(JON).wait_for_ring()
    assert line.eventually(lambda: line.text_states() == ["stopped"])
    assert JON in line.stopped_phones()
