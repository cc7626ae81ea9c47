"""Every resource of the API: imported for the routes that they register."""

from flask import Flask

from ivr.api import announcements, frame, on_call, reports, rotas

RESOURCES = (announcements, on_call, reports, rotas)


def install(app: Flask) -> None:
    """Add the API to the application."""
    assert RESOURCES
    frame.install(app)
