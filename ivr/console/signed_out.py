"""Whoever is not signed in any more: where they are led, what a part of a page is told, and the way back."""

from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from ivr.console import shown

SIGNED_OUT = "You are signed out", "Sign in"
NOT_COMPLETE = "Your sign-in is not complete", "Complete it"
STAYS = "What is typed on this page is not saved: copy it before you go on."


def to_sign_in(endpoint: str) -> Response:
    """Send somebody to a step of the sign-in, and then back to where they were or wanted to go.

    Where htmx asked, it is a refusal with words (401) instead: the page stays, and with it what is typed there.
    """
    if "HX-Request" in request.headers:
        title, way = SIGNED_OUT if endpoint == "console.sign_in" else NOT_COMPLETE
        there = url_for(endpoint, next=page_behind())
        return make_response(shown.problem(title, STAYS, 401, sign_in=there, way=way))
    if request.method != "POST":
        here = request.script_root + request.full_path.rstrip("?")
        return make_response(redirect(url_for(endpoint, next=here), 303))
    lost = None if request.endpoint == "console.sign_out" else "yes"
    return make_response(redirect(url_for(endpoint, next=page_behind(), lost=lost), 303))


def page_behind() -> str | None:
    """The page of the console on which somebody pressed something, as their browser tells it; None if there is none."""
    try:
        told = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
        path = told.path.removeprefix(request.script_root)
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except (ValueError, HTTPException):
        return None
    if not endpoint.startswith("console."):
        return None
    return f"{told.path}?{told.query}" if told.query else told.path
