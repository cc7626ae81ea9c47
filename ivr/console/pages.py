"""Every page of the console: imported for the routes that they register."""

from flask import Flask

from ivr.console import (
    account,
    audit,
    calendars,
    calls,
    engineers,
    factors,
    fairness,
    frame,
    imports,
    layers,
    leave,
    my_on_call,
    openid,
    overrides,
    partner_files,
    partners,
    passkeys,
    phones,
    policies,
    regions,
    rehearse,
    rota,
    rota_changes,
    rota_shown,
    rotas,
    second_factor,
    service,
    sessions,
    sign_in,
    swap_approval,
    swaps,
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
    rotas,
    tickets,
    calls,
    what_if,
    rehearse,
    calendars,
    account,
    users,
    audit,
    engineers,
    factors,
    fairness,
    imports,
    layers,
    leave,
    openid,
    overrides,
    partner_files,
    partners,
    passkeys,
    phones,
    policies,
    regions,
    rota,
    rota_changes,
    rota_shown,
    second_factor,
    service,
    sessions,
    swap_approval,
    swaps,
    ticket,
)


def install(app: Flask, house: House) -> None:
    """Add the console to the application."""
    assert PAGES
    frame.install(app, house)
    openid.install(app, house)
