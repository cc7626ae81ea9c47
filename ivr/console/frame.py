"""The console's frame: every page's role, its one transaction, the headers, and what is said when something fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Flask, Request, Response, abort, current_app, g, make_response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from ivr.console import shown
from ivr.console.roles import Role
from ivr.console.signed_out import to_sign_in
from ivr.console.visit import Visit
from ivr.house import House
from ivr.key_ring import NotOpened
from ivr.standby.houses import Houses
from ivr.store.accounts import Session, session_behind
from ivr.store.configuration import NotConfigured
from ivr.store.types import are_held
from ivr.tokens import key_for

logger = structlog.get_logger()

console = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
csrf = CSRFProtect()

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

TOO_OLD = "This form is too old", "Nothing was saved. Load the page with the form again, and repeat it."

Page = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Place:
    """A page in the menu."""

    label: str
    endpoint: str
    role: Role


PLACES: dict[str, Place] = {}
ROLES: dict[str, Role | None] = {}
"""Which role an endpoint asks for; None for the few that everybody may open. A guard test holds it complete."""

MENU = (
    ("", ("Tonight", "My on-call", "Rotas", "Tickets", "Desk", "Calls", "Announcements", "Reports")),
    ("Try it", ("What if", "Rehearse")),
    (
        "Set up",
        (
            "Calendars",
            "Engineers",
            "Partners",
            "Regions",
            "Policies",
            "Prompts",
            "Alert rules",
            "Components",
            "Prices",
            "Service",
            "Audit",
            "Integrations",
            "Privacy",
            "Users",
        ),
    ),
)
"""The menu's groups, in order; a page that is not there is left out."""


def page(
    rule: str,
    role: Role,
    *,
    methods: tuple[str, ...] = ("GET",),
    menu: str = "",
    early: bool = False,
    named: str = "",
) -> Callable[[Page], Page]:
    """Register a page of the console: `view(visit, **url_values)` for whoever is signed in with this role.

    Addresses are built by the view's name, or by `named`.

    The view runs in one transaction, which is rolled back when it raises; it reads the clock from `visit.at`. `early`
    pages open also before somebody has set up the second factor that their role asks for.
    """

    def register(view: Page) -> Page:
        endpoint = named or view.__name__
        ROLES[f"console.{endpoint}"] = role
        if menu:
            PLACES[menu] = Place(menu, f"console.{endpoint}", role)
        console.add_url_rule(
            rule, endpoint, lambda **values: visiting(view, role, values, early), methods=list(methods)
        )
        return view

    return register


def open_page(rule: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[Page], Page]:
    """Register a page that nobody needs to be signed in for. The view gets the URL's values only."""

    def register(view: Page) -> Page:
        ROLES[f"console.{view.__name__}"] = None
        console.add_url_rule(rule, view.__name__, view, methods=list(methods))
        return view

    return register


def visiting(view: Page, role: Role, values: dict[str, Any], early: bool) -> ResponseReturnValue:
    """Run a page for whoever is signed in; to the sign-in otherwise, 403 without the role."""
    house = house_here()
    at = house.clock()
    with house.engine.begin() as connection:  # of its own: what it notes would keep callers from writing into SQLite
        session = session_here(house, connection, at)
    if session is None or not session.is_complete:
        return to_sign_in("console.second_factor" if session else "console.sign_in")
    with house.engine.begin() as connection:
        visit = Visit(house, connection, session, at)
        if visit.lacks_second_factor and not early:
            return to_sign_in("console.factors")
        g.visit = visit
        if not visit.may(role):
            abort(403, f"This page is for the role {role}; yours is {visit.role}.")
        if not are_held(values):
            abort(404, "There is no such number.")
        return make_response(view(visit, **values))


def house_here() -> House:
    """The house on the real database: the console does not run on the standby."""
    houses: Houses = current_app.extensions["houses"]
    return houses.main


def session_here(house: House, connection: Connection, at: datetime) -> Session | None:
    """The session of the browser that asks, complete or not."""
    return session_behind(connection, request.cookies.get(cookie_name(house), ""), at)


def cookie_name(house: House) -> str:
    """The session's cookie; one that a browser takes over https only, where the service is reached so."""
    return "__Host-nightline" if house.settings.public_url.startswith("https:") else "nightline"


def set_cookie(response: Response, house: House, secret: str) -> Response:
    """Hand out the session's cookie; an empty secret takes it back."""
    secure = house.settings.public_url.startswith("https:")
    response.set_cookie(
        cookie_name(house),
        secret,
        max_age=None if secret else 0,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def menu_of(visit: Visit) -> list[tuple[str, list[Place]]]:
    """The menu as somebody sees it: groups with the pages that they may open."""
    groups = ((title, [PLACES[label] for label in labels if label in PLACES]) for title, labels in MENU)
    allowed = ((title, [place for place in places if visit.may(place.role)]) for title, places in groups)
    return [(title, places) for title, places in allowed if places]


@console.before_request
def refuse_forged_forms() -> None:
    """Whatever changes something carries the token of a form of ours."""
    csrf.protect()


@console.before_request
def refuse_unwritable() -> None:
    """NUL is in no text that anybody typed, and in none that is stored."""
    sent = (*request.args.items(multi=True), *request.form.items(multi=True))
    if "\x00" in request.path or any("\x00" in value for _, value in sent):
        abort(400, "What was sent has signs that no text has.")


@console.after_app_request
def keep_safe(response: Response) -> Response:
    """Nothing is kept by the browser, nothing runs that is not ours; also where there is no page."""
    if request.path.startswith(console.url_prefix or ""):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


@console.errorhandler(HTTPException)
def tell_error(error: HTTPException) -> ResponseReturnValue:
    """What is wrong, in words, and a way on."""
    title, text = (error.name, error.description or "") if not isinstance(error, CSRFError) else TOO_OLD
    page = make_response(shown.problem(title, text, error.code or 500))
    for name, value in error.get_headers():
        page.headers.setdefault(name, value)  # such as `Retry-After` of a gate
    return page


@console.errorhandler(NotConfigured)
def tell_not_configured(error: NotConfigured) -> ResponseReturnValue:
    """Nothing to show yet."""
    return shown.problem("Nothing is configured yet", str(error), 503)


@console.errorhandler(NotOpened)
def tell_not_opened(error: NotOpened) -> ResponseReturnValue:
    """The environment lacks a key."""
    logger.error("a page could not open a secret", why=str(error))
    return shown.problem("A secret cannot be read", f"Tell an operator: {error}. Nothing was changed.", 503)


@console.errorhandler(DBAPIError)
@console.errorhandler(PoolTimeout)
def tell_database_away(error: Exception) -> ResponseReturnValue:
    """Calls go on meanwhile; the console waits."""
    logger.warning("the console could not reach the database", error=type(error).__name__)
    text = "Calls are answered, screened and paged all the same. Nothing that you entered was saved: try again."
    return shown.problem("The database does not answer", text, 503)


class FormSessions(SecureCookieSessionInterface):
    """Flask's own, made ready only for a browser that brings its cookie: the carrier has none, and sends the most."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; a new one without a cookie."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def install(app: Flask, house: House) -> None:
    """Add the console to the application. All its pages must be imported before."""
    settings = house.settings
    keys = [key_for(token, "console") for token in settings.auth_tokens]
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME=f"{cookie_name(house)}-form",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the proxy in front may hide how the page was reached; cookies are SameSite
    )
    app.session_interface = FormSessions()
    csrf.init_app(app)
    app.register_blueprint(console)
    shown.install(app, menu_of)
