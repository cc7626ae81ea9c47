"""Settings of what goes out: the file of integrations, and which addresses webhooks may reach."""

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(text: str) -> str:
    """Networks apart by commas, such as 10.20.0.0/16, fd00::/8."""
    try:
        parsed(text)
    except ValueError as error:
        raise ValueError(f"must be networks apart by commas, such as 10.20.0.0/16 ({error})") from None
    return text


def parsed(text: str) -> tuple[Network, ...]:
    """The networks of a text."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


class OutSettings(BaseSettings):
    """Where news of calls, tickets, pages and rotas may go."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    integrations_file: Path | None = Field(
        None,
        validation_alias="NIGHTLINE_INTEGRATIONS",
        description="A file with ticket systems and chat and mail targets. It holds secrets.",
    )
    private_webhooks: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        validation_alias="NIGHTLINE_PRIVATE_WEBHOOKS",
        description="Networks that are not public and that webhooks may reach all the same, such as 10.20.0.0/16.",
    )
