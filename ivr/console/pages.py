"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    fairness,
    frame,
    layers,
    leave,
    overrides,
    rota,
    rota_changes,
    rota_shown,
    rotas,
    sign_in,
    swap_approval,
    swaps,
    tonight,
    users,
)
from ivr.house import House

PAGES = (
    sign_in,
    tonight,
    rotas,
    rota,
    overrides,
    layers,
    rota_changes,
    rota_shown,
    swaps,
    swap_approval,
    leave,
    fairness,
    account,
    users,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
