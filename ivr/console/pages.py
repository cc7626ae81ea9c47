"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import account, factors, frame, openid, passkeys, second_factor, sessions, sign_in, tonight, users
from ivr.house import House

PAGES = (sign_in, second_factor, openid, tonight, account, factors, passkeys, sessions, users)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
    openid.install(app, house)
