"""What is played: the caller's message at a signed URL that lives for minutes, a prompt's recording for good."""

from datetime import datetime, timedelta

import structlog
from flask import Blueprint, Response, abort, request

from ivr.key_ring import NotOpened
from ivr.paging.incoming import current_houses
from ivr.privacy.vault import kept_audio
from ivr.recordings import CHUNK_BYTES, RecordingFailed, ask
from ivr.settings import Settings
from ivr.store.messages import RecordingRecord, find_recording
from ivr.store.prompt_audio import audio_bytes
from ivr.tokens import seal, unseal

logger = structlog.get_logger()

PURPOSE = "recording"
CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
VALID_FOR = timedelta(minutes=10)

media = Blueprint("media", __name__)


def media_url(settings: Settings, recording: RecordingRecord, at: datetime) -> str:
    """Where a recording can be heard from `at` on, by whoever is given this URL."""
    payload = {"recording": recording.sid, "call": recording.call}
    return f"{settings.public_url}/media/{seal(settings, PURPOSE, payload, at + VALID_FOR)}"


@media.get("/media/prompts/<name>")
def prompt_recording(name: str) -> Response:
    """A prompt that is played: the same for every caller, and never another one under the same name."""
    house = current_houses().main
    with house.engine.begin() as connection:
        body = audio_bytes(connection, name)
    if body is None:
        abort(404)
    answer = Response(body, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.set_etag(name)
    answer.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return answer


@media.get("/media/<token>")
def recording_audio(token: str) -> Response:
    """The audio of one recording; 403 without a good token, 502 when the carrier does not give it."""
    houses = current_houses()
    settings = houses.main.settings
    named = unseal(settings, PURPOSE, token, houses.main.clock())
    if named is None:
        abort(403)
    stored = houses.run(lambda _house, here: find_recording(here, named["recording"]), call=named["call"])
    if stored is None:
        abort(403)
    try:
        kept = houses.run(lambda _house, here: kept_audio(here, settings, stored.sid), call=named["call"])
        if kept is not None:
            return Response(kept[0], content_type=kept[1], headers={"Cache-Control": "private, no-store"})
        audio = ask(settings, stored.url)
    except (RecordingFailed, NotOpened) as failure:
        logger.warning("a recording could not be played", call=stored.call, why=str(failure))
        abort(502)
    answer = Response(audio.iter_content(CHUNK_BYTES), content_type=audio.headers["Content-Type"])
    answer.headers["Cache-Control"] = "private, no-store"
    answer.call_on_close(audio.close)
    return answer
