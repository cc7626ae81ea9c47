"""The API's frame: tokens with scopes, one transaction a request, ETags and problems."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, make_response, request
from pydantic import BaseModel, ValidationError
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from ivr.api.problems import Fault, Problem, Trouble, cannot_be_used, problem_response
from ivr.api.schemas import DescribesOnce
from ivr.api.scopes import Scope
from ivr.house import House
from ivr.standby.houses import Houses
from ivr.store.api_tokens import ApiToken, token_behind
from ivr.store.audit import Author
from ivr.store.configuration import NotConfigured
from ivr.store.types import are_held
from routing.configuration import Configuration

logger = structlog.get_logger()

api = Blueprint("api", __name__, url_prefix="/api/v1", template_folder="templates")
SCOPES: dict[str, Scope | None] = {}
"""Which scope an endpoint asks for; a guard test holds it complete."""

BEARER = SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
NOTHING_ELSE: dict[int, type[BaseModel]] = {}
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
NEEDS_TOKEN = {"WWW-Authenticate": 'Bearer realm="Nightline"'}


@dataclass(frozen=True)
class Ask:
    """One request: who asks, one transaction, one reading of the clock (UTC), and what was sent, checked."""

    house: House
    connection: Connection
    token: ApiToken
    at: datetime
    query: Any = None
    body: Any = None

    @property
    def configuration(self) -> Configuration:
        """The configuration as of now. Raises NotConfigured."""
        return self.house.configuration.current(self.connection)

    @property
    def author(self) -> Author:
        """Whom the audit names."""
        return Author(self.token.name, self.at, "api")

    def may(self, scope: Scope) -> bool:
        """Whether the token has a scope."""
        return scope in self.token.scopes


@dataclass(frozen=True)
class Answered:
    """An answer with a status or an ETag of its own."""

    body: BaseModel
    status: int = 200
    etag: str = ""
    location: str = ""


Answer = Response | BaseModel | Answered


@dataclass(frozen=True)
class Later:
    """What is left to do once the request's transaction is committed, in transactions of its own."""

    finish: Callable[[], Answer]


View = Callable[..., Answer | Later]


spec = SpecTree(
    "flask",
    title="Nightline",
    version="1",
    description="Who is on call, rotas, tickets, calls and partners of an after-hours escalation line.",
    validation_error_model=Problem,
    security_schemes=[BEARER],
    mode="strict",
    page_templates={},
    model_adapter=DescribesOnce(),  # type: ignore[arg-type]  # its base does not fit its own type either
)


def resource(
    rule: str,
    scope: Scope,
    answer: type[BaseModel] | None,
    *,
    method: str = "GET",
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    status: int = 200,
    headers: type[BaseModel] | None = None,
    also: dict[int, type[BaseModel]] = NOTHING_ELSE,
) -> Callable[[View], View]:
    """Register a resource: `view(ask, **url_values)` for whoever carries a token with this scope.

    `answer` is the model of what is answered (None: no body). The first line of the view's docstring is its summary.
    `headers` describes those that it looks at; `also` are further statuses that it answers with, and their models.
    """

    def register(view: View) -> View:
        def run(**values: Any) -> Response:
            return asking(view, scope, (query, body), values, status)

        run.__name__, run.__doc__ = view.__name__, view.__doc__
        problems = {f"HTTP_{code}": Problem for code in (401, 403, 404, 409, 422, 503)}
        answers = {f"HTTP_{status}": answer, **{f"HTTP_{code}": model for code, model in also.items()}, **problems}
        described = spec.validate(
            query=query,
            json=body,
            headers=headers,
            resp=Answers(**answers),
            security={"token": []},
            tags=[rule.split("/")[1]],
            operation_id=view.__name__,
            skip_validation=True,  # we look at the token first, and at what was sent only then
        )(run)
        SCOPES[f"api.{view.__name__}"] = scope
        api.add_url_rule(rule, view.__name__, described, methods=[method])
        return view

    return register


def asking(
    view: View,
    scope: Scope,
    models: tuple[type[BaseModel] | None, type[BaseModel] | None],
    values: dict[str, Any],
    status: int,
) -> Response:
    """Run a view for whoever carries the right token."""
    houses: Houses = current_app.extensions["houses"]
    house = houses.main
    if not all(is_writable(value) for value in values.values()) or not are_held(values):
        abort(404)
    at = house.clock()
    with house.engine.begin() as connection:  # of its own: what it notes would keep callers from writing into SQLite
        token = token_behind(connection, bearer(), at)
    if token is None:
        raise Trouble(401, "A token is needed", 'Send "Authorization: Bearer nl_..."; "nightline token" makes one.')
    if scope not in token.scopes:
        raise lacks(scope)
    query, body = models[0] and checked(models[0], request.args.to_dict()), models[1] and checked(models[1], sent())
    with house.engine.begin() as connection:
        found = view(Ask(house, connection, token, at, query, body), **values)
    return with_etag(found.finish() if isinstance(found, Later) else found, status)


