"""The words around announcements: in the language in which a call begins, and the key to hang up informed."""

from collections.abc import Iterable

from ivr.voice.turns import Said
from routing.announcements import ENGLISH, Announcement
from routing.regions import Region

INFORMED_KEY = "9"

KEY = {
    "en": "If exactly this is why you call, and you need nothing else, press 9. Otherwise please stay on the line.",
    "it": "Se chiama proprio per questo e non le serve altro, prema 9. Altrimenti resti in linea.",
    "de": "Wenn Sie genau deswegen anrufen und sonst nichts brauchen, drücken Sie die 9. Sonst bleiben Sie bitte dran.",
    "fr": "Si vous appelez exactement pour cela et n'avez besoin de rien d'autre, tapez 9. Sinon, restez en ligne.",
    "es": "Si llama exactamente por esto y no necesita nada más, pulse 9. De lo contrario, siga en línea.",
}

INFORMED = {
    "en": "Thank you for calling. Goodbye.",
    "it": "Grazie per la chiamata. Arrivederci.",
    "de": "Danke für Ihren Anruf. Auf Wiederhören.",
    "fr": "Merci de votre appel. Au revoir.",
    "es": "Gracias por su llamada. Adiós.",
}


def announced(heard: Iterable[Announcement], region: Region | None) -> tuple[Said, ...]:
    """What is announced, in the language of a region where there are words in it; None is for English."""
    found = (one.text_in(region.language if region else ENGLISH) for one in heard)
    return tuple(_said(text, language, region) for text, language in found)


def informed_key(region: Region | None) -> Said:
    """The key for a caller who has heard all that they wanted to know."""
    return _local(KEY, region)


def informed(region: Region | None) -> Said:
    """The last words to a caller who pressed it."""
    return _local(INFORMED, region)


def _local(by_language: dict[str, str], region: Region | None) -> Said:
    language = region.language.split("-")[0].lower() if region else ENGLISH
    found = language if language in by_language else ENGLISH
    return _said(by_language[found], found, region)


def _said(text: str, language: str, region: Region | None) -> Said:
    """In the region's own voice where that speaks the language."""
    if region is not None and region.language.split("-")[0].lower() == language:
        return Said(text, region.language, region.voice)
    return Said(text)
