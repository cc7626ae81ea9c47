"""The verbs as Twilio documents them: one test a rule."""

from collections.abc import Callable

import pytest

from tests.rehearsal.bench import HOST, Bench

Make = Callable[..., Bench]
GATHER = '<Gather action="/keys" {}><Say>Press something please</Say></Gather><Say>fell through</Say>'
FALLS = "fell through"


def gather(attributes: str = "") -> dict[str, str | int]:
    return {"/answer": GATHER.format(attributes), "/keys": "<Say>thanks</Say>"}


# The first request of an inbound call is ringing, later ones are in progress; empty places are sent.
def test_the_parameters_of_a_call(bench: Make) -> None:
    b = bench(gather('numDigits="1"'))
    leg = b.call()
    leg.wait_for("Press")
    first = b.asked("/answer")
    assert (first["CallStatus"], first["Direction"], first["FromCity"]) == ("ringing", "inbound", "")
    leg.press("5")
    assert (b.asked("/keys")["CallStatus"], b.asked("/keys")["Digits"]) == ("in-progress", "5")


# The finishing key ends it and is not among the digits.
def test_the_finishing_key_submits_without_itself(bench: Make) -> None:
    b = bench(gather())
    leg = b.call()
    leg.wait_for("Press")
    leg.press("4001#")
    assert (b.asked("/keys")["Digits"], b.asked("/keys")["FinishedOnKey"]) == ("4001", "#")


# Without a finishing key the silence between keys submits.
def test_a_pause_after_keys_submits_them(bench: Make) -> None:
    b = bench(gather('timeout="2"'))
    leg = b.call()
    leg.wait_for("Press")
    leg.press("12")
    assert (b.asked("/keys")["Digits"], b.asked("/keys")["FinishedOnKey"]) == ("12", "")


# A lone finishing key is the same as no input.
def test_a_lone_hash_falls_through(bench: Make) -> None:
    b = bench(gather())
    leg = b.call()
    leg.wait_for("Press")
    leg.press("#")
    leg.wait_for(FALLS)
    assert b.never_asked("/keys")


# With an empty finishOnKey every key counts.
def test_every_key_counts_without_a_finishing_key(bench: Make) -> None:
    b = bench(gather('numDigits="1" finishOnKey=""'))
    leg = b.call()
    leg.wait_for("Press")
    leg.press("#")
    assert b.asked("/keys")["Digits"] == "#"


def test_silence_goes_on_with_the_next_verb(bench: Make) -> None:
    leg = bench(gather('timeout="1"')).call()
    leg.wait_for(FALLS)
    leg.wait_until("completed")


def test_silence_asks_the_action_when_empty_results_are_wanted(bench: Make) -> None:
    b = bench(gather('timeout="1" actionOnEmptyResult="true"'))
    b.call().wait_for("thanks")
    assert b.asked("/keys")["Digits"] == ""


# Without an action the document itself is asked again.
def test_the_default_action_is_the_current_document(bench: Make) -> None:
    b = bench({"/answer": "<Redirect>/menu</Redirect>", "/menu": '<Gather numDigits="1"><Say>Menu</Say></Gather>'})
    leg = b.call()
    leg.wait_for("Menu")
    leg.press("1")
    leg.wait_for("Menu")
    assert [path for path, _ in b.requests if path != "/status"] == ["/answer", "/menu", "/menu"]


def test_speech_is_understood_where_it_is_wanted(bench: Make) -> None:
    b = bench(gather('input="dtmf speech"'))
    leg = b.call()
    leg.wait_for("Press")
    leg.speak("the portal", 1)
    assert b.asked("/keys")["SpeechResult"] == "the portal"
    assert "Digits" not in b.asked("/keys")


def test_a_caller_who_hangs_up_in_a_gather_causes_no_action(bench: Make) -> None:
    b = bench(gather())
    leg = b.call()
    leg.wait_for("Press")
    leg.hang_up()
    assert b.asked("/status")["CallStatus"] == "completed"
    assert b.never_asked("/keys")


RECORD = f'<Record action="/done" recordingStatusCallback="{HOST}/stored" timeout="2"/>'


def test_a_recording_ends_by_a_key_and_is_reported_aside(bench: Make) -> None:
    b = bench({"/answer": RECORD, "/done": "<Say>thanks</Say>"})
    leg = b.call()
    leg.wait_for("[beep]")
    leg.speak("hello", 7)
    assert b.carrier.wait_until(lambda: not leg.has_speech(), 5)
    leg.press("#")
    assert (b.asked("/done")["Digits"], b.asked("/done")["RecordingDuration"]) == ("#", "7")
    assert b.asked("/stored")["RecordingSid"] == b.asked("/done")["RecordingSid"]


def test_a_caller_who_hangs_up_while_recording_is_reported_as_hangup(bench: Make) -> None:
    b = bench({"/answer": RECORD})
    leg = b.call()
    leg.wait_for("[beep]")
    leg.speak("hello", 3)
    assert b.carrier.wait_until(lambda: not leg.has_speech(), 5)
    leg.hang_up()
    assert (b.asked("/done")["Digits"], b.asked("/done")["CallStatus"]) == ("hangup", "completed")


@pytest.mark.parametrize("way", ["action", "falls_through"])
def test_a_silent_recording_is_a_switch_since_carriers_differ(bench: Make, way: str) -> None:
    b = bench({"/answer": RECORD + "<Say>nothing</Say>", "/done": "<Say>thanks</Say>"})
    b.carrier.silent_record = way
    b.call().wait_for("nothing" if way == "falls_through" else "thanks")


def test_a_rest_redirect_in_a_recording_keeps_it_and_skips_the_action(bench: Make) -> None:
    b = bench({"/answer": RECORD, "/elsewhere": "<Say>moved</Say>"})
    leg = b.call()
    leg.wait_for("[beep]")
    leg.speak("hello", 3000)
    assert b.carrier.wait_until(lambda: not leg.has_speech(), 5)
    leg.send_on(f"{HOST}/elsewhere", None)
    leg.wait_for("moved")
    assert b.asked("/stored")
    assert b.never_asked("/done")


@pytest.mark.parametrize("document", [500, 404, "<Dance/>", "<say>case</say>", "<Say loud='1'>x</Say>", "<Say>"])
def test_a_document_that_cannot_be_used_is_a_surprise_and_ends_the_call(bench: Make, document: str | int) -> None:
    b = bench({"/answer": document})
    leg = b.call()
    leg.wait_for("[application error]")
    leg.wait_until("completed")
    assert b.carrier.surprises


def test_the_fallback_is_asked_with_the_error_and_goes_on_with_the_call(bench: Make) -> None:
    b = bench({"/answer": 500, "/fallback": "<Say>rescued</Say>"})
    b.carrier.add_number("+12125550199", voice_url=f"{HOST}/answer", fallback_url=f"{HOST}/fallback")
    b.carrier.dial("+442079460201", "+12125550199").wait_for("rescued")
    assert (b.asked("/fallback")["ErrorCode"], b.asked("/fallback")["ErrorUrl"]) == ("11200", f"{HOST}/answer")


def test_a_loop_of_documents_is_stopped(bench: Make) -> None:
    b = bench({"/answer": "<Redirect/>"})
    b.call().wait_until("completed", 30)
    assert "more than 500 documents" in b.carrier.surprises[0]


def test_a_call_that_is_rejected_was_never_answered(bench: Make) -> None:
    b = bench({"/answer": '<Reject reason="busy"/>'})
    b.call().wait_until("busy")
