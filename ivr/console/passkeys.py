"""Passkeys: made, named and removed by whoever is signed in; and the way in with one, alone or as second factor."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ivr.console.entering import let_in, sign_in_form
from ivr.console.factors import PASSWORD_TOO, TOO_LATE, added, removed, shown, unconfirmed
from ivr.console.frame import house_here, open_page, page, session_here
from ivr.console.party import LONGEST_ID, NotVerified, Party, challenge_in, handle_of, party_of, passkey_in
from ivr.console.roles import Role
from ivr.console.visit import Visit
from ivr.house import House
from ivr.store.accounts import Account, account_by
from ivr.store.ceremonies import begin, take
from ivr.store.factors import Passkey, add_passkey, find_passkey, note_passkey_use, passkeys_of, remove_passkey

MAKE, USE = "make a passkey", "use a passkey"
MOST = 20
TOO_MANY = f"{MOST} passkeys are enough. Remove one first."
REFUSED = "This passkey does not open anything here. Use another one, or your password."
LOAD_AGAIN = "Load this page again: it then has a field for it."
NOT_TAKEN = "This passkey was not taken. Begin again."


def party_here(house: House) -> Party:
    """Who we are to passkeys; 404 where there are none."""
    party = party_of(house.settings)
    return party if party is not None else abort(404, "Passkeys need a public URL with https and a host's name.")


@page("/account/passkeys/options", Role.VIEWER, methods=("POST",), early=True)
def passkey_to_make(visit: Visit) -> ResponseReturnValue:
    """What the browser needs to make one; with the password, unless this person signed in a moment ago."""
    account, known = visit.account, passkeys_of(visit.connection, visit.account.id)
    fault = unconfirmed(visit, always=False) or (TOO_MANY if len(known) >= MOST else "")
    if fault:
        text = f"{fault} {LOAD_AGAIN}" if fault == PASSWORD_TOO else fault
        return Response(text, 422, content_type="text/plain; charset=utf-8")
    options, challenge = party_here(visit.house).ask_to_make(account, known)
    begin(visit.connection, MAKE, challenge, {}, visit.at, user=account.id)
    return Response(options, content_type="application/json")


@page("/account/passkeys", Role.VIEWER, methods=("POST",), early=True)
def add_my_passkey(visit: Visit) -> ResponseReturnValue:
    """Store what the browser made, under a name."""
    name = request.form.get("name", "").strip()[:80] or "Passkey"
    try:
        passkey = made(visit, name, request.form.get("credential", ""))
    except NotVerified:
        return shown(visit, NOT_TAKEN)
    if passkey is None:
        return shown(visit, TOO_LATE)
    add_passkey(visit.connection, passkey)
    return added(visit, f"the passkey {name}")


def made(visit: Visit, name: str, answer: str) -> Passkey | None:
    """The passkey that a browser made for this person; None when nobody asked for it lately. Raises NotVerified."""
    challenge = challenge_in(answer)
    if take(visit.connection, MAKE, challenge, visit.at, user=visit.account.id) is None:
        return None
    id_, public_key, uses = party_here(visit.house).made(answer, challenge)
    if len(id_) > LONGEST_ID or find_passkey(visit.connection, id_) is not None:
        raise NotVerified("known already, or too long")
    return Passkey(id_, visit.account.id, name, public_key, uses, visit.at)


@page("/account/passkeys/remove", Role.VIEWER, methods=("POST",), early=True)
def remove_my_passkey(visit: Visit) -> ResponseReturnValue:
    """Remove one, with the password."""
    fault = unconfirmed(visit, always=True)
    if fault:
        return shown(visit, fault)
    name = remove_passkey(visit.connection, visit.account.id, request.form.get("id", ""))
    return shown(visit, "This passkey is gone already.") if name is None else removed(visit, f"the passkey {name}")


@open_page("/passkey/options", methods=("POST",))
def passkey_to_use() -> ResponseReturnValue:
    """What the browser needs to use one: any of ours, or one of whoever gave their password already."""
    house = house_here()
    with house.engine.begin() as connection:
        at = house.clock()
        session = session_here(house, connection, at)
        halfway = session.account if session is not None and not session.is_complete else None
        known = passkeys_of(connection, halfway.id) if halfway else ()
        options, challenge = party_here(house).ask_to_use(known)
        begin(connection, USE, challenge, {"only": halfway.id if halfway else None}, at)
        return Response(options, content_type="application/json")


@open_page("/passkey", methods=("POST",))
def sign_in_with_passkey() -> ResponseReturnValue:
    """In with a passkey: it is two factors in one, for it asks for a finger, a face or a PIN itself."""
    house = house_here()
    at, to = house.clock(), request.values.get("next", "")
    with house.engine.begin() as connection:
        try:
            account = account_behind(house, connection, request.form.get("credential", ""))
        except NotVerified:
            return sign_in_form(REFUSED, 401)
        session = session_here(house, connection, at)
        way = f"{session.way} and passkey" if session is not None and not session.is_complete else "passkey"
        return let_in(house, connection, account, at, way, is_strong=True, to=to)


def account_behind(house: House, connection: Connection, answer: str) -> Account:
    """Whose passkey gave this answer to a question of ours, and notes its use. Raises NotVerified."""
    at, challenge = house.clock(), challenge_in(answer)
    asked = take(connection, USE, challenge, at)
    id_, handle = passkey_in(answer)
    passkey = find_passkey(connection, id_)
    if asked is None or passkey is None or asked["only"] not in (None, passkey.user):
        raise NotVerified("not asked for, or unknown")
    if handle not in (None, handle_of(passkey.user)):
        raise NotVerified("of somebody else")
    uses = party_here(house).used(answer, challenge, passkey)
    account = account_by(connection, id=passkey.user)
    if account is None or account.disabled_at is not None:
        raise NotVerified("no way in")
    note_passkey_use(connection, id_, uses, at)
    return account
