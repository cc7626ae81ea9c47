"""What is wrong with the words and recordings that stand in the place of prompts."""

import difflib
from collections.abc import Iterator

from ivr.configuration.draft import Draft
from ivr.configuration.lines import Path
from ivr.configuration.references import Complaint
from ivr.prompts.catalogue import PROMPTS
from ivr.prompts.checks import complaints


def prompt_checks(draft: Draft) -> Iterator[Complaint]:
    """Every change of a prompt that could not be heard, or that would leave out what must be heard."""
    for index, change in draft.prompts:
        path: Path = ("prompts", index)
        prompt = PROMPTS.get(change.key)
        if prompt is None:
            yield (*path, "key"), f'there is no prompt "{change.key}". {_nearest(change.key)}'
            continue
        if change.audio and prompt.why_not_played:
            yield (*path, "audio"), f"{change.key} {prompt.why_not_played}. Remove it."
        if change.text or not change.audio:
            yield from (((*path, "text"), said) for said in complaints(prompt, change.text))


def _nearest(key: str) -> str:
    close = difflib.get_close_matches(key, PROMPTS, n=1)
    return f'Did you mean "{close[0]}"?' if close else "They are listed in docs/voices.md."
