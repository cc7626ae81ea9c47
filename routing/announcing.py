"""What an announcement must have before callers hear it, whoever writes it."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from routing.announcements import ENGLISH, LANGUAGES, Announcement
from routing.screening import Symptom
from schedules.wallclock import YEARS

LONGEST_TEXT = 300
"""Characters: about twenty seconds of speech before a caller can say what is wrong."""

LONGEST = timedelta(days=60)
LONGEST_NAME = 200
ANNOUNCEABLE = (Symptom.PLATFORM, Symptom.DROPS, Symptom.BUSINESS, Symptom.OPERATOR, Symptom.INTERNET)
"""What callers can have in common, and hang up about informed."""

Fault = tuple[str, str]
"""A field, and what is wrong with it."""


def faults_of(wanted: Announcement, regions: Collection[str]) -> list[Fault]:
    """Everything that is wrong with an announcement, by field; `regions` are the keys that there are."""
    return [*_texts(wanted), *_times(wanted), *_about(wanted, regions)]


def _texts(wanted: Announcement) -> Iterator[Fault]:
    if not wanted.texts.get(ENGLISH, ""):
        yield "text_en", "write what callers hear in English: at night nothing else is spoken."
    for language, text in wanted.texts.items():
        if language not in LANGUAGES:
            yield f"text_{language}", f"is no language of the line. Known are: {', '.join(LANGUAGES)}."
        if len(text) > LONGEST_TEXT:
            yield f"text_{language}", f"has {len(text)} characters. Write {LONGEST_TEXT} at most: callers wait for it."
        if not text.isprintable():
            yield f"text_{language}", "must be one line of letters."


def _times(wanted: Announcement) -> Iterator[Fault]:
    if not all(at is None or at.year in YEARS for at in (wanted.starts_at, wanted.ends_at)):
        yield "ends_at", "must be a date of our time."
        return
    if wanted.ends_at is None:
        return
    if wanted.ends_at <= wanted.starts_at:
        yield "ends_at", "must be later than the beginning."
    elif wanted.ends_at > wanted.starts_at + LONGEST:
        yield "ends_at", f"must be within {LONGEST.days} days of the beginning."


def _about(wanted: Announcement, regions: Collection[str]) -> Iterator[Fault]:
    if unknown := sorted(wanted.regions - set(regions)):
        yield "regions", f"there is no region {', '.join(unknown)}. Known are: {', '.join(regions)}."
    if wanted.symptom is not None and wanted.symptom not in ANNOUNCEABLE:
        yield "symptom", f"cannot be announced. Known are: {', '.join(ANNOUNCEABLE)}."
    if len(wanted.component) > LONGEST_NAME or not wanted.component.isprintable():
        yield "component", f"must be one line of {LONGEST_NAME} characters at most."
