"""A call in other words: what managers changed is heard at once, a recording is fetched, and nothing is ever silent."""

from collections.abc import Callable

from ivr.configuration.edit import change_item
from ivr.prompts.audio import recording_of
from ivr.rehearsal.handsets import manual
from ivr.store.audit import Author
from ivr.store.prompt_audio import PromptAudio, keep_audio
from tests.ivr.prompts.sounds import wav
from tests.line import JON, NIGHT, Line

SARA = Author("Sara Vogel", NIGHT)


def test_a_caller_hears_other_words_and_a_recording_and_is_paged_for_as_ever(make_line: Callable[..., Line]) -> None:
    line, recording = make_line(mode="twice"), recording_of(wav(2), 20)
    with line.engine.begin() as connection:
        keep_audio(connection, PromptAudio(recording.name, recording.seconds, NIGHT, "Sara Vogel"), recording.body)
        welcome = {"key": "welcome", "text": "You have reached the night desk.", "audio": recording.name}
        for table in (welcome, {"key": "critical", "text": "Your ticket is {ticket}. Speak after the tone."}):
            change_item(connection, SARA, "prompt", str(table["key"]), table)
    jon = line.phone(JON, manual)
    caller = line.critical_call()
    assert "Your ticket is 1 0 4 2. Speak after the tone." in caller.heard
    assert not any("night desk" in said for said in caller.heard), "the recording is in its place"
    line.take(jon.wait_for_ring(), caller)