def lacks(scope: Scope) -> Trouble:
    """The problem of a token without a scope."""
    return Trouble(403, "This token may not do that", f'It has not the scope "{scope}".')


def sent() -> Any:
    """The JSON that was sent; a problem when it is none."""
    found = request.get_json(silent=True)
    if found is None:
        raise Trouble(422, "What was sent is no JSON", "Send application/json.")
    return found


def checked(model: type[BaseModel], value: Any) -> BaseModel:
    """What was sent, in the shape of a model; a problem with each fault and its place otherwise.

    A model with `CLEANS_TEXT` takes any text, and makes of it what can be stored.
    """
    if not (getattr(model, "CLEANS_TEXT", False) or is_writable(value)):
        raise cannot_be_used(detail="It has signs that no text has, such as NUL.")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults = (Fault(field=".".join(map(str, one["loc"])), text=one["msg"]) for one in error.errors())
        raise cannot_be_used(*faults) from None


def is_writable(value: Any) -> bool:
    """Whether every text in what was sent can be stored: no NUL, no half of a pair of UTF-16."""
    if isinstance(value, dict):
        return all(is_writable(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(map(is_writable, value))
    return not isinstance(value, str) or not UNWRITABLE.search(value)


def bearer() -> str:
    """The token that a request carries; empty without."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def with_etag(found: Answer, status: int) -> Response:
    """An answer on the wire; 304 when the asker has it already."""
    if isinstance(found, Answered):
        response = as_json(found.body, found.status)
        if found.etag:
            response.set_etag(found.etag)
        if found.location:
            response.headers["Location"] = found.location
    elif isinstance(found, BaseModel):
        response = as_json(found, status)
    else:
        response = found
    if request.method == "GET" and response.status_code == 200:
        response.headers["Cache-Control"] = "private, no-cache"
        if not response.get_etag()[0]:
            response.add_etag()
        response.make_conditional(request)
    return response


def as_json(body: BaseModel, status: int) -> Response:
    """A model on the wire; `null` is written, so that every field that is described is there."""
    response = make_response(body.model_dump_json(by_alias=True), status)
    response.content_type = "application/json"
    return response


@api.errorhandler(Trouble)
def tell_trouble(trouble: Trouble) -> Response:
    """A problem that we found."""
    return problem_response(trouble.problem, NEEDS_TOKEN if trouble.problem.status == 401 else trouble.headers)


@api.errorhandler(HTTPException)
def tell_http(error: HTTPException) -> Response:
    """A problem that the framework found, with what it says beside: `Allow`, or `Retry-After` of a gate."""
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return problem_response(
        Problem(title=error.name, status=error.code or 500, detail=error.description or ""), headers
    )


@api.errorhandler(NotConfigured)
def tell_not_configured(error: NotConfigured) -> Response:
    """There is nothing to tell yet."""
    return problem_response(Problem(title="Nothing is configured yet", status=503, detail=str(error)))


@api.errorhandler(DBAPIError)
@api.errorhandler(PoolTimeout)
def tell_database_away(error: Exception) -> Response:
    """The database is away: nothing was changed."""
    logger.warning("the API could not reach the database", error=type(error).__name__)
    detail = "Nothing was changed. Calls go on meanwhile."
    return problem_response(
        Problem(title="The database does not answer", status=503, detail=detail), {"Retry-After": "5"}
    )


SCOPES["api.unknown"] = None

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def unknown(_path: str) -> Response:
    """Everything else below this address: 405 where another method would do, or else 404."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    known = [method for method in METHODS if adapter.match(method=method)[0] != request.endpoint]
    if known:
        raise MethodNotAllowed(known)
    abort(404)


api.add_url_rule("/<path:_path>", "unknown", unknown, methods=METHODS)


def tell_not_found(error: NotFound) -> Response | NotFound:
    """An address below ours that no rule takes, such as a number too large for any; others' are told as ever."""
    return tell_http(error) if request.path.startswith(f"{api.url_prefix}/") else error


def install(app: Flask) -> None:
    """Add the API to the application. All its resources must be imported before."""
    app.register_blueprint(api)
    app.register_error_handler(NotFound, tell_not_found)
