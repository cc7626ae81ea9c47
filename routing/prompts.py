"""What managers have put in the place of a prompt's own words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PromptChange:
    """`key` names the prompt (`greeting-it`). An empty `text` keeps its own words.

    `audio` names a stored recording that is played instead (`0a1b….wav`); empty: the words are spoken.
    """

    key: str
    text: str = ""
    audio: str = ""
