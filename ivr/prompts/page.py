"""Draws docs/voices.md out of the catalogue: every prompt with its keys and its seconds."""

from collections.abc import Iterator

from ivr.prompts.audio import MOST_BYTES, RATES
from ivr.prompts.catalogue import PROMPTS
from ivr.prompts.checks import MOST_OPTIONS
from ivr.prompts.prompt import Prompt, as_heard
from ivr.prompts.seconds import LETTER, seconds_of

HEADER = f"""# Voices and words

Made by `make voices`; a test keeps it current.

Everything that the line says is a prompt with a name. In support hours a call begins in the region's language
(English, Italian, German, French or Spanish): the greeting, what is said around announcements, and that the desk is
busy. Whatever follows, and all of the night, is English.

## Other words, or a recording

A manager opens **Prompts** in the console, chooses one, and types other words or uploads a recording. The page shows
how it is heard and for how long, and the browser speaks it. Each change is in the audit and can be undone; of two
people who change one prompt at once, the second is shown what the first did.

New words are refused, with a remedy, when they

- take longer than the prompt may (the last column);
- lose a key that must be named, name one that does nothing, or name a key before what it is for;
- lose a placeholder such as `{{ticket}}`, or have one that is not known;
- offer more than {MOST_OPTIONS} keys;
- cannot be spoken: markup, addresses, several lines, digits that are not single.

A recording is WAV (PCM, 8 or 16 bit) or MP3, told by its content: {MOST_BYTES >> 20} MB, {RATES[0]} to {RATES[1]}
samples a second, and as long as the words may be. A prompt with a placeholder says something else each time and cannot
be one, nor can a part of others, or what is heard while the service is down. The carrier fetches it from
`/media/prompts/`, under a name made of its content, and may keep it for good. While the database is away, and in the
fallback documents, the words are spoken.

In the configuration file the same is

```toml
[[prompts]]
key = "welcome"
text = "You have reached the night desk. It is for critical issues."
```

`nightline export` writes the words, and `audio` with the name of a recording. The recording itself stays in the
database (and in its backups): a file that names one which is not there is applied with a warning, and the words are
spoken. A region's own `greeting` goes before the prompt. Whatever the database has in the place of a prompt, words that
fail these checks are never said: the line's own are.

## All prompts

Seconds are estimated, with examples for names and numbers, from letters, digits, and a pause at each full stop, colon
and comma. They are fitted to espeak-ng at 150 words a minute; `make bench ARGS=speech` says how far they are off.

| prompt | language | said | keys | seconds | at most |
|---|---|---|---|---|---|
"""


def draw() -> str:
    """The whole document, as Markdown."""
    return HEADER + "".join(row(prompt) for prompt in PROMPTS.values()) + "\n" + "\n".join(totals()) + "\n"


def row(prompt: Prompt) -> str:
    """One line of the table."""
    heard = as_heard(prompt.text)
    seconds = seconds_of(heard, prompt.language)
    cells = (f"`{prompt.key}`", prompt.language, prompt.text, " ".join(prompt.keys), f"{seconds}", f"{prompt.seconds}")
    return f"| {' | '.join(cells)} |\n"


def totals() -> Iterator[str]:
    """How many there are, and how long they take together, by language."""
    for language in LETTER:
        those = [prompt for prompt in PROMPTS.values() if prompt.language == language]
        seconds = sum(seconds_of(as_heard(prompt.text), language) for prompt in those)
        yield f"- {language}: {len(those)} prompts, {seconds:.0f} seconds"


if __name__ == "__main__":
    print(draw(), end="")  # noqa: T201 - this is its output
