"""How long a prompt takes to say: estimated from its words and pauses, without any voice at hand."""

import re

WORDS_A_MINUTE = {"en": 165, "it": 160, "de": 140, "fr": 165, "es": 165}
"""Of the carrier's neural voices at their own speed, about; German has the longest words."""

PAUSES = {".": 0.45, "!": 0.45, "?": 0.45, ":": 0.3, ";": 0.3, ",": 0.2}
WORD = re.compile(r"\w[\w'’.-]*\w|\w")
PAUSE = re.compile(r"[.!?:;,](?=\s)")


def seconds_of(text: str, language: str = "en") -> float:
    """Seconds of speech, to a tenth; a digit that stands alone counts as a word. `language` is ISO 639."""
    words = len(WORD.findall(text))
    spoken = words * 60 / WORDS_A_MINUTE.get(language, WORDS_A_MINUTE["en"])
    return round(spoken + sum(PAUSES[sign] for sign in PAUSE.findall(text)), 1)
