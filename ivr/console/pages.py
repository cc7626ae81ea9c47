"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    calendars,
    calls,
    engineers,
    fairness,
    frame,
    imports,
    layers,
    leave,
    my_on_call,
    overrides,
    partner_files,
    partners,
    phones,
    policies,
    regions,
    rehearse,
    rota,
    rota_changes,
    rota_shown,
    rotas,
    service,
    sign_in,
    swap_approval,
    swaps,
    ticket,
    tickets,
    users,
    what_if,
)
from ivr.house import House

PAGES = (
    sign_in,
    my_on_call,
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
