"""Export and erasure of one partner or number: everywhere, at the carrier too, with statistics kept."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from dbos import DBOSClient
from sqlalchemy import Connection, insert, select, update

from ivr.cli import nightline
from ivr.privacy.erasure import NotErased, erase
from ivr.privacy.subject import Subject, count, export
from ivr.store import tickets
from ivr.store.accounts import add_account
from ivr.store.all_tables import metadata
from ivr.store.audit import Author, list_changes, record
from ivr.store.calendar_tables import mails
from ivr.store.calls import find_call
from ivr.store.configuration import save_partners
from ivr.store.messages import TextRecord
from ivr.store.partner_imports import keep_import
from ivr.store.tables import incoming_messages, messages
from routing.escalation import Outcome
from routing.tickets import TicketState
from tests.line import JON, ROSSI
from tests.privacy.conftest import Archive

DUTY = "+4915123456799"
CONFIGURED = {"partner_phones", "partners", "configuration_items"}
"""Where the configuration itself has a partner's numbers."""


def everything(archive: Archive) -> str:
    """All rows that are kept, but for the configuration, as text."""

    def read(connection: object) -> str:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]  # type: ignore[attr-defined]
            for table in metadata.sorted_tables
            if table.name not in CONFIGURED
        }
        return json.dumps(rows, default=str)

    found: str = archive.desk.do(read)
    return found


def author(archive: Archive) -> Author:
    return Author("tests", archive.desk.at, "file")


@pytest.mark.parametrize("subject", [Subject(number=ROSSI), Subject(partner="4001")])
def test_after_an_erasure_the_number_is_nowhere_and_the_statistics_are(archive: Archive, subject: Subject) -> None:
    number = archive.call_with_ticket(10)
    assert ROSSI in everything(archive)
    counted = erase(archive.house, subject, author(archive))
    assert (counted["tickets"], counted["calls"], counted["recordings"]) == (1, 1, 1)
    left = everything(archive)
    assert "Anna" not in left
    assert ROSSI not in left
    assert archive.carrier.recordings == {}
    ticket = archive.desk.do(lambda connection: tickets.find_ticket(connection, number))
    call = archive.desk.do(lambda connection: find_call(connection, "CA1"))
    assert (ticket.symptom, ticket.answers, ticket.region, ticket.caller) == (
        "platform_unavailable",
        {"symptom": "1"},
        "it",
        "erased",
    )
    assert (call.outcome, call.caller_number, call.call_back_number) == ("critical", None, None)
    assert (ticket.partner is None) == bool(subject.partner)
    (told, *_) = archive.desk.do(list_changes)
    assert (told.kind, told.action, told.after["tickets"]) == ("privacy", "erase", 1)
    erase(archive.house, subject, author(archive))


def test_what_was_written_about_a_partner_and_lists_that_wait_go_too(archive: Archive) -> None:
    number = archive.call_with_ticket(10)
    at, rows = archive.desk.at, [{"number": "4001", "phones": [ROSSI]}]

    def write(connection: Connection) -> None:
        mail = {"key": "goal-1", "to": "sara@example.com", "subject": "Nightline", "at": at, "status": "sent"}
        connection.execute(insert(mails).values(**mail, body=f"Nobody answered {number} (Rossi Telecom, {ROSSI})."))
        text = {"sid": "SM9", "from": JON, "body": f"{number} 1", "at": at}
        connection.execute(insert(incoming_messages).values(**text, reply=f"{number}, Rossi Telecom, is yours."))
        user = add_account(connection, login="sara", name="Sara Vogel", role="manager", at=at)
        keep_import(connection, user=user, at=at, name="partners.csv", removes=False, seen="", rows=rows)

    archive.desk.do(write)
    erase(archive.house, Subject(partner="4001"), author(archive))
    left = everything(archive)
    assert "Rossi Telecom" not in left
    assert ROSSI not in left
    assert f"Nobody answered {number} (erased, erased)." in left


@pytest.mark.parametrize("subject", [Subject(number=ROSSI), Subject(partner="4001")])
def test_longer_numbers_and_words_that_an_erased_one_is_a_part_of_stay(archive: Archive, subject: Subject) -> None:
    archive.call_with_ticket(10)
    at, longer, other = archive.desk.at, f"{ROSSI}9", f"Rossi Telecommunications, {ROSSI}9, waits"

    def write(connection: Connection) -> None:
        text = {"status": "sent", "at": at, "to": JON}
        connection.execute(insert(messages).values(key="1-x", body=f"{other}; tel{ROSSI}", **text))
        connection.execute(insert(messages).values(key=f"summary-{longer}-1", body="", **text))
        record(connection, author(archive), "engineer", "leo", None, {"phones": [longer, ROSSI]})
        save_partners(connection, (), ["4001"])

    archive.desk.do(write)
    erase(archive.house, subject, author(archive))
    left = everything(archive)
    assert f"{other}; telerased" in left
    assert f"summary-{longer}-1" in left
    assert json.dumps({"phones": [longer, "erased"]}) in left


