"""Signing in with OpenID Connect: there, back, and which account somebody is then."""

from datetime import datetime

import structlog
from flask import Flask, current_app, redirect, request, session
from flask.typing import ResponseReturnValue

from ivr.console.admission import Claims, Refused, account_for
from ivr.console.entering import let_in, sign_in_form
from ivr.console.frame import house_here, open_page
from ivr.console.provider import Provider, ProviderFailed
from ivr.house import House
from ivr.store.ceremonies import begin, take

logger = structlog.get_logger()

AWAY = "Signing in there does not work at this moment. Try again, or use your password."
NOT_BEGUN_HERE = "This sign-in was begun in another browser, or took too long. Begin again."
DECLINED = "You were not signed in there."
PURPOSE, IN_THIS_BROWSER, EXTENSION = "openid", "openid-state", "nightline-openid"


@open_page("/openid")
def leave_for_provider() -> ResponseReturnValue:
    """Send somebody to the provider; what must come back with them stays here."""
    house, provider = house_here(), provider_here()
    if provider is None:
        return sign_in_form("", 404)
    try:
        to = provider.send_there()
    except ProviderFailed as failed:
        logger.warning("the OpenID provider failed", error=str(failed))
        return sign_in_form(AWAY, 502)
    data = {"nonce": to.nonce, "verifier": to.verifier, "next": request.args.get("next", "")}
    with house.engine.begin() as connection:
        begin(connection, PURPOSE, to.state, data, house.clock())
    session[IN_THIS_BROWSER] = to.state
    return redirect(to.url, 303)


@open_page("/openid/back")
def back_from_provider() -> ResponseReturnValue:
    """Whoever comes back: with the state of this browser, once, and with a code that the provider takes."""
    house, provider = house_here(), provider_here()
    at, state = house.clock(), request.args.get("state", "")
    if provider is None or not state or session.pop(IN_THIS_BROWSER, None) != state:
        return sign_in_form(NOT_BEGUN_HERE, 400)
    with house.engine.begin() as connection:
        kept = take(connection, PURPOSE, state, at)
    if kept is None or not provider.is_from(request.args.get("iss")):
        return sign_in_form(NOT_BEGUN_HERE, 400)
    if "code" not in request.args:
        logger.info("the OpenID provider let nobody in", error=request.args.get("error", "")[:80])
        return sign_in_form(DECLINED, 401)
    try:
        claims = provider.claims_behind(request.args["code"], kept["verifier"], kept["nonce"])
    except ProviderFailed as failed:
        logger.warning("the OpenID provider failed", error=str(failed))
        return sign_in_form(AWAY, 502)
    return admitted(house, claims, at, kept["next"])


def admitted(house: House, claims: Claims, at: datetime, to: str) -> ResponseReturnValue:
    """In with the account that the claims are of, or told why not.

    The provider's sign-in is two factors when it says so (`mfa` among the methods, RFC 8176), or when it is trusted
    to ask for them; otherwise the second factor is asked for here as after a password.
    """
    settings = house.settings
    is_strong = settings.oidc_second_factor == "provider" or "mfa" in (claims.get("amr") or ())
    with house.engine.begin() as connection:
        account = account_for(connection, settings, claims, at)
        if isinstance(account, Refused):
            logger.info("nobody was let in by OpenID", why=account.why)
            return sign_in_form(account.text, 403)
        return let_in(house, connection, account, at, "OpenID", is_strong=is_strong, to=to)


def provider_here() -> Provider | None:
    """The provider, where there is one."""
    found: Provider | None = current_app.extensions.get(EXTENSION)
    return found


def install(app: Flask, house: House) -> None:
    """Add the provider, where the settings name one. It is asked nothing before somebody signs in."""
    if house.settings.oidc_issuer:
        app.extensions[EXTENSION] = Provider(app, house.settings)
