"""A desk for the tests of calendars."""

from tests.calendars.fixtures import desk, make_desk

__all__ = ["desk", "make_desk"]
