"""The web application: the carrier's webhooks and the health pages."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, jsonify, request
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.middleware.proxy_fix import ProxyFix

from ivr.api import resources
from ivr.calendars.door import calendar_feeds
from ivr.calendars.rows import MOST_ROWS
from ivr.console.feedback import feedback_pages
from ivr.console.pages import install
from ivr.console.take import links
from ivr.house import House, build_house
from ivr.paging.incoming import sms
from ivr.readiness import Readiness
from ivr.settings import Settings, read_settings
from ivr.standby.houses import Houses
from ivr.voice.media import media
from ivr.voice.signature import SignatureCheck
from ivr.voice.webhooks import voice
from ivr.watch.logs import log_answer, note_request
from ivr.watch.metrics import metrics_page

logger = structlog.get_logger()

ROOTS = (
    "/voice/",
    "/sms/",
    "/media/",
    "/static/",
    "/take/",
    "/feedback/",
    "/calendar/",
    "/api/",
    "/console",
    "/healthz",
    "/readyz",
    "/metrics",
)
SIGNED = ("/voice/", "/sms/")
NEED_DATABASE = {"console", "api"}
UPLOADS, LARGEST_UPLOAD = ("/console/partner-import", "/attachments", "/audio"), 8 << 20
"""Addresses that end so take files."""

STORMS = "/api/v1/alertmanager"
"""An Alertmanager posts a thousand alerts at once, of some kilobytes each."""

MOST_FIELDS = MOST_ROWS + 100
"""Fields of a form: one for each row of an import, and those around them."""


def create_app(settings: Settings | None = None, house: House | None = None) -> Flask:
    """Build the application. `house` is given by tests and by a process that already has one."""
    settings = settings or read_settings()
    app = Flask("ivr", static_folder="static", root_path=__file__.rsplit("/", 1)[0])
    app.config.update(MAX_CONTENT_LENGTH=1 << 20, MAX_FORM_PARTS=MOST_FIELDS)
    houses = app.extensions["houses"] = Houses(house or build_house(settings), settings.standby_folder)
    remember_configuration(houses)
    check = SignatureCheck(settings.public_url, settings.auth_tokens)

    app.before_request(allow_uploads)
    app.before_request(note_request)
    app.after_request(log_answer)

    @app.before_request
    def refuse_unsigned() -> None:
        """Nothing under /voice and /sms is heard that the carrier did not sign."""
        if request.path.startswith(SIGNED) and not check.is_signed(
            request.path,
            request.query_string.decode(),
            request.form.items(multi=True),
            request.headers.get("X-Twilio-Signature", ""),
        ):
            abort(403)

    @app.before_request
    def leave_threads_to_calls() -> None:
        """Nobody waits for a database that is known to be away who cannot go on without it."""
        if houses.is_away and request.blueprint in NEED_DATABASE:
            raise PoolTimeout("the database is away")

    add_pages(app, houses)
    prefix = urlsplit(settings.public_url).path
    app.wsgi_app = WithoutPrefix(app.wsgi_app, prefix)  # type: ignore[method-assign]  # Flask's own idiom
    if settings.trusted_proxies:  # of what they add, only the address counts: the public URL says all the rest
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    return app


def add_pages(app: Flask, houses: Houses) -> None:
    """Everything that can be asked for, by whoever may."""
    pages = (voice, sms, links, feedback_pages, media, calendar_feeds(houses), metrics_page(houses))
    for page in pages:
        app.register_blueprint(page)
    install(app, houses.main)
    resources.install(app)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=Readiness(houses).answer, endpoint="readyz")


def allow_uploads() -> None:
    """Files and storms are larger than anything that a carrier sends. Before they are read."""
    is_upload = request.path.startswith("/console/") and request.path.endswith(UPLOADS)
    if is_upload or request.path == STORMS:
        request.max_content_length = LARGEST_UPLOAD


def remember_configuration(houses: Houses) -> None:
    """Read the configuration at once, from the standby when the database is away."""
    for house in (houses.main, houses.standby):
        try:
            with house.engine.connect() as connection:
                house.configuration.current(connection)
                return
        except Exception:
            logger.warning("no configuration at start", standby=house.is_standby, exc_info=True)


def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


class WithoutPrefix:
    """Takes the public URL's prefix off the path when the proxy in front of us did not."""

    def __init__(self, app: Any, prefix: str) -> None:
        """`prefix` is empty or begins with a slash."""
        self._app, self._prefix = app, prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        inside = environ["PATH_INFO"].removeprefix(self._prefix)
        if self._prefix and inside != environ["PATH_INFO"] and inside.startswith(ROOTS):
            environ["PATH_INFO"] = inside
        environ["SCRIPT_NAME"] = self._prefix  # so that the links of our pages have it
        found: Iterable[bytes] = self._app(environ, start_response)
        return found
