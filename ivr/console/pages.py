"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    calendars,
    calls,
    engineers,
    factors,
    frame,
    imports,
    my_on_call,
    openid,
    partner_files,
    partners,
    passkeys,
    phones,
    policies,
    regions,
    rehearse,
    second_factor,
    service,
    sessions,
    sign_in,
    ticket,
    tickets,
    tonight,
    users,
    what_if,
)
from ivr.house import House

PAGES = (
    sign_in,
    tonight,
    my_on_call,
    tickets,
    calls,
    what_if,
    rehearse,
    calendars,
    account,
    users,
    engineers,
    factors,
    imports,
    openid,
    partner_files,
    partners,
    passkeys,
    phones,
    policies,
    regions,
    second_factor,
    service,
    sessions,
    ticket,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
