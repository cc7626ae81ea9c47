"""Whether an upload can be played to a caller: WAV or MP3 by its content, with its seconds; else what to do."""

import hashlib
import io
import wave
from dataclasses import dataclass

from ivr.prompts.mp3 import NotMp3, measured

MOST_BYTES = 4 << 20
RATES = (8000, 48000)
"""Samples a second: what a telephone carries, and the most that the carrier takes."""


class NotPlayable(ValueError):
    """The upload cannot be played; the text says why, with a remedy."""


@dataclass(frozen=True)
class Recording:
    """`name` is made of what is in it, so that the same bytes have the same one. `seconds` is how long it plays."""

    name: str
    seconds: float
    body: bytes


def recording_of(body: bytes, most_seconds: int) -> Recording:
    """Look into an upload. Raises NotPlayable."""
    if not body:
        raise NotPlayable("is empty. Choose a WAV or MP3 file.")
    if len(body) > MOST_BYTES:
        raise NotPlayable(f"is too large. Keep it below {MOST_BYTES >> 20} MB: one channel at 8000 Hz is enough.")
    kind, seconds, rate = _wav(body) if body[:4] == b"RIFF" else _mp3(body)
    if not RATES[0] <= rate <= RATES[1]:
        raise NotPlayable(f"has {rate} samples a second. Save it with {RATES[0]} to {RATES[1]}.")
    if not 0.2 <= seconds <= most_seconds:
        raise NotPlayable(f"takes {seconds:.1f} seconds. Keep it below {most_seconds}, and above nothing.")
    name = f"{hashlib.sha256(body).hexdigest()[:32]}.{kind}"
    return Recording(name, round(seconds, 1), body)


def _wav(body: bytes) -> tuple[str, float, int]:
    try:
        with wave.open(io.BytesIO(body)) as found:
            channels, width, rate, frames = found.getparams()[:4]
            there = len(found.readframes(frames)) // (channels * width)
    except (wave.Error, EOFError, ValueError, ZeroDivisionError) as error:
        raise NotPlayable("is no WAV file of plain samples. Save it as PCM, 16 bit.") from error
    if width not in {1, 2} or channels not in {1, 2}:
        raise NotPlayable(f"has {channels} channels of {8 * width} bit. Save it as PCM, 16 bit, one channel.")
    if there < frames:
        raise NotPlayable("is cut off. Upload it again.")
    return "wav", frames / max(rate, 1), rate


def _mp3(body: bytes) -> tuple[str, float, int]:
    try:
        seconds, rate = measured(body)
    except NotMp3 as error:
        raise NotPlayable("is neither WAV nor MP3. Save it as one of these.") from error
    return "mp3", seconds, rate
