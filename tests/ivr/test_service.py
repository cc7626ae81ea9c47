"""The service around the call: health, static files, settings, the commands that print."""

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, event, text
from sqlalchemy.exc import OperationalError

from ivr.cli import main, nightline, why_the_database_failed
from ivr.rehearsal.stage import free_port
from ivr.remedy import NeedsRemedy
from ivr.settings import BadSettings, read_settings
from ivr.store.migrate import head
from ivr.store.tables import configuration_items
from ivr.store.versions import CONFIGURATION, raise_version
from tests.line import EXAMPLE, NIGHT, Line

SETTINGS = {
    "NIGHTLINE_PUBLIC_URL": "https://nightline.example.com/",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "secret",
}


def test_health_and_readiness_say_what_is_up(make_line: Callable[..., Line]) -> None:
    client = make_line().app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready", "regions": 6}


def test_without_a_configuration_it_is_not_ready_and_asks_for_ones_own_and_not_for_the_sample(
    make_line: Callable[..., Line],
) -> None:
    line = make_line()
    with line.engine.begin() as connection:
        connection.execute(delete(configuration_items))
        raise_version(connection, CONFIGURATION)
    answer = line.app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "not configured")
    assert "nightline apply my.toml" in answer.get_json()["remedy"]


def test_a_database_that_has_not_the_shape_of_this_release_is_not_ready_until_it_is_migrated(
    make_line: Callable[..., Line],
) -> None:
    line = make_line()
    for version, expected in (("0001", (503, "not migrated")), (head(), (200, "ready")), ("9999", (200, "ready"))):
        with line.engine.begin() as connection:
            connection.execute(text("update alembic_version set version_num = :version"), {"version": version})
        line.start_web()
        answer = line.app.test_client().get("/readyz")
        assert (answer.status_code, answer.get_json()["status"]) == expected


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/readyz", 200, '"status":"standby"'),
        ("/console/", 503, "The database does not answer"),
        ("/api/v1/tickets", 503, "The database does not answer"),
    ],
)
def test_nobody_waits_for_a_database_that_is_known_to_be_away(
    make_line: Callable[..., Line], path: str, status: int, said: str
) -> None:
    line = make_line()
    with line.database_away():
        assert line.eventually(lambda: line.houses.is_away)
        asked = []
        event.listen(line.web_engine, "do_connect", lambda *_: asked.append(threading.current_thread()))
        answer = line.app.test_client().get(path)
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (status, True)
        assert threading.current_thread() not in asked


def test_the_hold_music_that_twiml_names_is_served_as_audio(make_line: Callable[..., Line]) -> None:
    line = make_line()
    caller = line.critical_call()
    caller.wait_for("[music]")
    with line.app.test_client().get("/static/hold.wav") as hold:
        assert (hold.status_code, hold.content_type) == (200, "audio/x-wav")


@pytest.mark.parametrize("command", ["export", "tickets", "who"])
def test_a_database_without_tables_is_named_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(NeedsRemedy, match=r"NIGHTLINE_DATABASE_URL names holds nothing.* nightline migrate"):
        CliRunner().invoke(nightline, [command], catch_exceptions=False)


