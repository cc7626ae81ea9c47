"""What may be said in the place of a prompt, and about how long it takes."""

import re

import pytest

from ivr.prompts.catalogue import PROMPTS
from ivr.prompts.checks import complaints, is_usable
from ivr.prompts.languages import DESK_BUSY, GREETING, INFORMED, INFORMED_KEY
from ivr.prompts.prompt import EXAMPLES, Prompt, as_heard
from ivr.prompts.seconds import LETTER, seconds_of
from ivr.voice import words
from routing.screening import QUESTIONS


def said_of(key: str, text: str) -> str:
    return " / ".join(complaints(PROMPTS[key], text))


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=lambda prompt: prompt.key)
def test_the_lines_own_words_pass_their_own_checks(prompt: Prompt) -> None:
    assert list(complaints(prompt, prompt.text)) == []
    assert "{" not in as_heard(prompt.text)
    assert 0 < seconds_of(as_heard(prompt.text), prompt.language) <= prompt.seconds


def test_a_call_begins_in_one_of_five_languages_and_all_else_is_english() -> None:
    assert set(GREETING) == set(LETTER) == {"en", "it", "de", "fr", "es"}
    by_language = (GREETING, DESK_BUSY, INFORMED_KEY, INFORMED)
    greeted = [prompt for prompts in by_language for prompt in prompts.values()]
    local = {prompt.key for prompt in greeted if prompt.language != "en"}
    assert {key for key, prompt in PROMPTS.items() if prompt.language != "en"} == local


def test_every_question_of_the_screening_is_a_prompt_that_names_its_keys() -> None:
    for question in QUESTIONS.values():
        prompt = words.question(question).prompt
        assert prompt is not None
        assert PROMPTS[prompt.key].keys == tuple(option.key for option in question.options)


def test_whoever_is_critical_is_asked_to_speak_but_no_passwords() -> None:
    asked = {key for key, prompt in PROMPTS.items() if "tone" in prompt.text}  # all English (art. 16.6)
    of_others = {"unverified", "standard", "standard-due"}
    assert asked > of_others
    for key in asked - of_others:
        assert re.search(r"\b(without|no|not|never)\b[^.]*\bpasswords?\b", PROMPTS[key].text), key


def test_every_placeholder_has_an_example() -> None:
    assert {name for prompt in PROMPTS.values() for name in prompt.placeholders} == set(EXAMPLES)


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("hold-keys", "Somebody will call you back.", 'no longer names key 1. Say what it is for, then "press 1".'),
        ("hold-keys", "To be called back, press 1. To end, press 9.", "names key 9, which does nothing here"),
        ("hold-keys", "Press one to be called back.", "names key 1 before what it is for"),
        ("welcome", "To go on, press 1.", "names key 1, which does nothing here. It names none."),
        ("enter-pin", "Now your PIN.", "no longer names key hash"),
        ("critical", "We are calling the engineer.", "has lost {ticket}"),
        (
            "critical",
            "Your ticket is {ticket}, {surname}.",
            "has {surname}, which is not known here. Known are: {ticket}.",
        ),
        ("welcome", "Hello {name}.", "Known are: none."),
        ("welcome", "Hello {", "has a brace that stands alone"),
        ("welcome", "<b>Hello</b>", 'has "<", which cannot be spoken'),
        ("welcome", "See https://example.com now.", "cannot be spoken"),
        ("welcome", "Hello ☎.", 'has "☎", which cannot be spoken'),
        ("welcome", "Hello.\nGoodbye.", "has more than one line"),
        ("welcome", "Call 0461 now.", "Write digits singly: 0 4 6 1."),
        ("welcome", "", "says nothing"),
        ("welcome", " … ", "says nothing"),
        ("welcome", "word " * 80, "seconds to say. Keep it below 20."),
        (
            "page-keys",
            "Take, press 1. Pass, press 2. Hear, press 3. Repeat, press star. Take, press 1.",
            "offers 5 keys",
        ),
    ],
)
def test_words_that_would_leave_somebody_lost_are_refused_with_a_remedy(key: str, text: str, said: str) -> None:
    assert said in said_of(key, text)
    assert not is_usable(key, text)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("hold-keys", "If you would rather be called back, press one."),
        ("page-keys", "Take it: press 1. Pass it on: press 2. Hear the caller: press 3. Again: press asterisk."),
        ("greeting-fr", "Bonjour, vous êtes bien chez nous ; ne quittez pas !"),
        ("greeting-es", "¡Hola! ¿Qué tal? Le conectamos."),
        ("critical", "Ticket {ticket}. Speak after the tone."),
    ],
)
def test_other_words_that_say_as_much_are_welcome(key: str, text: str) -> None:
    assert said_of(key, text) == ""
    assert is_usable(key, text)


def test_nothing_can_be_said_in_the_place_of_a_prompt_that_does_not_exist() -> None:
    assert not is_usable("no-such-prompt", "Hello.")


SPOKEN = {
    "question-symptom": 13.9,
    "critical": 11.8,
    "enter-pin": 2.3,
    "hold-ringing": 2.0,
    "referral-number": 16.8,
    "announced-key-de": 7.3,
    "announced-key-fr": 6.9,
    "greeting-it": 3.6,
    "desk-busy-es": 4.6,
}
"""Seconds that espeak-ng took for these prompts, at 150 words a minute."""


@pytest.mark.parametrize(("key", "seconds"), SPOKEN.items())
def test_a_prompt_is_estimated_about_as_long_as_a_voice_speaks_it(key: str, seconds: float) -> None:
    prompt = PROMPTS[key]
    assert seconds_of(as_heard(prompt.text), prompt.language) == pytest.approx(seconds, abs=0.6)


def test_seconds_grow_with_letters_pauses_and_single_digits() -> None:
    assert seconds_of("") == seconds_of(" … ") == 0
    assert seconds_of("One moment please") > seconds_of("One moment")
    assert seconds_of("Yes. Please go on.") > seconds_of("Yes please go on")
    assert seconds_of("1 0 4 2") > seconds_of("1 0 4")
    assert seconds_of("Nous vous écoutons", "fr") < seconds_of("Nous vous écoutons", "en")
    assert seconds_of("Nous vous écoutons", "xx") == seconds_of("Nous vous écoutons", "en")
