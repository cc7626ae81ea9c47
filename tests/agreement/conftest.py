"""What tests of the agreement may ask for: the application, and whoever asks it."""

import pytest

from tests.agreement.wire import Wire
from tests.api.conftest import desk, prepared_for_api
from tests.console.desk import Desk
from tests.schedules.conftest import zones_from_the_package

__all__ = ["desk", "prepared_for_api", "zones_from_the_package"]


@pytest.fixture
def wire(desk: Desk) -> Wire:
    """Everybody who asks the application."""
    return Wire(desk)
