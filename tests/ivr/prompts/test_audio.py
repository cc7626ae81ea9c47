"""Which uploads can be played: told by what is in them, whatever they are called."""

import pytest

from ivr.prompts.audio import MOST_BYTES, NotPlayable, recording_of
from tests.ivr.prompts.sounds import mp3, wav


@pytest.mark.parametrize(
    ("body", "kind", "seconds"),
    [
        (wav(2), "wav", 2.0),
        (wav(1.5, 44100, 2), "wav", 1.5),
        (wav(1, 8000, 1, 1), "wav", 1.0),
        (mp3(100), "mp3", 2.6),
        (mp3(100) + b"TAG" + bytes(125), "mp3", 2.6),
    ],
)
def test_a_recording_is_named_for_its_content_and_measured(body: bytes, kind: str, seconds: float) -> None:
    found = recording_of(body, 20)
    assert found.seconds == seconds
    assert found.name.endswith(f".{kind}")
    assert found.name == recording_of(body, 20).name


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is empty"),
        (bytes(MOST_BYTES + 1), "is too large"),
        (b"<html>" + bytes(5000), "is neither WAV nor MP3"),
        (mp3(3), "is neither WAV nor MP3"),
        (mp3(20) + b"<script>" * 1000, "is neither WAV nor MP3"),
        (wav(2)[:-1000], "is cut off"),
        (b"RIFF" + bytes(100), "is no WAV file of plain samples"),
        (wav(1, 96000), "has 96000 samples a second. Save it with 8000 to 48000."),
        (wav(1, 8000, 1, 4), "has 1 channels of 32 bit"),
        (wav(21), "takes 21.0 seconds. Keep it below 20"),
        (wav(0.1), "takes 0.1 seconds"),
    ],
)
def test_what_cannot_be_played_is_refused_with_a_remedy(body: bytes, said: str) -> None:
    with pytest.raises(NotPlayable, match=said):
        recording_of(body, 20)


@pytest.mark.parametrize("cut", range(0, 300, 7))
def test_a_broken_file_is_never_more_than_refused(cut: int) -> None:
    for body in (wav(0.5), mp3(10)):
        broken = body[:cut] + b"\xff\x00" + body[cut + 2 : cut + 40]
        with pytest.raises(NotPlayable):
            recording_of(broken, 20)
