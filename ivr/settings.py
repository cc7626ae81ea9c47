"""Settings: everything that the environment decides, read once at start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import parse_qs, urlsplit, urlunsplit

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.out_settings import OutSettings
from ivr.recording_settings import RecordingSettings
from ivr.remedy import NeedsRemedy
from ivr.secret_settings import SecretSettings
from ivr.sign_in_settings import LOOPBACK, SignInSettings
from ivr.status_settings import StatusPageSettings

MACHINES_NEED = timedelta(seconds=5)
DEFAULT_PORT = 8080
DEFAULT_DATABASE = "sqlite:///var/nightline.db"

Wanted = TypeVar("Wanted", bound=BaseSettings)


class BadSettings(NeedsRemedy):
    """The environment is incomplete or wrong; the text says which variable, and what to put there."""


def _public(url: str) -> str:
    """Scheme, host, port and prefix of a public URL: no trailing slash, no user info, no query."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https URL such as https://nightline.example.com")
    if "_" in parts.hostname:
        raise ValueError("the host must not contain an underscore: the carrier refuses such URLs")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, parts.path.rstrip("/"), "", ""))


def _database(url: str) -> str:
    """A SQLAlchemy URL; `postgres://` and `postgresql://` mean psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return url


def _heartbeat(url: SecretStr | None) -> SecretStr | None:
    """An address that can be asked for. It is as good as a password, and never shown."""
    if url is not None:
        parts = urlsplit(url.get_secret_value())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an http or https URL such as https://hc-ping.com/and-a-long-key")
    return url


def _mail(url: SecretStr | None) -> SecretStr | None:
    """A mail server that is reached encrypted, or one on this machine, and who writes."""
    if url is None:
        return None
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must be like smtps://user:password@mail.example.com?from=nightline@example.com")
    if "@" not in parse_qs(parts.query).get("from", [""])[0]:
        raise ValueError("must end with ?from= and the address that writes, such as ?from=nightline@example.com")
    return url


def _documents(url: str | None) -> str | None:
    """Where the fallback documents are shown: no trailing slash."""
    return _public(url) if url else None


def _endpoint(url: str) -> str:
    """Scheme, host and port of an S3-compatible service; keys and phone numbers travel encrypted."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be scheme and host only, such as https://s3.eu-south-1.amazonaws.com")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must begin with https:// (http:// is for this machine only)")
    return f"{parts.scheme}://{parts.netloc}"


def _aware(instant: datetime | None) -> datetime | None:
    """An instant without an offset is in UTC."""
    return instant.replace(tzinfo=UTC) if instant is not None and instant.tzinfo is None else instant


