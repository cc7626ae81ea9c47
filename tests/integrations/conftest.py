"""What tests of integrations may ask for: the application and its database."""

from tests.api.conftest import desk, prepared_for_api

__all__ = ["desk", "prepared_for_api"]
