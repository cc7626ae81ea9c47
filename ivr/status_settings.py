"""Settings of the status page that announcements are read from."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _summary(url: SecretStr | None) -> SecretStr | None:
    """An address that can be asked for. A private page's may hold a key, so it is never shown."""
    if url is not None:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an http or https URL such as https://status.example.com/api/v2/summary.json")
    return url


class StatusPageSettings(BaseSettings):
    """Where the status page is, and how often it is read. Durations are seconds."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    status_url: Annotated[SecretStr | None, AfterValidator(_summary)] = Field(
        None,
        repr=False,
        validation_alias="NIGHTLINE_STATUS_URL",
        description="The summary.json of a status page, whose incidents and maintenances are announced to callers.",
    )
    status_seconds: float = Field(
        60, ge=5, validation_alias="NIGHTLINE_STATUS_SECONDS", description="How often the status page is read."
    )
    status_stale_seconds: float = Field(
        900,
        ge=30,
        validation_alias="NIGHTLINE_STATUS_STALE_SECONDS",
        description="For so long what the status page said is spoken while it cannot be read again.",
    )

    @property
    def status_stale_after(self) -> timedelta:
        """How long what was read holds."""
        return timedelta(seconds=self.status_stale_seconds)
