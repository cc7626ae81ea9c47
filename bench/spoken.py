"""How long the line speaks: each text spoken into a file by espeak-ng, and the file measured."""

import shutil
import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import click

WORDS_A_MINUTE = 150
MISSING = (
    "espeak-ng is not installed, and it speaks what is measured here. Debian and Ubuntu: apt install espeak-ng. "
    "Fedora: dnf install espeak-ng. macOS: brew install espeak-ng."
)


@cache
def seconds_to_say(text: str, language: str = "en") -> float:
    """Seconds of a text in a language (ISO 639 or BCP 47), with the pause at its end; nothing takes none.

    Raises ClickException where espeak-ng is missing, and CalledProcessError where it fails.
    """
    if not text.strip():
        return 0.0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        voice = language.split("-")[0].lower()
        subprocess.run([_speaker(), "-s", f"{WORDS_A_MINUTE}", "-v", voice, "-w", file, "--", text], check=True)
        with wave.open(str(file)) as said:
            return float(said.getnframes() / said.getframerate())


def _speaker() -> str:
    found = shutil.which("espeak-ng")
    if found is None:
        raise click.ClickException(MISSING)
    return found
