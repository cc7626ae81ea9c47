"""Feedback: who is asked and who never is, and the page on which it is said once."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import Connection, select

from ivr.paging.incoming import answer_text
from ivr.paging.outbox import still_to_send, summarise_old
from ivr.store.configuration import load_configuration, save_configuration
from ivr.store.feedback import find_feedback
from ivr.store.optouts import stop_texts, wants_no_texts
from ivr.store.tables import messages
from routing.numbers import is_mobile
from routing.tickets import Ticket
from tests.console.desk import Desk
from tests.console.night import Night
from tests.line import JON

MOBILE = "+61491570156"
"""Of an Australian range reserved for fiction; those of other countries are no mobile phones by their plans."""


@pytest.fixture
def night(desk: Desk) -> Night:
    rules(desk, feedback_texts=True)
    return Night(desk)


def rules(desk: Desk, **values: Any) -> None:
    def store(connection: Connection) -> None:
        known = load_configuration(connection)
        save_configuration(connection, replace(known, rules=replace(known.rules, **values)))

    desk.do(store)


def over(desk: Desk, night: Night, *actions: str, **values: Any) -> Ticket:
    """A Standard ticket of a caller with a mobile phone, after some actions."""
    ticket = night.standard(desk.at, **{"caller": MOBILE, **values})
    for action in actions or ("resolve",):
        assert desk.post(desk.client("engineer"), f"/console/tickets/{ticket.number}/{action}").status_code == 303
    return ticket


def asked(desk: Desk) -> list[tuple[str, str]]:
    query = select(messages.c.to, messages.c.body).where(messages.c.key.startswith("feedback-"))
    return [(row.to, row.body) for row in desk.do(lambda connection: connection.execute(query).all())]


def path_of(desk: Desk) -> str:
    found = re.search(r"http://127.0.0.1:1(/feedback/\S+)", asked(desk)[-1][1])
    assert found is not None
    return found[1]


def test_the_caller_is_asked_once_when_their_ticket_is_over(desk: Desk, night: Night) -> None:
    ticket = over(desk, night, "resolve", "close")
    ((to, body),) = asked(desk)
    assert to == MOBILE
    assert body.startswith(f"Nightline: ticket {ticket.number} is resolved. How were you helped? http://127.0.0.1:1/")
    assert body.endswith("Reply STOP for no more texts.")


@pytest.mark.parametrize(
    "values",
    [
        {"caller": "anonymous"},
        {"caller": "+442079460201"},
        {"caller": "sip:somebody@example.com"},
        {"caller": JON},
        {"verified": False},
        {"partner": None},
    ],
)
def test_nobody_but_a_partner_who_called_from_a_mobile_phone_is_asked(
    desk: Desk, night: Night, values: dict[str, Any]
) -> None:
    over(desk, night, **values)
    assert asked(desk) == []


def test_nobody_is_asked_unless_it_is_switched_on_nor_where_calls_may_not_go(desk: Desk, night: Night) -> None:
    rules(desk, call_back_countries=frozenset({"IT"}))
    over(desk, night)
    rules(desk, call_back_countries=frozenset(), feedback_texts=False)
    over(desk, night)
    assert asked(desk) == []


def test_whoever_texted_stop_is_not_asked(desk: Desk, night: Night) -> None:
    desk.do(lambda connection: stop_texts(connection, MOBILE, desk.at))
    over(desk, night)
    assert asked(desk) == []


def test_stop_of_somebody_who_was_asked_is_kept_and_of_a_stranger_is_not(desk: Desk, night: Night) -> None:
    over(desk, night)
    stranger = "+61491570157"
    for place, (sender, body) in enumerate(((MOBILE, "Stop"), (stranger, "STOP"))):
        form = {"MessageSid": f"SM{place}", "From": sender, "Body": body}
        assert desk.do(lambda connection, form=form: answer_text(night.house, connection, form)) == ""
    assert desk.do(lambda connection: wants_no_texts(connection, MOBILE))
    assert not desk.do(lambda connection: wants_no_texts(connection, stranger))


def test_nobody_is_asked_more_than_three_times_a_day(desk: Desk, night: Night) -> None:
    for _ in range(4):
        over(desk, night)
    assert len(asked(desk)) == 3
    desk.at += timedelta(days=1, seconds=1)
    desk.secrets.clear()  # a session does not last a day
    over(desk, night)
    assert len(asked(desk)) == 4


def test_a_text_that_waited_too_long_is_dropped_and_no_part_of_a_summary(desk: Desk, night: Night) -> None:
    ticket = over(desk, night)
    desk.at += timedelta(minutes=11)
    assert desk.do(lambda c: still_to_send(night.house, c, f"feedback-{ticket.number}")) is None
    summarise_old(night.house)
    assert desk.do(lambda c: c.execute(select(messages.c.key, messages.c.status)).all()) == [
        (f"feedback-{ticket.number}", "stale")
    ]


def test_looking_says_nothing_and_what_is_said_is_said_once(desk: Desk, night: Night) -> None:
    ticket = over(desk, night)
    stranger, path = desk.app.test_client(), path_of(desk)
    for _ in range(2):
        page = stranger.get(path)
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert ticket.partner_name not in page.text
    refused = stranger.post(path, data={"stars": "6", "comment": "Good & fast"})
    assert refused.status_code == 422
    assert "Good &amp; fast</textarea>" in refused.text
    assert "Thank you" in stranger.post(path, data={"stars": "4", "comment": "Good & fast"}).text
    assert "Thank you" in stranger.post(path, data={"stars": "1", "comment": "Changed my mind"}).text
    found = desk.do(lambda connection: find_feedback(connection, ticket.number))
    assert (found.stars, found.comment, found.given_at) == (4, "Good & fast", desk.at)
    shown = unescape(desk.client("viewer").get(f"/console/tickets/{ticket.number}").text)
    assert "4 of 5 stars" in shown
    assert "Good & fast" in shown
    assert ("feedback", "4 of 5 stars") in night.events(ticket.number)


def test_the_link_is_shown_to_nobody_in_the_console(desk: Desk, night: Night) -> None:
    ticket = over(desk, night)
    assert "/feedback/" not in desk.client("operator").get(f"/console/tickets/{ticket.number}").text


def test_a_link_ends_and_a_forged_one_never_was(desk: Desk, night: Night) -> None:
    over(desk, night)
    stranger, path = desk.app.test_client(), path_of(desk)
    assert stranger.get(path + "x").status_code == 410
    desk.at += timedelta(days=14)
    assert stranger.get(path).status_code == 410
    assert stranger.post(path, data={"stars": "5"}).status_code == 410


def test_forged_links_are_limited_by_where_they_come_from(desk: Desk, night: Night) -> None:
    over(desk, night)
    stranger = desk.app.test_client()
    statuses = [stranger.post("/feedback/forged", data={"stars": "5"}).status_code for _ in range(30)]
    assert statuses[0] == 410
    assert statuses[-1] == 429
    assert stranger.get(path_of(desk)).status_code == 200


def test_a_number_is_known_as_a_mobile_phone() -> None:
    assert is_mobile(MOBILE)
    assert is_mobile("+16145550100")  # in North America nobody can tell
    assert not is_mobile("+442079460201")
    assert not is_mobile("+3904611715112")
