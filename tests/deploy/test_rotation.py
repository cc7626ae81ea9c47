"""The rotation of the auth token, step by step: no webhook is refused that the carrier signed then."""

from collections.abc import Callable
from datetime import timedelta

from ivr.app import create_app
from ivr.house import build_house
from ivr.settings import Settings
from ivr.tokens import seal, unseal
from tests.ivr.test_signatures import post, settings_with
from tests.line import NIGHT, PUBLIC_URL, TOKEN, Line

NEW = "the-token-that-comes"


def hears(line: Line, settings: Settings) -> tuple[bool, bool]:
    """Whether a service with these settings hears what the old token signed, and the new one."""
    app = create_app(settings, build_house(settings, line.engine))
    url = f"{PUBLIC_URL}/voice/answer"
    heard = tuple(post(app, "/voice/answer", url, token) == 200 for token in (TOKEN, NEW))
    app.extensions["houses"].close()
    return heard[0], heard[1]


def test_each_step_of_the_rotation_hears_what_the_carrier_signs_then(make_line: Callable[..., Line]) -> None:
    line = make_line()
    before, between = line.settings, settings_with(line, auth_token=NEW, second_auth_token=TOKEN)
    after = settings_with(line, auth_token=NEW)
    assert hears(line, before) == (True, False)
    assert hears(line, between) == (True, True)
    assert hears(line, after) == (False, True)
    until = NIGHT + timedelta(hours=1)
    old_link, link = (seal(settings, "take", {"attempt": "1042-1"}, until) for settings in (before, between))
    opens = [[unseal(one, "take", text, NIGHT) is not None for text in (old_link, link)] for one in (between, after)]
    assert opens == [[True, True], [False, True]]
