"""The standard library's zones as an oracle: read from the pinned package, not from the machine."""

import zoneinfo
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture(scope="session", autouse=True)
def zones_from_the_package() -> Iterator[None]:
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()