def test_a_duty_phone_that_was_rung_had_a_ticket_and_read_a_summary_is_nowhere_after_its_erasure(
    archive: Archive,
) -> None:
    ticket = archive.night.ticket(archive.desk.at, acknowledged_by=DUTY, acknowledged_via="key")
    rung = archive.night.ring(ticket, DUTY, DUTY)
    archive.night.over(rung, Outcome.NO_ANSWER, 20)
    summary = TextRecord(f"summary-{DUTY}-20261128T030000", None, DUTY, "While Nightline was away", archive.desk.at)
    archive.desk.do(lambda connection: archive.house.pager.text(connection, summary))
    closed = {"state": TicketState.CLOSED}
    archive.desk.do(lambda connection: tickets.update_ticket(connection, ticket.number, **closed))
    archive.desk.do(lambda connection: connection.execute(update(messages).values(status="delivered")))
    erase(archive.house, Subject(number=DUTY), author(archive))
    assert DUTY not in everything(archive)
    client = DBOSClient(system_database_engine=archive.desk.engine, lazy=True)
    assert not [one for one in client.list_workflows() if DUTY in one.workflow_id]


def test_nothing_is_erased_while_somebody_works_on_it_or_the_carrier_keeps_a_recording(
    make_archive: Callable[[str], Archive],
) -> None:
    archive = make_archive("sqlite")
    number = archive.call_with_ticket(1, state=TicketState.ACKNOWLEDGED, acknowledged_by="jon")
    with pytest.raises(NotErased, match=str(number)):
        erase(archive.house, Subject(partner="4001"), author(archive))
    archive.desk.do(lambda connection: tickets.update_ticket(connection, number, state=TicketState.CLOSED))
    archive.carrier.close()
    with pytest.raises(NotErased, match="carrier"):
        erase(archive.house, Subject(partner="4001"), author(archive))
    assert ROSSI in everything(archive)


def test_a_number_to_which_a_text_waits_is_not_erased(make_archive: Callable[[str], Archive]) -> None:
    archive = make_archive("sqlite")
    text = {"key": "1042-1-ring", "ticket": 1042, "to": JON, "body": "CRITICAL", "at": archive.desk.at}
    archive.desk.do(lambda connection: connection.execute(insert(messages).values(status="waiting", **text)))
    with pytest.raises(NotErased, match="rung or texted"):
        erase(archive.house, Subject(number=JON), author(archive))
    assert JON in everything(archive)


def test_an_export_has_all_of_a_subject_and_no_secret(archive: Archive) -> None:
    archive.call_with_ticket(10)
    found = archive.desk.do(lambda connection: export(connection, Subject(number=ROSSI), archive.desk.at))
    assert [one["sid"] for one in found["calls"]] == ["CA1"]
    assert [one["number"] for one in found["tickets"]] == [1042]
    assert any("Anna Rossi" in one["detail"] for one in found["timelines"])
    assert [one["kind"] for one in found["configured"]] == ["partner"]
    assert "pin_hash" not in json.dumps(found, default=list)
    assert archive.desk.do(lambda connection: count(connection, Subject(number="+390000000000"))) == {}


def test_the_command_shows_what_it_would_erase_and_asks(
    make_archive: Callable[[str], Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_archive("sqlite")
    archive.call_with_ticket(10)
    settings = archive.house.settings
    for name, value in {
        "NIGHTLINE_DATABASE_URL": settings.database_url,
        "NIGHTLINE_PUBLIC_URL": settings.public_url,
        "TWILIO_ACCOUNT_SID": settings.account_sid,
        "TWILIO_AUTH_TOKEN": settings.auth_token.get_secret_value(),
        "TWILIO_API_URL": settings.twilio_api_url,
    }.items():
        monkeypatch.setenv(name, value)
    asked = CliRunner().invoke(nightline, ["privacy", "erase", "--number", ROSSI], input="n\n")
    assert asked.exit_code == 1
    assert "as partner Rossi Telecom" in asked.output
    assert ROSSI in everything(archive)
    exported = CliRunner().invoke(nightline, ["privacy", "export", "--partner", "4001"])
    assert json.loads(exported.output)["calls"][0]["caller"] == ROSSI
    done = CliRunner().invoke(nightline, ["privacy", "erase", "--number", ROSSI, "--yes", "--json"])
    assert json.loads(done.output)["tickets"] == 1
    assert ROSSI not in everything(archive)
    assert CliRunner().invoke(nightline, ["privacy", "erase"]).exit_code == 2
    swept = CliRunner().invoke(nightline, ["retention", "run", "--dry-run", "--json"])
    assert {one["kind"] for one in json.loads(swept.output)} >= {"calls", "recordings", "engine"}
