"""Readiness: whether a call can be taken now, on the database or on the standby while that is away."""

from flask import Response, jsonify

from ivr.house import House
from ivr.standby.houses import Houses
from ivr.store.configuration import NotConfigured
from ivr.store.migrate import is_current, is_of_later_release


class NotMigrated(Exception):
    """The database has not the shape of this release."""


class Readiness:
    """What `/readyz` answers. A shape that was right once stays so: it is looked at until then."""

    def __init__(self, houses: Houses) -> None:
        """Nothing is looked at yet."""
        self._houses = houses
        self._has_shape = False

    def answer(self) -> tuple[Response, int]:
        """200 when a call can be taken, else 503. A database that is known to be away is not waited for."""
        if self._houses.is_away:
            return self._on_standby("away")
        try:
            return jsonify(status="ready", regions=self._regions_of_database()), 200
        except NotConfigured as missing:
            return jsonify(status="not configured", remedy=str(missing)), 503
        except NotMigrated:
            return jsonify(status="not migrated", remedy="Run: nightline migrate"), 503
        except Exception as error:
            return self._on_standby(type(error).__name__)

    def _on_standby(self, failure: str) -> tuple[Response, int]:
        try:
            return jsonify(status="standby", regions=regions_of(self._houses.standby), error=failure), 200
        except Exception:
            return jsonify(status="database unavailable", error=failure), 503

    def _regions_of_database(self) -> int:
        if not self._has_shape:
            with self._houses.main.engine.connect() as connection:
                self._has_shape = is_current(connection) or is_of_later_release(connection)
        if not self._has_shape:
            raise NotMigrated
        return regions_of(self._houses.main)


def regions_of(house: House) -> int:
    """How many regions a house serves. Raises what its database raises, and NotConfigured."""
    with house.engine.connect() as connection:
        return len(house.configuration.current(connection).regions)
