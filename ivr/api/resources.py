"""Every resource of the API: imported for the routes that they register, and for the problems that are told."""

from flask import Flask

from ivr.api import (
    alerts,
    announcements,
    calls,
    frame,
    on_call,
    openapi,
    partners,
    policies,
    reference,
    refusals,
    reports,
    rota_changes,
    rotas,
    ticket_work,
    tickets,
    webhook_deliveries,
    webhook_endpoints,
)

RESOURCES = (
    alerts,
    announcements,
    on_call,
    reports,
    rotas,
    rota_changes,
    policies,
    tickets,
    ticket_work,
    calls,
    partners,
    webhook_endpoints,
    webhook_deliveries,
    reference,
    openapi,
)


def install(app: Flask) -> None:
    """Add the API to the application."""
    assert RESOURCES
    assert refusals
    frame.install(app)
