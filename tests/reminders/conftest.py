"""A desk for the tests of reminders."""

from tests.calendars.fixtures import desk, make_desk

__all__ = ["desk", "make_desk"]
