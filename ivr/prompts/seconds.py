"""How long a prompt takes to say: estimated from its letters, digits and pauses, without any voice at hand.

Calibrated against espeak-ng at 150 words a minute (`make bench ARGS=speech`), over all prompts with examples in their
placeholders: seconds fitted by least squares to letters, single digits, and the signs that make a voice pause, then one
figure a letter for each language. Words fit half as well: the line's are short, and digits are long words.
The carrier's voices speak about as fast at their own speed.
"""

import re

LETTER = {"en": 0.067, "it": 0.069, "de": 0.066, "fr": 0.058, "es": 0.072}
"""Seconds a letter, by language (ISO 639); French has the most that are not heard."""

DIGIT = 0.31
PAUSES = {".": 0.58, "!": 0.58, "?": 0.58, ":": 0.58, ";": 0.29, ",": 0.29}
END = 0.46
"""Of the silence after the last word."""

LETTERS = re.compile(r"[^\W\d_]")
DIGITS = re.compile(r"\d")
PAUSE = re.compile(r"[.!?:;,](?=\s)")


def seconds_of(text: str, language: str = "en") -> float:
    """Seconds of speech, to a tenth; digits are said one by one. `language` is ISO 639."""
    letters, digits = len(LETTERS.findall(text)), len(DIGITS.findall(text))
    if not letters + digits:
        return 0.0
    spoken = letters * LETTER.get(language, LETTER["en"]) + digits * DIGIT
    return round(spoken + sum(PAUSES[sign] for sign in PAUSE.findall(text)) + END, 1)
