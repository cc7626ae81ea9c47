"""What is wrong with a prompt's new words: too long, a key or a placeholder lost, markup, the key before the goal."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ivr.prompts.catalogue import PROMPTS
from ivr.prompts.prompt import PLACEHOLDER, Prompt, as_heard
from ivr.prompts.seconds import seconds_of

MOST_OPTIONS = 4
DIGITS = {
    "zero": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
NAMES = {**DIGITS, "asterisk": "star", "pound": "hash"}
KEY = r"(\d|star|asterisk|hash|pound|" + "|".join(DIGITS) + r")\b"
PRESSED = re.compile(r"\bpress (?:or say |the |key |number )*" + KEY, re.IGNORECASE)
ANY_KEY = re.compile(rf"\b{KEY}", re.IGNORECASE)
KEY_FIRST = re.compile(r"(?:^|[.!?:;]\s+)" + PRESSED.pattern + r"[^.!?]*?\b(?:to|for|if)\b", re.IGNORECASE)
MARKUP = re.compile(r"[<>\[\]*_#`\\|]|https?://|www\.|&\w+;")
RUN_OF_DIGITS = re.compile(r"\d{3,}")
UNSPOKEN = re.compile(r"[^\w\s.,:;!?'’\"“”«»¿¡()/%+&–—-]")


def complaints(prompt: Prompt, text: str) -> Iterator[str]:
    """What speaks against saying this in the place of the prompt's own words, each with a remedy."""
    yield from _plainness(text)
    yield from _placeholders(prompt, text)
    yield from _keys(prompt, text)
    seconds = seconds_of(as_heard(text), prompt.language)
    if seconds > prompt.seconds:
        yield f"takes about {seconds:.0f} seconds to say. Keep it below {prompt.seconds}."


@lru_cache(maxsize=1024)
def is_usable(key: str, text: str) -> bool:
    """Whether the line may say these words. Never raises: what cannot be checked is not said."""
    try:
        return bool(text.strip()) and key in PROMPTS and not any(complaints(PROMPTS[key], text))
    except Exception:
        return False


def _plainness(text: str) -> Iterator[str]:
    bare = PLACEHOLDER.sub("", text)
    if not re.search(r"\w", bare + "".join(PLACEHOLDER.findall(text))):
        yield "says nothing. Write what is to be heard."
    if "\n" in text or "\r" in text or "\t" in text:
        yield "has more than one line. Write it as one."
    if found := MARKUP.search(bare):
        yield f'has "{found[0]}", which cannot be spoken. Write plain words, without markup or addresses.'
    elif "{" in bare or "}" in bare:
        yield "has a brace that stands alone. Placeholders are written like {ticket}."
    elif found := UNSPOKEN.search(bare.replace("\n", " ")):
        yield f'has "{found[0]}", which cannot be spoken. Write plain words.'
    if found := RUN_OF_DIGITS.search(bare):
        yield f'has "{found[0]}", which would be read as one number. Write digits singly: {" ".join(found[0])}.'


def _placeholders(prompt: Prompt, text: str) -> Iterator[str]:
    written = set(PLACEHOLDER.findall(text))
    for name in sorted(prompt.placeholders - written):
        yield f"has lost {{{name}}}. Keep it where that is to be heard."
    for name in sorted(written - prompt.placeholders):
        known = ", ".join(f"{{{one}}}" for one in sorted(prompt.placeholders)) or "none"
        yield f"has {{{name}}}, which is not known here. Known are: {known}."


def _keys(prompt: Prompt, text: str) -> Iterator[str]:
    bare = PLACEHOLDER.sub("", text)
    pressed = [_key(found) for found in PRESSED.findall(bare)]
    mentioned = {_key(found) for found in ANY_KEY.findall(bare)}
    for key in prompt.keys:
        if key not in mentioned:
            yield f'no longer names key {key}. Say what it is for, then "press {key}".'
    for key in dict.fromkeys(pressed):
        if key not in prompt.keys:
            yield f"names key {key}, which does nothing here. {_known(prompt)}"
    if len(pressed) > MOST_OPTIONS:
        yield f"offers {len(pressed)} keys. Nobody keeps more than {MOST_OPTIONS} in mind."
    if found := KEY_FIRST.search(bare):
        yield f"names key {_key(found[1])} before what it is for. Write the goal first: To be called back, press 1."


def _key(written: str) -> str:
    return NAMES.get(written.lower(), written.lower())


def _known(prompt: Prompt) -> str:
    return f"Known are: {', '.join(prompt.keys)}." if prompt.keys else "It names none."
