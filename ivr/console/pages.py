"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import account, calendars, frame, imports, rehearse, sign_in, tonight, users, what_if
from ivr.house import House

PAGES = (sign_in, tonight, what_if, rehearse, calendars, imports, account, users)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
