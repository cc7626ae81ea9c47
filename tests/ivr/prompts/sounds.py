"""Recordings for tests: made here, byte by byte."""

import io
import wave


def wav(seconds: float = 2, rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    """Silence as a WAV file."""
    found = io.BytesIO()
    with wave.open(found, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(bytes(int(seconds * rate) * channels * width))
    return found.getvalue()


def mp3(frames: int = 100) -> bytes:
    """Frames of MPEG 1 layer III at 128 kbit/s and 44100 Hz (417 bytes, 1152 samples each), behind an ID3v2 tag."""
    tag = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * frames