@pytest.mark.parametrize("words", [["tickets"], ["migrate"], ["apply", str(EXAMPLE)], ["user", "list"], ["export"]])
def test_a_database_that_cannot_be_reached_is_told_in_words_and_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"postgresql://nightline:sesame@127.0.0.1:{free_port()}/sesame")
    monkeypatch.setattr("sys.argv", ["nightline", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert re.fullmatch(r"The database failed: connection failed: .* refused.*NIGHTLINE_DATABASE_URL.* doctor\n", said)
    assert "sesame" not in said


def test_a_statement_that_fails_is_told_without_what_was_in_it() -> None:
    failed = OperationalError(
        "insert into users values (:key)", {"key": "secret"}, Exception("disk full\nDETAIL: secret")
    )
    said = why_the_database_failed(failed)
    assert said.startswith("The database failed: disk full. ")
    assert "secret" not in said
    assert why_the_database_failed(ValueError("of ours")) == ""


def test_settings_name_every_variable_that_is_missing_or_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SETTINGS, "NIGHTLINE_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NIGHTLINE_PUBLIC_URL", "nightline.example.com")
    with pytest.raises(BadSettings) as refused:
        read_settings()
    said = str(refused.value)
    assert "NIGHTLINE_PUBLIC_URL must be an http or https URL" in said
    assert "TWILIO_ACCOUNT_SID is not set" in said
    assert "TWILIO_AUTH_TOKEN is not set" in said


def test_settings_accept_what_hosts_provide_and_never_show_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
    monkeypatch.delenv("NIGHTLINE_DATABASE_URL", raising=False)
    settings = read_settings()
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"
    assert settings.public_url == "https://nightline.example.com"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("public_url", "port", "expected"),
    [
        ("https://nightline.example.com", "", 8080),
        ("https://nightline.example.com:8443", "", 8080),
        ("http://127.0.0.1:5123", "", 5123),
        ("http://localhost:5123/line", "", 5123),
        ("http://127.0.0.1:5123", "6000", 6000),
    ],
)
def test_the_web_server_listens_where_the_public_url_is_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, public_url: str, port: str, expected: int
) -> None:
    for name, value in {**SETTINGS, "NIGHTLINE_PUBLIC_URL": public_url, "PORT": port}.items():
        monkeypatch.setenv(name, value)
    assert read_settings().listens_on == expected


@pytest.mark.parametrize(
    ("database", "asked_for", "expected"),
    [
        ("sqlite:///var/nightline.db", None, 1),
        ("postgresql://db/nightline", None, 2),
        ("sqlite:///var/nightline.db", "2", 2),
        ("postgresql://db/nightline", "1", 1),
    ],
)
def test_sqlite_with_its_one_writer_gets_one_web_process_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, database: str, asked_for: str | None, expected: int
) -> None:
    told = {"WEB_CONCURRENCY": asked_for} if asked_for else {}
    for name, value in {**SETTINGS, "NIGHTLINE_DATABASE_URL": database, **told}.items():
        monkeypatch.setenv(name, value)
    assert read_settings().web_processes == expected


def test_apply_export_who_and_tickets_work_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    run = CliRunner().invoke
    assert "28 changes" in run(nightline, ["apply", str(EXAMPLE), "--dry-run"]).output
    assert run(nightline, ["apply", str(EXAMPLE)]).exit_code == 0
    assert run(nightline, ["apply", str(EXAMPLE)]).output == "Nothing to change.\n"
    exported = tmp_path / "exported.toml"
    exported.write_text(run(nightline, ["export"]).output)
    assert run(nightline, ["apply", str(exported)]).output == "Nothing to change.\n"
    who = run(nightline, ["who", "--at", NIGHT.isoformat()]).output
    assert re.search(r"Italy .*\n  level 1: Jon Bell \(weekly, week 48\)\n  level 2: Ada Rossi", who)
    assert run(nightline, ["tickets"]).output == "No tickets yet.\n"
    missing = run(nightline, ["ticket", "1042"])
    assert (missing.exit_code, "nightline tickets" in missing.output) == (1, True)
    bad = tmp_path / "bad.toml"
    bad.write_text(EXAMPLE.read_text().replace("Europe/Rome", "CET"))
    refused = run(nightline, ["apply", str(bad)])
    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.output
    assert f"{bad}:" in refused.output


def test_a_call_leaves_a_ticket_that_prints_in_words_and_as_json(
    make_line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line()
    line.critical_call().wait_for("engineer")
    monkeypatch.setenv("NIGHTLINE_DATABASE_URL", line.settings.database_url)
    printed = CliRunner().invoke(nightline, ["ticket", "1042"]).output
    assert "Rossi Telecom" in printed
    assert "(art. 16.4)" in printed
    assert "answered by phone at once" in printed
    whole = json.loads(CliRunner().invoke(nightline, ["ticket", "1042", "--json"]).output)
    assert whole["answers"] == {"symptom": "1"}
    assert [event["event"] for event in whole["timeline"]][:2] == ["opened", "paging began"]
