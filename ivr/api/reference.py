"""The reference of the API: a page without scripts, made from its OpenAPI document at each request."""

from flask import Response, current_app, make_response, render_template

from ivr.api.described import models_of, operations_of
from ivr.api.frame import SCOPES, api
from ivr.api.openapi import openapi
from ivr.api.scopes import WHAT_FOR
from ivr.standby.houses import Houses

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

SCOPES["api.reference"] = None


@api.get("/")
@api.get("/reference")
def reference() -> Response:
    """Every resource with its parameters, models and an example. It tells nothing of what is stored."""
    houses: Houses = current_app.extensions["houses"]
    url, document = houses.main.settings.public_url, openapi()
    page = render_template(
        "reference.html",
        public_url=url,
        groups=operations_of(document, url),
        models=models_of(document),
        scopes={str(scope): text for scope, text in WHAT_FOR.items()},
    )
    response = make_response(page)
    response.headers.update(HEADERS)
    return response
