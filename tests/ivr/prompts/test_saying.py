"""What is heard of a prompt that was changed: the new words, the recording, and never silence."""

from dataclasses import replace

import pytest

from ivr.configuration.file import read_file
from ivr.fallback.twiml import ask, whisper
from ivr.places import To, Urls
from ivr.prompts import catalogue as prompts
from ivr.prompts.prompt import Prompt
from ivr.rehearsal.documents import Verb, parse
from ivr.voice import words
from ivr.voice.saying import UNCHANGED, Changes, say, text_of, together, unplayed
from ivr.voice.turns import Goodbye, Hold, Said, Tell
from ivr.voice.twiml import to_twiml
from routing.partners import Partner, Tier
from routing.prompts import PromptChange
from tests.line import EXAMPLE

URLS = Urls("https://line.example")
SOUND = "0123456789abcdef0123456789abcdef.wav"


def changes(**texts: str) -> Changes:
    return {key.replace("_", "-"): PromptChange(key.replace("_", "-"), text) for key, text in texts.items()}


def heard(turn: Tell | Goodbye | Hold, changed: Changes) -> list[tuple[str, str]]:
    verbs: tuple[Verb, ...] = parse(to_twiml(turn, URLS, changed).encode(), "text/xml")
    flat = [one for verb in verbs for one in (verb, *verb.children)]
    return [(verb.name, verb.text) for verb in flat if verb.name in {"Say", "Play"}]


def test_a_prompt_is_said_in_its_own_words_until_they_are_changed() -> None:
    turn = Goodbye((say(prompts.THANKS), words.critical(1042)))
    assert heard(turn, {})[0] == ("Say", "Thank you. Goodbye.")
    changed = changes(thanks="Many thanks.", critical="Ticket {ticket}. Speak now.")
    assert heard(turn, changed) == [("Say", "Many thanks."), ("Say", "Ticket 1 0 4 2. Speak now.")]


def test_a_sign_that_no_document_can_hold_does_not_cost_the_call() -> None:
    name = "Ada\x0bRossi \x01\ufffe\ud800& <Söhne>"
    turn = Goodbye((words.incident(7, name), Said(name)))
    changed = changes(incident_taken="{engineer} is\x0bon it.")
    assert heard(turn, changed)[1] == ("Say", "Ada Rossi    & <Söhne>")
    assert "Ada Rossi    & <Söhne> is on it." in heard(turn, changed)[0][1]


@pytest.mark.parametrize("role", [prompts.ROLE_INTEGRATOR, prompts.ROLE_PARTNER], ids=lambda role: role.key)
def test_a_referral_names_only_what_is_on_file(role: Prompt) -> None:
    rossi = Partner("4001", "Rossi Telecom", Tier.GOLD, phones=("+442079460201", "+442079460202"))
    known = (None, replace(rossi, phones=()), rossi)
    nobody, named, with_number = (
        text_of(words.referral(to, role is prompts.ROLE_INTEGRATOR), UNCHANGED) for to in known
    )
    assert all(said.startswith(f"Support for you is given by {role.text}") for said in (nobody, named, with_number))
    assert nobody.endswith(f"{role.text}. Please call them. Goodbye.")
    assert named.endswith(f"{role.text}: Rossi Telecom. Goodbye.")
    assert with_number.count("at 4 4 2 0 7 9 4 6 0 2 0 1.") == 2


def test_words_within_words_change_too() -> None:
    changed = changes(incident_taken="{engineer} is on it.")
    assert "This outage is known. Ada is on it. Your ticket" in text_of(words.incident(7, "Ada"), changed)


def test_sentences_in_one_breath_stay_one_unless_a_part_of_them_is_played() -> None:
    turn = Hold((words.progress(ringing=True, attempts=1, first=True),), To("a"), To("b"))
    assert heard(turn, {})[0] == ("Say", "The engineer's phone is ringing. To be called back instead, press 1.")
    played = {"hold-keys": PromptChange("hold-keys", audio=SOUND)}
    assert heard(turn, played)[:2] == [
        ("Say", "The engineer's phone is ringing."),
        ("Play", f"https://line.example/media/prompts/{SOUND}"),
    ]


def test_a_recording_is_played_once_in_the_place_of_the_words() -> None:
    played = {"welcome": PromptChange("welcome", "Other words.", SOUND)}
    turn = Tell((say(prompts.WELCOME), say(prompts.ENTER_PIN)), To("next"))
    assert heard(turn, played) == [
        ("Play", f"https://line.example/media/prompts/{SOUND}"),
        ("Say", "Now your PIN, then hash."),
    ]


def test_what_cannot_be_said_or_played_leaves_the_lines_own_words() -> None:
    bad = {
        "thanks": PromptChange("thanks", "{oops} <Hangup/>"),
        "hold-keys": PromptChange("hold-keys", "Nothing to press."),
        "critical": PromptChange("critical", "Lost.", SOUND),
        "welcome": PromptChange("welcome"),
    }
    for said in (say(prompts.THANKS), say(prompts.KEY_FOR_CALL_BACK), words.critical(1042), say(prompts.WELCOME)):
        assert heard(Goodbye((said,)), bad) == [("Say", said.text)]
        assert said.text


def test_a_name_with_braces_is_said_as_it_is() -> None:
    assert (
        text_of(words.connected("{ticket} & Sons"), changes(connected="Here is {name}.")) == "Here is {ticket} & Sons."
    )


def test_a_caller_is_greeted_in_the_regions_language_and_the_regions_own_words_go_first() -> None:
    italy = read_file(EXAMPLE).configuration.regions["it"]
    changed = changes(greeting_it="Buongiorno.", greeting_en="Good day.")
    plain = replace(italy, greeting="")
    assert text_of(words.greeting(plain), changed) == "Buongiorno."
    assert words.greeting(plain).language == italy.language
    assert text_of(words.greeting(replace(italy, greeting="Pronto.")), changed) == "Pronto."
    assert text_of(words.greeting(replace(plain, language="pt-PT")), changed) == "Good day."


def test_the_documents_for_when_all_is_down_use_the_words_and_no_recording() -> None:
    changed = {
        "service-down": PromptChange("service-down", "We are down. To reach the engineer, press 1.", SOUND),
        "service-down-page": PromptChange("service-down-page", audio=SOUND),
    }
    assert "We are down. To reach the engineer, press 1." in ask("it.dial.xml", changed)
    assert prompts.SERVICE_DOWN_PAGE.text in whisper(changed).replace("&apos;", "'")
    assert "<Play" not in ask("it.dial.xml", changed) + whisper(changed)


def test_saying_together_keeps_the_language() -> None:
    both = together(Said("Uno.", "it-IT", "Polly.Bianca"), Said("Due.", "it-IT", "Polly.Bianca"))
    assert (both.text, both.language) == ("Uno. Due.", "it-IT")


def test_without_recordings_the_words_are_spoken_in_their_place() -> None:
    played = {"thanks": PromptChange("thanks", "Many thanks.", SOUND), "welcome": PromptChange("welcome", audio=SOUND)}
    turn = Goodbye((say(prompts.WELCOME), say(prompts.THANKS)))
    assert heard(turn, unplayed(played)) == [("Say", prompts.WELCOME.text), ("Say", "Many thanks.")]
