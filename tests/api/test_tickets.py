"""Tickets, calls and partners by API: read page after page, worked on, and changed as they were read."""

from typing import Any

import pytest

from ivr.store.audit import list_changes
from ivr.store.calls import record_answer
from routing.tickets import Ticket, TicketState
from tests.api.conftest import Program
from tests.console.desk import Desk
from tests.console.night import Night, busy_night
from tests.line import ROSSI

DUTY = "+4915123456799"
READS = ("tickets", "calls", "partners")
GOLD = {"name": "Lago Voice", "tier": "gold", "country": "IT", "phones": ["+442079460391"], "pbx": "lago-01"}


@pytest.fixture
def night(desk: Desk) -> Night:
    return Night(desk)


@pytest.fixture
def reader(desk: Desk) -> Program:
    return Program(desk, *READS)


@pytest.fixture
def worker(desk: Desk) -> Program:
    return Program(desk, *READS, "tickets-write", "partners-write", "phones")


def pages(program: Program, path: str, what: str, key: str) -> list[Any]:
    """All keys of a list, read two at a time."""
    found, cursor = [], ""
    while True:
        body = program.get(f"{path}{'&' if '?' in path else '?'}limit=2{cursor and f'&cursor={cursor}'}").json
        assert body is not None
        found += [one[key] for one in body[what]]
        assert len(body[what]) <= 2
        if body["next"] is None:
            return found
        cursor = body["next"]


# Reading


def test_lists_are_read_page_after_page_without_holes_or_repeats(desk: Desk, night: Night, reader: Program) -> None:
    busy_night(night)
    night.standard(desk.at, number=2000)
    night.standard(desk.at, number=2001)
    assert pages(reader, "/tickets", "tickets", "number") == [2001, 2000, 1045, 1044, 1043, 1042]
    assert pages(reader, "/calls", "calls", "sid") == ["CA-new", "CA-hold", "CA-talk", "CA-old"]
    numbers = pages(reader, "/partners", "partners", "number")
    assert numbers == sorted(set(numbers))
    assert {"4001", "4002", "4007"} <= set(numbers)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("class=critical", [1045, 1044]),
        ("state=open&region=us", [1043, 1042]),
        ("engineer=ada", [1044]),
        ("partner=4002", [1042]),
        ("since=2026-11-28T01:00:00Z", [1045, 1044]),
    ],
)
def test_tickets_are_filtered(night: Night, reader: Program, query: str, numbers: list[int]) -> None:
    busy_night(night)
    assert pages(reader, f"/tickets?{query}", "tickets", "number") == numbers


@pytest.mark.parametrize("path", ["/tickets", "/calls", "/partners"])
@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "MjAyNi0xMS0yOFQwMzowMDowMFp-eA", "%00"])
def test_a_cursor_that_is_none_of_ours_is_refused_or_leads_nowhere(reader: Program, path: str, cursor: str) -> None:
    answer = reader.get(f"{path}?cursor={cursor}")
    assert answer.status_code == 422 or (answer.status_code == 200 and answer.json is not None)
    assert reader.get("/tickets?cursor=x").status_code == 422


