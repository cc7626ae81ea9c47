"""The questions that tell Critical from Standard, and the article that each answer rests on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from routing.service import ClassOfService

WORD = re.compile(r"\w+")


class Symptom(StrEnum):
    """What the caller says is wrong, as a ticket records it."""

    PLATFORM = "platform_unavailable"
    DROPS = "calls_dropping"
    BUSINESS = "business_impacted"
    HARDWARE = "hardware"
    INTERNET = "site_internet"
    OPERATOR = "operator"
    PLANNED = "planned_work"
    CUSTOMER_CARE = "customer_care"
    UNSCREENED = "unscreened"
    MESSAGE = "message"
    MONITORING = "monitoring"


SPOKEN_SYMPTOM = {
    Symptom.PLATFORM: "cloud platform, portal or website not available",
    Symptom.DROPS: "calls dropping",
    Symptom.BUSINESS: "business operations severely impacted",
    Symptom.HARDWARE: "hardware",
    Symptom.INTERNET: "the site's own internet access",
    Symptom.OPERATOR: "an operator's fault",
    Symptom.PLANNED: "a question or planned work",
    Symptom.CUSTOMER_CARE: "customer care",
    Symptom.UNSCREENED: "not screened, the caller's keys were not heard",
    Symptom.MESSAGE: "a message",
    Symptom.MONITORING: "an alert of the monitoring",
}


@dataclass(frozen=True)
class Verdict:
    """What the screening found.

    `article` is the paragraph of the service level terms that decides it. `refer_to_ticketing` is true
    for Customer Care, which is never taken by phone (art. 17.4, 17.6).
    """

    class_of_service: ClassOfService
    symptom: Symptom
    article: str
    refer_to_ticketing: bool = False


@dataclass(frozen=True)
class Option:
    """One key of a question: what is said before it, the words that mean it, and what follows."""

    key: str
    goal: str
    hints: tuple[str, ...]
    leads_to: "Verdict | str"


@dataclass(frozen=True)
class Question:
    """One question: its name is written into the ticket beside the key that answered it."""

    name: str
    text: str
    options: tuple[Option, ...]

    def option(self, key: str) -> Option | None:
        """The option behind a key; None when the key means nothing here."""
        return next((option for option in self.options if option.key == key), None)

    def understood(self, speech: str) -> Option | None:
        """The only option whose words were spoken; None when none or more than one fits."""
        said = f" {' '.join(WORD.findall(speech.lower()))} "
        fits = [one for one in self.options if any(f" {word} " in said for word in (*one.hints, one.key))]
        return fits[0] if len(fits) == 1 else None


def _critical(symptom: Symptom, article: str) -> Verdict:
    return Verdict(ClassOfService.CRITICAL, symptom, article)


def _standard(symptom: Symptom, article: str) -> Verdict:
    return Verdict(ClassOfService.STANDARD, symptom, article)


FIRST = "symptom"

QUESTIONS = {
    question.name: question
    for question in (
        Question(
            FIRST,
            "",
            (
                Option(
                    "1",
                    "If the cloud platform, portal or website is not available",
                    ("platform", "portal", "website", "one"),
                    _critical(Symptom.PLATFORM, "16.4"),
                ),
                Option("2", "If calls are dropping", ("dropping", "drops", "drop", "two"), "reproduced"),
                Option(
                    "3",
                    "If business operations are severely impacted",
                    ("business", "impacted", "three"),
                    "workaround",
                ),
                Option(
                    "4",
                    "For anything else",
                    ("anything else", "something else", "other", "four"),
                    "uncovered",
                ),
            ),
        ),
        Question(
            "reproduced",
            "Do calls drop with another operator too?",
            (
                Option("1", "If they do", ("yes", "they do", "one"), _critical(Symptom.DROPS, "16.3")),
                Option(
                    "2",
                    "If not, or not checked",
                    ("no", "not", "unchecked", "two"),
                    _standard(Symptom.DROPS, "16.5"),
                ),
            ),
        ),
        Question(
            "workaround",
            "Is there a workaround?",
            (
                Option(
                    "1",
                    "If there is none",
                    ("none", "no", "no workaround", "one"),
                    _critical(Symptom.BUSINESS, "16.3"),
                ),
                Option("2", "If there is one", ("yes", "there is", "two"), _standard(Symptom.BUSINESS, "16.3")),
            ),
        ),
        Question(
            "uncovered",
            "",
            (
                Option(
                    "1",
                    "For hardware or the site's own internet access",
                    ("hardware", "internet", "one"),
                    "site",
                ),
                Option(
                    "2",
                    "For a fault of an operator",
                    ("operator", "carrier", "two"),
                    _standard(Symptom.OPERATOR, "16.5"),
                ),
                Option(
                    "3",
                    "For a question or planned work",
                    ("question", "planned", "three"),
                    _standard(Symptom.PLANNED, "16.5"),
                ),
                Option(
                    "4",
                    "For billing, orders or licences",
                    ("billing", "orders", "licences", "licenses", "four"),
                    Verdict(ClassOfService.STANDARD, Symptom.CUSTOMER_CARE, "17.4", refer_to_ticketing=True),
                ),
            ),
        ),
        Question(
            "site",
            "",
            (
                Option("1", "For hardware", ("hardware", "phone", "one"), _standard(Symptom.HARDWARE, "16.5")),
                Option("2", "For internet access", ("internet", "two"), _standard(Symptom.INTERNET, "16.5")),
            ),
        ),
    )
}

UNSCREENED = _critical(Symptom.UNSCREENED, "16.8")
"""An eligible caller whose keys were not heard but who spoke: the engineer finds out (art. 16.8)."""

UNVERIFIED_MESSAGE = _standard(Symptom.MESSAGE, "15.1")
"""A message of somebody nobody recognised: only partners have direct support (art. 15.1)."""


def screen(answers: Mapping[str, str]) -> Question | Verdict:
    """Follow the answers from the first question: the next question to ask, or the verdict.

    `answers` maps a question's name to the key that was pressed. Answers to questions that the path
    does not reach are ignored. Source: contract art. 16.3 to 16.5 and 17.4.
    """
    question = QUESTIONS[FIRST]
    while question.name in answers:
        option = question.option(answers[question.name])
        if option is None:
            return question
        if isinstance(option.leads_to, Verdict):
            return option.leads_to
        question = QUESTIONS[option.leads_to]
    return question


def explain(answers: Mapping[str, str]) -> tuple[str, ...]:
    """The path of answers in words, for the ticket: one line a question, in the order asked."""
    lines = []
    question: Question | None = QUESTIONS[FIRST]
    while question is not None and question.name in answers:
        option = question.option(answers[question.name])
        if option is None:
            break
        lines.append(f"{question.text or 'What is wrong?'} {option.goal} (pressed {option.key})")
        question = QUESTIONS[option.leads_to] if isinstance(option.leads_to, str) else None
    return tuple(lines)
