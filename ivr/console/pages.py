"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    audit,
    calendars,
    engineers,
    frame,
    imports,
    partner_files,
    partners,
    phones,
    policies,
    regions,
    rehearse,
    service,
    sign_in,
    tonight,
    users,
    what_if,
)
from ivr.house import House

PAGES = (
    sign_in,
    tonight,
    what_if,
    rehearse,
    calendars,
    account,
    users,
    audit,
    engineers,
    imports,
    partner_files,
    partners,
    phones,
    policies,
    regions,
    service,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