def test_one_ticket_is_told_whole(desk: Desk, night: Night, worker: Program) -> None:
    ticket = busy_night(night)
    answer = worker.get(f"/tickets/{ticket.number}")
    found = answer.json
    assert found is not None
    assert found["answers"] == [
        {"question": "symptom", "key": "1", "text": "If the cloud platform, portal or website is not available"}
    ]
    assert [one["event"] for one in found["timeline"]] == ["opened", "paging began"]
    assert [(one["person"], one["outcome"]) for one in found["attempts"]] == [("jon", "no_answer"), ("ada", None)]
    assert found["messages"] == [{"sid": "RE1", "at": "2026-11-28T01:57:00Z", "seconds": 12}]
    assert "Firmware" in found["missing"]
    assert found["caller"] == ROSSI
    assert "take/" not in answer.text
    assert worker.get(f"/tickets/{ticket.number}", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_without_the_scope_phones_no_number_is_whole(desk: Desk, night: Night, reader: Program) -> None:
    ticket = busy_night(night)
    desk.do(lambda c: record_answer(c, "CA-hold", "call_back_number:1", "00442079460377", desk.at))
    desk.do(lambda c: record_answer(c, "CA-hold", "pin:1", "right", desk.at))
    paths = (f"/tickets/{ticket.number}", "/tickets", "/calls", "/calls/CA-hold", "/partners", "/partners/4001")
    for path in paths:
        answer = reader.get(path)
        assert answer.status_code == 200
        for part in ("7946", "7700", "3998", "9900"):
            assert part not in answer.text, (path, part)
    whole = Program(desk, "calls", "phones").get("/calls/CA-hold").json
    assert whole is not None
    assert whole["caller"] == ROSSI
    assert [one["step"] for one in whole["answers"]][-2:] == ["call_back_number:1", "pin:1"]


def test_without_the_scope_phones_no_partner_is_found_by_a_part_of_its_phone(reader: Program, worker: Program) -> None:
    digits = ROSSI[-6:]
    assert pages(worker, f"/partners?q={digits}", "partners", "number") == ["4001"]
    assert pages(reader, f"/partners?q={digits}", "partners", "number") == []
    assert pages(reader, "/partners?q=4001", "partners", "number") == ["4001"]
    assert pages(reader, "/partners?q=rossi", "partners", "number") == ["4001"]


def test_a_duty_phone_that_has_a_ticket_is_masked_too(desk: Desk, night: Night) -> None:
    taken = {"acknowledged_by": DUTY, "acknowledged_via": "key", "acknowledged_at": desk.at}
    ticket = night.ticket(desk.at, state=TicketState.ACKNOWLEDGED, **taken)
    night.ring(ticket, DUTY, DUTY)
    reader = Program(desk, *READS, "tickets-write")
    found = reader.get(f"/tickets/{ticket.number}")
    assert (found.json["acknowledged_by"], found.json["attempts"][0]["person"]) == ("+49…99", "+49…99")
    late = reader.ask("POST", f"/tickets/{ticket.number}/take", json={"engineer": "ada"})
    assert (late.status_code, late.json["detail"]) == (409, "the duty phone has it.")
    viewer = desk.client("viewer")
    pages = [viewer.get(f"/console/{path}").text for path in ("tonight", "tickets", f"tickets/{ticket.number}")]
    assert DUTY not in "".join([found.text, reader.get("/tickets").text, *pages])
    assert Program(desk, *READS, "phones").get(f"/tickets/{ticket.number}").json["acknowledged_by"] == DUTY


def test_what_does_not_exist_is_a_problem(reader: Program) -> None:
    for path in ("/tickets/7", f"/tickets/{2**40}", "/calls/CA7", "/calls/%00", "/partners/7"):
        answer = reader.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), path


# Work


def work(program: Program, number: int, action: str, **body: Any) -> tuple[int, str]:
    """Do something; returns the status, and what is said of a refusal."""
    answer = program.ask("POST", f"/tickets/{number}/{action}", json=body)
    assert answer.json is not None
    return answer.status_code, answer.json.get("detail", "")


def test_a_ticket_is_taken_noted_judged_resolved_and_closed(desk: Desk, night: Night, worker: Program) -> None:
    ticket = busy_night(night)
    number = ticket.number
    assert work(worker, number, "class", class_of_service="standard", reason="x")[0] == 409
    assert work(worker, number, "take", engineer="nobody")[0] == 422
    assert work(worker, number, "take", engineer="jon") == (200, "")
    assert work(worker, number, "take", engineer="ada") == (409, "Jon Bell has it.")
    for _ in range(2):
        assert work(worker, number, "notes", text="From our desk", key="n1") == (200, "")
    assert work(worker, number, "class", class_of_service="standard")[1].startswith("Say why")
    assert work(worker, number, "class", class_of_service="standard", reason="A workaround exists") == (200, "")
    assert work(worker, number, "resolve", text="Restarted")[1].startswith("The caller is still on the line")
    desk.do(lambda c: c.exec_driver_sql("UPDATE calls SET ended_at = started_at"))
    assert work(worker, number, "resolve", solved_by="workaround")[0] == 409
    assert work(worker, number, "resolve", solved_by="workaround", text="Use mobiles") == (200, "")
    assert work(worker, number, "close") == (200, "")
    assert work(worker, number, "notes", text="Too late")[0] == 409
    found = worker.get(f"/tickets/{number}").json
    assert found is not None
    assert (found["state"], found["acknowledged_by"], found["acknowledged_via"]) == ("closed", "jon", "api")
    assert found["solution"]["by"] == "workaround"
    events = night.events(number)
    assert events.count(("note", "by a program: From our desk")) == 1
    assert night.read(number).state is TicketState.CLOSED
    (change,) = desk.do(lambda connection: list_changes(connection, kind="ticket"))
    assert (change.by, change.source) == ("a program", "api")


def test_a_standard_ticket_that_is_upgraded_pages(night: Night, desk: Desk, worker: Program) -> None:
    ticket: Ticket = night.standard(desk.at)
    assert work(worker, ticket.number, "class", class_of_service="critical", reason="All is down") == (200, "")
    assert night.read(ticket.number).state is TicketState.PAGING


def test_reading_is_not_writing(night: Night, desk: Desk, reader: Program) -> None:
    ticket = night.standard(desk.at)
    for action, body in (("notes", {"text": "x"}), ("take", {"engineer": "jon"}), ("close", {})):
        assert reader.ask("POST", f"/tickets/{ticket.number}/{action}", json=body).status_code == 403
    assert reader.ask("PUT", "/partners/4990", json=GOLD).status_code == 403
    assert reader.ask("DELETE", "/partners/4001").status_code == 403