class FallbackSettings(BaseSettings):
    """Where the documents go that answer while the whole service is down."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True)

    fallback: str | None = Field(
        None,
        validation_alias="NIGHTLINE_FALLBACK",
        description="A folder, or s3://bucket/prefix, in which the worker keeps the fallback documents current.",
    )
    fallback_url: Annotated[str | None, AfterValidator(_documents)] = Field(
        None,
        validation_alias="NIGHTLINE_FALLBACK_URL",
        description="The address at which the carrier finds these documents.",
    )
    fallback_s3_endpoint: Annotated[str, AfterValidator(_endpoint)] = Field(
        "https://s3.amazonaws.com",
        validation_alias="NIGHTLINE_FALLBACK_S3_ENDPOINT",
        description="The S3-compatible service: https, or http on this machine only.",
    )
    fallback_s3_region: str = Field(
        "us-east-1", validation_alias="NIGHTLINE_FALLBACK_S3_REGION", description="The region of the bucket."
    )
    fallback_s3_access_key: str | None = Field(
        None,
        validation_alias="NIGHTLINE_FALLBACK_S3_ACCESS_KEY",
        description="Names who may write to the bucket.",
    )
    fallback_s3_secret_key: SecretStr | None = Field(
        None,
        repr=False,
        validation_alias="NIGHTLINE_FALLBACK_S3_SECRET_KEY",
        description="Signs what is written to the bucket.",
    )


class Settings(RecordingSettings, SecretSettings, SignInSettings, FallbackSettings, StatusPageSettings, OutSettings):
    """The environment of a process. Durations are seconds; secrets have no default."""

    database_url: Annotated[str, AfterValidator(_database)] = Field(
        DEFAULT_DATABASE,
        validation_alias=AliasChoices("NIGHTLINE_DATABASE_URL", "DATABASE_URL"),
        description="Where everything is kept. SQLite for one machine, PostgreSQL for more.",
    )
    public_url: Annotated[str, AfterValidator(_public)] = Field(
        validation_alias="NIGHTLINE_PUBLIC_URL",
        description="The address at which the carrier reaches this service; signatures are checked against it.",
    )
    account_sid: str = Field(
        validation_alias="TWILIO_ACCOUNT_SID", description="The carrier account, AC and 32 hex digits."
    )
    auth_token: SecretStr = Field(
        validation_alias="TWILIO_AUTH_TOKEN", description="Signs webhooks and opens the REST API."
    )
    second_auth_token: SecretStr | None = Field(
        None,
        validation_alias="TWILIO_AUTH_TOKEN_SECONDARY",
        description="Also accepted on webhooks, for the time of a token rotation.",
    )
    twilio_api_url: str = Field(
        "https://api.twilio.com", validation_alias="TWILIO_API_URL", description="The carrier's REST API."
    )
    now: Annotated[datetime | None, AfterValidator(_aware)] = Field(
        None,
        validation_alias="NIGHTLINE_NOW",
        description="Rehearsal only: the instant at which this database's clock started.",
    )
    pace: float = Field(
        1.0,
        gt=0,
        le=1000,
        validation_alias="NIGHTLINE_PACE",
        description="Rehearsal only: every wait of ours is shorter by this factor.",
    )
    sms_from: str | None = Field(
        None,
        validation_alias="NIGHTLINE_SMS_FROM",
        description="A number that can text, or a messaging service (MG...). Without it texts are sent from "
        "the default region's number.",
    )
    standby_folder: Path = Field(
        Path("var/standby"),
        validation_alias="NIGHTLINE_STANDBY",
        description="A folder on the web machine's own disk: calls go on there while the database is away.",
    )
    port: int | None = Field(
        None,
        validation_alias="PORT",
        description="Where the web server listens. Without it: the public URL's port when that is on this machine, "
        "else 8080.",
    )
    host: str = Field(
        "127.0.0.1", validation_alias="NIGHTLINE_HOST", description="The address the web server listens on."
    )
    processes: int | None = Field(
        None,
        ge=1,
        validation_alias="WEB_CONCURRENCY",
        description="Processes of the web server. Without it: one on SQLite, which has one writer at a time; else two.",
    )

    metrics_token: SecretStr | None = Field(
        None,
        validation_alias="NIGHTLINE_METRICS_TOKEN",
        description="Opens /metrics to whoever sends it as a bearer token. Without it only this machine may ask.",
    )
    heartbeat_url: Annotated[SecretStr | None, AfterValidator(_heartbeat)] = Field(
        None,
        validation_alias="NIGHTLINE_HEARTBEAT_URL",
        description="A dead man's switch: each worker asks for this address while all is well, and posts to it with "
        "/fail otherwise.",
    )
    heartbeat_seconds: float = Field(
        60, gt=0, validation_alias="NIGHTLINE_HEARTBEAT_SECONDS", description="How often it does."
    )

    mail_url: Annotated[SecretStr | None, AfterValidator(_mail)] = Field(
        None,
        repr=False,
        validation_alias="NIGHTLINE_MAIL_URL",
        description="A mail server, such as smtps://user:password@mail.example.com?from=nightline@example.com, for "
        "reminders to those who have no phone that may be texted. smtp:// begins plainly and must turn to TLS.",
    )

    @property
    def web_processes(self) -> int:
        """How many processes answer requests."""
        return self.processes or (1 if self.database_url.startswith("sqlite") else 2)

    @property
    def listens_on(self) -> int:
        """The port of the web server."""
        public = urlsplit(self.public_url)
        if self.port is not None:
            return self.port
        return public.port or DEFAULT_PORT if public.hostname in LOOPBACK else DEFAULT_PORT

    def shortened(self, wait: timedelta) -> timedelta:
        """A wait for another leg to be moved, at the rehearsal's pace; never less than machines need for it."""
        return max(wait / self.pace, min(wait, MACHINES_NEED))

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """The tokens that may have signed a webhook, the current one first."""
        both = (self.auth_token, self.second_auth_token)
        return tuple(token.get_secret_value() for token in both if token is not None)


def read_settings() -> Settings:
    """Read the environment. Raises BadSettings naming every variable that is missing or wrong."""
    return _read(Settings)


def read_fallback_settings() -> FallbackSettings:
    """Where fallback documents go, for a command that speaks to no carrier."""
    return _read(FallbackSettings)


def _read(kind: type[Wanted]) -> Wanted:
    try:
        return kind()
    except ValidationError as error:
        raise BadSettings("\n".join(_complaint(item["loc"], item["msg"]) for item in error.errors())) from None


def read_database_url() -> str:
    """The database's URL alone, for commands that speak to no carrier."""

    class DatabaseOnly(BaseSettings):
        model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)
        database_url: Annotated[str, AfterValidator(_database)] = Field(
            DEFAULT_DATABASE, validation_alias=AliasChoices("NIGHTLINE_DATABASE_URL", "DATABASE_URL")
        )

    return _read(DatabaseOnly).database_url


def _complaint(place: tuple[int | str, ...], message: str) -> str:
    name = str(place[0])
    field = Settings.model_fields.get(name)
    if field is None:
        described = next((f for f in Settings.model_fields.values() if name in _names(f.validation_alias)), None)
    else:
        described, name = field, _names(field.validation_alias)[0]
    purpose = f" ({described.description})" if described is not None else ""
    said = "is not set" if message == "Field required" else message.removeprefix("Value error, ")
    return f"{name} {said}.{purpose}"


def _names(alias: object) -> tuple[str, ...]:
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (str(alias),)
