"""The web server: gunicorn around the application, started from Python."""

import atexit
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from ivr.app import create_app
from ivr.standby.houses import Houses
from ivr.standby.keeper import Keeper


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn with options from the settings; each process builds its own application."""

    def __init__(self, options: dict[str, Any]) -> None:
        """`options` are gunicorn's settings by name."""
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand over the options."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, in each process, with the threads that keep its standby ready."""
        app = create_app()
        houses: Houses = app.extensions["houses"]
        keeper = Keeper(houses)
        keeper.start()
        atexit.register(keeper.stop)
        return app