def test_text_that_no_database_takes_is_refused(night: Night, desk: Desk, worker: Program) -> None:
    ticket = night.standard(desk.at)
    for text in (r'{"text": "a\u0000b"}', r'{"text": "a\ud800"}'):
        answer = worker.ask("POST", f"/tickets/{ticket.number}/notes", data=text, content_type="application/json")
        assert answer.status_code == 422


def test_no_ticket_is_opened_by_api(worker: Program) -> None:
    assert worker.ask("POST", "/tickets", json={}).status_code in {404, 405}


# Partners


def test_a_partner_is_put_as_it_was_read_and_never_over_another_change(desk: Desk, worker: Program) -> None:
    made = worker.ask("PUT", "/partners/4990", json={**GOLD, "pin": "2468"})
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/partners/4990")
    assert made.json == {"number": "4990", **GOLD, "refer_to": None, "has_pin": True}
    read = worker.get("/partners/4990")
    assert read.headers["ETag"] == made.headers["ETag"]
    changed = {**GOLD, "name": "Lago Voce"}
    assert worker.ask("PUT", "/partners/4990", json=changed).status_code == 428
    mine = {"If-Match": read.headers["ETag"]}
    put = worker.ask("PUT", "/partners/4990", mine, json=changed)
    assert put.status_code == 200
    assert put.json is not None
    assert (put.json["name"], put.json["has_pin"]) == ("Lago Voce", True)
    assert worker.ask("PUT", "/partners/4990", mine, json=GOLD).status_code == 412
    cleared = worker.ask("PUT", "/partners/4990", {"If-Match": "*"}, json={**changed, "pin": None})
    assert cleared.json is not None
    assert cleared.json["has_pin"] is False
    assert worker.ask("PUT", "/partners/4990", {"If-None-Match": "*"}, json=GOLD).status_code == 412
    assert worker.ask("PUT", "/partners/4991", {"If-Match": "*"}, json=GOLD).status_code == 412
    changes = desk.do(lambda connection: list_changes(connection, kind="partner", key="4990"))
    assert [(one.by, one.source, one.action) for one in changes][-1] == ("a program", "api", "add")
    assert "2468" not in str([change.after for change in changes])


def test_a_partner_that_is_put_back_whole_as_the_example_does_loses_nothing(worker: Program) -> None:
    read = worker.get("/partners/4001")
    whole = {name: value for name, value in read.get_json().items() if name not in {"number", "has_pin"}}
    assert whole["pbx"]
    worker.ask("PUT", "/partners/4001", {"If-Match": read.headers["ETag"]}, json={**whole, "name": "Rossi"})
    assert worker.get("/partners/4001").get_json() == {**read.get_json(), "name": "Rossi"}


def test_a_partner_is_refused_with_each_fault_and_its_place(worker: Program) -> None:
    answer = worker.ask("PUT", "/partners/4990", json={**GOLD, "country": "XX", "phones": ["12"], "pin": "1"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert {fault["field"] for fault in answer.json["errors"]} == {"country", "phones[1]", "pin"}
    taken = worker.ask("PUT", "/partners/4990", json={**GOLD, "phones": [ROSSI]})
    assert taken.status_code == 422


def test_a_partner_is_deleted_as_it_was_read_unless_others_need_it(worker: Program) -> None:
    etag = worker.ask("PUT", "/partners/4990", json=GOLD).headers["ETag"]
    worker.ask("PUT", "/partners/4991", json={**GOLD, "tier": "bronze", "phones": [], "refer_to": "4990"})
    assert worker.ask("DELETE", "/partners/4990").status_code == 428
    assert worker.ask("DELETE", "/partners/4990", {"If-Match": '"another"'}).status_code == 412
    assert worker.ask("DELETE", "/partners/4990", {"If-Match": etag}).status_code == 422
    assert worker.ask("DELETE", "/partners/4991", {"If-Match": "*"}).status_code == 204
    assert worker.ask("DELETE", "/partners/4990", {"If-Match": etag}).status_code == 204
    assert worker.ask("DELETE", "/partners/4990", {"If-Match": etag}).status_code == 404


def test_masked_phones_cannot_be_put_back_by_mistake(desk: Desk) -> None:
    program = Program(desk, "partners", "partners-write")
    read = program.get("/partners/4001")
    assert read.json is not None
    body = {name: value for name, value in read.json.items() if name not in {"number", "has_pin"}}
    answer = program.ask("PUT", "/partners/4001", {"If-Match": read.headers["ETag"]}, json=body)
    assert answer.status_code == 422
