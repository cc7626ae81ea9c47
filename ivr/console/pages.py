"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import account, calls, frame, my_on_call, sign_in, ticket, tickets, tonight, users
from ivr.house import House

PAGES = (sign_in, tonight, tickets, ticket, calls, my_on_call, account, users)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
