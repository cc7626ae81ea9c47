"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    calendars,
    calls,
    frame,
    imports,
    my_on_call,
    rehearse,
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
    ticket,
    calls,
    what_if,
    rehearse,
    calendars,
    account,
    users,
    imports,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
