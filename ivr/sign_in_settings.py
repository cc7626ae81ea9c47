"""Settings of the sign-in: proxies in front, the second factor, and an OpenID provider."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.console.roles import Role

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _issuer(url: str | None) -> str | None:
    """A provider's issuer, as it writes it: https, or http on this machine only."""
    if url is not None:
        parts = urlsplit(url)
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be the provider's issuer, such as https://accounts.google.com")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("must begin with https:// (http:// is for this machine only)")
    return url


def _roles(text: str) -> str:
    """`value=role` pairs, apart by semicolons."""
    for value, role in _pairs(text):
        if not value or role not in set(Role):
            raise ValueError(f"must look like noc-managers=manager; noc=engineer, with roles of {', '.join(Role)}")
    return text


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = (part.rpartition("=") for part in text.split(";") if part.strip())
    return [(value.strip(), role.strip()) for value, _, role in parts]


class SignInSettings(BaseSettings):
    """Who gets in to the console, and how."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        validation_alias="NIGHTLINE_TRUSTED_PROXIES",
        description="How many proxies in front of this service add to X-Forwarded-For. Wrong passwords are counted "
        "for the address that the outermost of them saw.",
    )
    second_factor_from: Role | None = Field(
        None,
        validation_alias="NIGHTLINE_SECOND_FACTOR_FROM",
        description="This role and those above it must have a second factor: viewer, engineer, manager or operator.",
    )
    oidc_issuer: Annotated[str | None, AfterValidator(_issuer)] = Field(
        None, validation_alias="NIGHTLINE_OIDC_ISSUER", description="The OpenID provider people may sign in with."
    )
    oidc_client_id: str = Field(
        "", validation_alias="NIGHTLINE_OIDC_CLIENT_ID", description="Nightline's name at the provider."
    )
    oidc_client_secret: SecretStr = Field(
        SecretStr(""),
        repr=False,
        validation_alias="NIGHTLINE_OIDC_CLIENT_SECRET",
        description="Its secret there.",
    )
    oidc_name: str = Field(
        "your company's account",
        validation_alias="NIGHTLINE_OIDC_NAME",
        description="How people call the provider: the button says Sign in with ...",
    )
    oidc_scopes: str = Field(
        "openid email profile",
        validation_alias="NIGHTLINE_OIDC_SCOPES",
        description="What is asked of the provider; some give groups only for one more scope.",
    )
    oidc_role_claim: str = Field(
        "",
        validation_alias="NIGHTLINE_OIDC_ROLE_CLAIM",
        description="The claim that decides the role, such as groups. Without it accounts must exist here.",
    )
    oidc_roles: Annotated[str, AfterValidator(_roles)] = Field(
        "",
        validation_alias="NIGHTLINE_OIDC_ROLES",
        description="Which value of that claim is which role: noc-managers=manager; noc=engineer",
    )
    oidc_second_factor: Literal["here", "provider"] = Field(
        "here",
        validation_alias="NIGHTLINE_OIDC_SECOND_FACTOR",
        description="Who asks for the second factor after the provider's sign-in: here, or the provider alone.",
    )

    @field_validator("oidc_client_id", "oidc_client_secret", mode="after")
    @classmethod
    def _needed_with_the_issuer(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        """All three, or none."""
        empty = not (value.get_secret_value() if isinstance(value, SecretStr) else value)
        if empty and info.data.get("oidc_issuer"):
            raise ValueError("is needed with NIGHTLINE_OIDC_ISSUER")
        return value

    @field_validator("oidc_roles", mode="after")
    @classmethod
    def _needed_with_the_claim(cls, value: str, info: ValidationInfo) -> str:
        """A claim without roles would keep everybody out."""
        if not value and info.data.get("oidc_role_claim"):
            raise ValueError("is needed with NIGHTLINE_OIDC_ROLE_CLAIM")
        return value

    def role_behind(self, value: str) -> Role | None:
        """The role that a value of the role claim means; None: none."""
        return next((Role(role) for known, role in _pairs(self.oidc_roles) if known == value), None)

    def asks_for_second_factor(self, role: Role) -> bool:
        """Whether somebody with this role must have a second factor."""
        return self.second_factor_from is not None and role.includes(self.second_factor_from)
