"""The words around announcements: in the language in which a call begins, and the key to hang up informed."""

from collections.abc import Iterable, Mapping

from ivr.prompts.languages import INFORMED, INFORMED_KEY
from ivr.prompts.prompt import Prompt
from ivr.voice.saying import say
from ivr.voice.turns import Said
from routing.announcements import ENGLISH, Announcement
from routing.regions import Region

KEY = "9"


def announced(heard: Iterable[Announcement], region: Region | None) -> tuple[Said, ...]:
    """What is announced, in the language of a region where there are words in it; None is for English."""
    found = (one.text_in(region.language if region else ENGLISH) for one in heard)
    return tuple(_said(text, language, region) for text, language in found)


def informed_key(region: Region | None) -> Said:
    """The key for a caller who has heard all that they wanted to know."""
    return _local(INFORMED_KEY, region)


def informed(region: Region | None) -> Said:
    """The last words to a caller who pressed it."""
    return _local(INFORMED, region)


def _local(by_language: Mapping[str, Prompt], region: Region | None) -> Said:
    language = region.language.split("-")[0].lower() if region else ENGLISH
    found = language if language in by_language else ENGLISH
    if region is not None and _speaks(region, found):
        return say(by_language[found], region.language, region.voice)
    return say(by_language[found])


def _said(text: str, language: str, region: Region | None) -> Said:
    """In the region's own voice where that speaks the language."""
    if region is not None and _speaks(region, language):
        return Said(text, region.language, region.voice)
    return Said(text)


def _speaks(region: Region, language: str) -> bool:
    return region.language.split("-")[0].lower() == language
