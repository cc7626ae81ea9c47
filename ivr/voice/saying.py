"""From prompts to what is heard: the managers' words or recording where they are good, else the line's own words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ivr.house import House
from ivr.plain import plain
from ivr.prompts.checks import is_usable
from ivr.prompts.prompt import Prompt, filled
from ivr.voice.turns import ENGLISH, ENGLISH_VOICE, Said
from routing.prompts import PromptChange

Changes = Mapping[str, PromptChange]
"""What managers put in the place of prompts, by the prompts' keys."""

UNCHANGED: Changes = MappingProxyType({})


@dataclass(frozen=True)
class Utterance:
    """One utterance: a text in a language and a voice of the carrier, or the `audio` that is played instead."""

    text: str
    language: str
    voice: str
    audio: str = ""


def changes_of(house: House) -> Changes:
    """What managers changed, of the configuration that a house read last: nothing is asked of the database.

    A standby has no recordings: they are in the database that is away. What they say is spoken.
    """
    known = house.configuration.last_known
    changes = known.prompts if known is not None else UNCHANGED
    return unplayed(changes) if house.is_standby else changes


def unplayed(changes: Changes) -> Changes:
    """The same without recordings."""
    return {key: replace(change, audio="") if change.audio else change for key, change in changes.items()}


def say(prompt: Prompt, language: str = ENGLISH, voice: str = ENGLISH_VOICE, **values: str | Said) -> Said:
    """A prompt with values in its placeholders, in its own words. Raises KeyError when a value is missing."""
    plain = {name: value.text if isinstance(value, Said) else value for name, value in values.items()}
    return Said(filled(prompt.text, plain), language, voice, prompt, tuple(values.items()))


def together(*says: Said) -> Said:
    """Sentences of one language in one breath."""
    first = says[0]
    return Said(" ".join(said.text for said in says), first.language, first.voice, parts=says)


def text_of(said: Said, changes: Changes) -> str:
    """What is to be spoken. A change that cannot be used leaves the line's own words."""
    return plain(_words(said, changes))


def _words(said: Said, changes: Changes) -> str:
    if said.parts:
        return " ".join(_words(part, changes) for part in said.parts)
    if said.prompt is None:
        return said.text
    values = {name: _words(v, changes) if isinstance(v, Said) else v for name, v in said.values}
    change = changes.get(said.prompt.key)
    if change is not None and is_usable(said.prompt.key, change.text):
        return filled(change.text, values)
    return filled(said.prompt.text, values)


def utterances(said: Said, changes: Changes) -> Iterator[Utterance]:
    """What is heard, in order: in one breath, unless a part of it is played."""
    if any(audio_of(part, changes) for part in said.parts):
        for part in said.parts:
            yield from utterances(part, changes)
    elif text := text_of(said, changes):
        yield Utterance(text, said.language, said.voice, audio_of(said, changes))


def audio_of(said: Said, changes: Changes) -> str:
    """The name of the recording that is played in the place of the words; empty where they are spoken."""
    change = changes.get(said.prompt.key) if said.prompt is not None else None
    return change.audio if change is not None and not said.values else ""
