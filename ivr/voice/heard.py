"""What one request brought: who is on the line, what they pressed or said, and where in the script."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heard:
    """One webhook request, in our words. `place` is what the URL carried, `carrier` the form as it came."""

    place: Mapping[str, str]
    carrier: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> str:
        """The keys pressed, empty when none were. A retried request carries them in its URL."""
        return (self.carrier.get("Digits") or self.place.get("keys") or "").strip()

    @property
    def speech(self) -> str:
        """What the carrier understood, empty when nothing was said."""
        return (self.carrier.get("SpeechResult") or self.place.get("speech") or "").strip()

    @property
    def nothing(self) -> bool:
        """Whether neither a key nor a word came."""
        return not self.keys and not self.speech

    @property
    def try_(self) -> int:
        """Which try of a question this is, from 1."""
        text = self.place.get("try", "1")
        return int(text) if text.isdecimal() else 1

    @property
    def seconds_recorded(self) -> int:
        """The length of the caller's message in seconds; 0 for silence."""
        text = self.carrier.get("RecordingDuration", "0")
        return int(text) if text.isdecimal() else 0

    @property
    def hung_up(self) -> bool:
        """Whether the leg had ended when the carrier sent this."""
        return self.carrier.get("CallStatus") == "completed"

    @property
    def was_connected(self) -> bool:
        """Whether a Dial ended after two sides had spoken.

        A voicemail that a whisper hung up on gives `completed` too; only `DialBridged` tells them apart.
        """
        answered = self.carrier.get("DialCallStatus") in {"completed", "answered"}
        return answered and self.carrier.get("DialBridged", "true") != "false"
