"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    audit,
    engineers,
    frame,
    partner_files,
    partners,
    phones,
    policies,
    regions,
    service,
    sign_in,
    tonight,
    users,
)
from ivr.house import House

PAGES = (
    sign_in,
    tonight,
    account,
    users,
    regions,
    policies,
    service,
    engineers,
    phones,
    partners,
    partner_files,
    audit,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
