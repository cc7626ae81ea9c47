"""Settings of secrets at rest: the keys with which those of webhooks and authenticator apps are sealed."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.recording_settings import Keys, keys_in


class SecretSettings(BaseSettings):
    """How the secrets are kept that the service itself must read again."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    secret_keys: Keys = Field(
        None,
        repr=False,
        validation_alias="NIGHTLINE_SECRET_KEYS",
        description="Keys, separated by commas: the secrets of webhooks and of authenticator apps are kept sealed by "
        "the first of them. Without it they stand in the database as they are.",
    )

    @property
    def secret_key_list(self) -> tuple[str, ...]:
        """The keys, the one that seals first; none: secrets are kept as they are."""
        return keys_in(self.secret_keys)
