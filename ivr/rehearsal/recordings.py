"""The stand-in carrier's recordings: silence of the right length, for whoever has the account's credentials."""

import io
import wave

from flask import Response

from ivr.rehearsal.rest import carrier, not_found, rest

RATE = 8000


@rest.get("/Recordings/<sid>")
def read_recording(sid: str) -> Response:
    """The audio of one recording; without credentials 401, as for the rest of the API."""
    seconds = carrier().recordings.get(sid)
    if seconds is None:
        raise not_found()
    return Response(silence(seconds), content_type="audio/x-wav")


def silence(seconds: int) -> bytes:
    """A WAV file in which nobody speaks."""
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(RATE)
        audio.writeframes(bytes(2 * RATE * seconds))
    return file.getvalue()


@rest.delete("/Recordings/<sid>.json")
def delete_recording(sid: str) -> Response:
    """One recording is gone for good: 204, and 404 the next time."""
    if carrier().recordings.pop(sid, None) is None:
        raise not_found()
    return Response(status=204)
