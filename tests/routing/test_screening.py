"""Every path through the questions, with the article that decides it."""

from collections.abc import Iterator

import pytest

from routing.screening import QUESTIONS, Question, Symptom, Verdict, explain, screen
from routing.service import ClassOfService

CRITICAL, STANDARD = ClassOfService.CRITICAL, ClassOfService.STANDARD

PATHS = {
    ("1",): (CRITICAL, Symptom.PLATFORM, "16.4"),
    ("2", "1"): (CRITICAL, Symptom.DROPS, "16.3"),
    ("2", "2"): (STANDARD, Symptom.DROPS, "16.5"),
    ("3", "1"): (CRITICAL, Symptom.BUSINESS, "16.3"),
    ("3", "2"): (STANDARD, Symptom.BUSINESS, "16.3"),
    ("4", "1", "1"): (STANDARD, Symptom.HARDWARE, "16.5"),
    ("4", "1", "2"): (STANDARD, Symptom.INTERNET, "16.5"),
    ("4", "2"): (STANDARD, Symptom.OPERATOR, "16.5"),
    ("4", "3"): (STANDARD, Symptom.PLANNED, "16.5"),
    ("4", "4"): (STANDARD, Symptom.CUSTOMER_CARE, "17.4"),
}


def walk(keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every sequence of keys that leads to a verdict."""
    found = screen(answers(keys))
    if isinstance(found, Verdict):
        yield keys
        return
    for option in found.options:
        yield from walk((*keys, option.key))


def answers(keys: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for key in keys:
        question = screen(given)
        assert isinstance(question, Question)
        given[question.name] = key
    return given


def test_the_table_names_every_path_and_no_other() -> None:
    assert set(walk()) == set(PATHS)


@pytest.mark.parametrize(("keys", "expected"), PATHS.items(), ids="-".join)
def test_a_path_ends_in_its_verdict_by_its_article(
    keys: tuple[str, ...], expected: tuple[ClassOfService, Symptom, str]
) -> None:
    found = screen(answers(keys))
    assert isinstance(found, Verdict)
    assert (found.class_of_service, found.symptom, found.article) == expected
    assert found.refer_to_ticketing == (found.symptom is Symptom.CUSTOMER_CARE)
    assert len(explain(answers(keys))) == len(keys)


def test_answers_off_the_path_and_keys_without_meaning_decide_nothing() -> None:
    assert screen({"workaround": "1"}) is QUESTIONS["symptom"]
    assert screen({"symptom": "9"}) is QUESTIONS["symptom"]


def test_no_question_has_more_than_four_options_and_keys_count_from_one() -> None:
    for question in QUESTIONS.values():
        assert [option.key for option in question.options] == [str(n + 1) for n in range(len(question.options))]
        assert len(question.options) <= 4


@pytest.mark.parametrize(
    ("speech", "key"),
    [
        ("the portal is down", "1"),
        ("Calls are dropping", "2"),
        ("one", "1"),
        ("1.", "1"),
        ("Something else, please.", "4"),
        ("platform and business", None),
        ("", None),
    ],
)
def test_speech_is_understood_only_when_it_fits_one_option(speech: str, key: str | None) -> None:
    option = QUESTIONS["symptom"].understood(speech)
    assert (option.key if option else None) == key
