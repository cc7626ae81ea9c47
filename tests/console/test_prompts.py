"""Prompts in the console: other words, recordings, what is refused, whose change stands, what the carrier fetches."""

import io
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from werkzeug.test import TestResponse

from ivr.configuration.apply import apply_file
from ivr.configuration.export import to_toml
from ivr.prompts.catalogue import PROMPTS
from ivr.store.audit import list_changes
from ivr.store.configuration import configuration_items, load_configuration, load_partners
from ivr.store.setup_tables import prompt_audio
from routing.prompts import PromptChange
from tests.console.desk import Desk
from tests.console.typed import save, send, sheet
from tests.ivr.prompts.sounds import mp3, wav

WELCOME = "/console/prompts/welcome"
SECONDS_HEARD = """() => new Promise((done, fail) => {
  const audio = document.querySelector("audio");
  audio.addEventListener("loadedmetadata", () => done(audio.duration));
  audio.addEventListener("error", () => fail(audio.error));
  audio.load();
})"""
OTHER = "You have reached the night desk."


def changed(desk: Desk, key: str = "welcome") -> PromptChange | None:
    found: PromptChange | None = desk.do(load_configuration).prompts.get(key)
    return found


def upload(client: FlaskClient, key: str, body: bytes, name: str = "a.wav", do: str = "upload") -> TestResponse:
    fields = sheet(client.get(f"/console/prompts/{key}").get_data(as_text=True)).fields
    sent = {"csrf_token": fields["csrf_token"], "seen": fields["seen"], "do": do, "file": (io.BytesIO(body), name)}
    answer = client.post(f"/console/prompts/{key}/audio", data=sent, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # a large one is in a temporary file
    return answer


def test_every_prompt_is_listed_with_its_seconds(desk: Desk) -> None:
    page = desk.client().get("/console/prompts").get_data(as_text=True)
    assert page.count("/console/prompts/") == len(PROMPTS)
    assert "Benvenuti al supporto." in page
    assert desk.client("engineer").get("/console/prompts").status_code == 403
    assert desk.client().get("/console/prompts/no-such-prompt").status_code == 404


def test_other_words_are_saved_heard_by_the_line_audited_and_undone(desk: Desk) -> None:
    client = desk.client()
    assert save(client, WELCOME, text=OTHER).status_code == 303
    assert changed(desk) == PromptChange("welcome", OTHER)
    change = desk.do(lambda connection: list_changes(connection, kind="prompt", limit=1))[0]
    assert (change.key, change.by) == ("welcome", "Sara Vogel")
    assert "your words" in client.get("/console/prompts").get_data(as_text=True)
    assert desk.post(client, f"/console/audit/{change.id}/undo").status_code == 303
    assert changed(desk) is None


def test_the_lines_own_words_or_none_take_the_change_away(desk: Desk) -> None:
    client = desk.client()
    for text in ("", PROMPTS["welcome"].text):
        save(client, WELCOME, text=OTHER)
        assert save(client, WELCOME, text=text).status_code == 303
        assert changed(desk) is None
    assert save(client, WELCOME, text="").status_code == 303


def test_words_that_leave_somebody_lost_are_refused_in_the_words_of_apply_and_stay_typed(
    desk: Desk, tmp_path: Path
) -> None:
    client = desk.client()
    answer = save(client, "/console/prompts/hold-keys", text="Call you back?")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count("no longer names key 1.") >= 2
    assert "Call you back?" in page
    shown = desk.post(client, "/console/prompt-preview/hold-keys", text="Call you back?").get_data(as_text=True)
    assert "no longer names key 1." in shown
    assert "About 1.2 seconds" in shown
    assert changed(desk, "hold-keys") is None


def test_of_two_who_change_one_prompt_the_second_sees_what_the_first_did(desk: Desk) -> None:
    client = desk.client()
    opened = client.get(WELCOME).get_data(as_text=True)
    save(client, WELCOME, text=OTHER)
    answer = send(client, WELCOME, opened, text="Good evening.")
    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.get_data(as_text=True)
    assert changed(desk) == PromptChange("welcome", OTHER)


def test_a_recording_is_played_kept_for_good_and_taken_away(desk: Desk) -> None:
    client, body = desk.client(), wav(2)
    assert upload(client, "welcome", body).status_code == 303
    found = changed(desk)
    assert found is not None
    answer = desk.app.test_client().get(f"/media/prompts/{found.audio}")
    assert (answer.status_code, answer.data, answer.content_type) == (200, body, "audio/wav")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = desk.app.test_client().get(
        f"/media/prompts/{found.audio}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    part = desk.app.test_client().get(f"/media/prompts/{found.audio}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")
    save(client, WELCOME, text=OTHER)
    assert changed(desk) == PromptChange("welcome", OTHER, found.audio)
    assert upload(client, "welcome", b"", do="remove").status_code == 303
    assert changed(desk) == PromptChange("welcome", OTHER)
    assert desk.app.test_client().get("/media/prompts/0.wav").status_code == 404


def test_an_mp3_larger_than_a_webhook_is_taken_and_what_is_none_refused(desk: Desk) -> None:
    client = desk.client()
    assert upload(client, "welcome", wav(19, 44100), "large.mp3").status_code == 303
    assert upload(client, "thanks", mp3(), "short.mp3").status_code == 303
    for key, body, said in (
        ("thanks", b"MZ" + bytes(9000), "is neither WAV nor MP3"),
        ("critical", wav(), "says something else each time"),
        ("service-down", wav(), "is only ever spoken"),
        ("thanks", b"", "is empty"),
    ):
        answer = upload(client, key, body)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    assert changed(desk, "critical") is None


def test_an_export_names_the_recording_and_applies_where_that_is_and_where_it_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    upload(desk.client(), "welcome", wav())
    save(desk.client(), "/console/prompts/thanks", text="Many thanks.")
    file = tmp_path / "exported.toml"
    file.write_text(desk.do(lambda connection: to_toml(load_configuration(connection), load_partners(connection))))
    plan, _ = desk.do(lambda connection: apply_file(connection, file))
    assert str(plan) == "Nothing to change."
    desk.do(lambda connection: connection.execute(prompt_audio.delete()))
    plan, parsed = desk.do(lambda connection: apply_file(connection, file))
    assert str(plan) == "Nothing to change."
    warned = next(warning for warning in parsed.warnings if "recording is not stored here" in warning.text)
    assert "audio" in file.read_text().splitlines()[warned.line - 1]
    assert changed(desk, "thanks") == PromptChange("thanks", "Many thanks.")
    assert changed(desk, "welcome") == PromptChange("welcome")


def test_what_cannot_be_read_in_the_database_is_as_if_it_were_not_there(desk: Desk) -> None:
    rows = [("welcome", {"text": 7}), ("thanks", {"key": "thanks", "audio": "gone.wav"})]
    for position, (key, document) in enumerate(rows):
        row = {"kind": "prompt", "key": key, "position": position, "document": document}
        desk.do(lambda connection, row=row: connection.execute(configuration_items.insert().values(**row)))
    assert desk.do(load_configuration).prompts == {"thanks": PromptChange("thanks")}


def test_the_pages_look_good_and_a_recording_can_be_heard(
    assert_looks_good: Callable[..., None], open_page: Callable[..., Page], served: Desk
) -> None:
    upload(served.client(), "welcome", wav())
    assert_looks_good("/console/prompts", "prompts")
    assert_looks_good("/console/prompts/welcome", "prompt")
    page = open_page(WELCOME)
    page.get_by_label("Words", exact=True).fill("Good evening. This line is for critical issues.")
    expect(page.locator("#heard")).to_have_text("Good evening. This line is for critical issues.")
    expect(page.get_by_role("button", name="Listen")).to_be_visible()
    assert page.evaluate(SECONDS_HEARD) == 2
