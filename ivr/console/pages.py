"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    calendars,
    calls,
    engineers,
    frame,
    imports,
    my_on_call,
    partner_files,
    partners,
    phones,
    policies,
    regions,
    rehearse,
    service,
    sign_in,
    ticket,
    tickets,
    users,
    what_if,
)
from ivr.house import House

PAGES = (
    sign_in,
    my_on_call,
    tickets,
    calls,
    what_if,
    rehearse,
    calendars,
    account,
    users,
    engineers,
    imports,
    partner_files,
    partners,
    phones,
    policies,
    regions,
    service,
    ticket,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
