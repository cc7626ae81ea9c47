"""Settings of callers' messages: the keys with which they are kept here instead of at the carrier."""

import base64
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32


def keys_in(keys: SecretStr | None) -> tuple[str, ...]:
    """The single keys of a list with commas."""
    written = keys.get_secret_value().split(",") if keys else ()
    return tuple(key.strip() for key in written if key.strip())


def _keys(keys: SecretStr | None) -> SecretStr | None:
    for key in keys_in(keys):
        try:
            right = len(base64.urlsafe_b64decode(key)) == KEY_BYTES
        except ValueError:
            right = False
        if not right:
            raise ValueError('must be keys as "nightline privacy new-key" prints them, separated by commas')
    return keys


Keys = Annotated[SecretStr | None, AfterValidator(_keys)]
"""Keys of a vault, separated by commas: the first one seals, all of them open."""


class RecordingSettings(BaseSettings):
    """Whether callers' messages are fetched from the carrier, and kept how."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    recording_keys: Keys = Field(
        None,
        repr=False,
        validation_alias="NIGHTLINE_RECORDING_KEYS",
        description="Keys, separated by commas: callers' messages are fetched, kept encrypted by the first of them, "
        "and deleted at the carrier. Without it they stay there.",
    )

    @property
    def recording_key_list(self) -> tuple[str, ...]:
        """The keys, the one that encrypts first; none: messages stay at the carrier."""
        return keys_in(self.recording_keys)
