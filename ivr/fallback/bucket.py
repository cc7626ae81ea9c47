"""A bucket of an S3-compatible service: each document is one signed PUT under a prefix."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePath
from urllib.parse import urlsplit

from minio import Minio
from minio.error import MinioException
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import PoolManager, Retry
from urllib3.exceptions import HTTPError

from ivr.fallback.places import S3, NotPublished
from ivr.settings import BadSettings, FallbackSettings

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9/_.=-]*")
CONTENT_TYPES = {".xml": "text/xml", ".txt": "text/plain"}
ALWAYS_ASK_AGAIN = "no-cache"
SECONDS = 10.0


class Bucket:
    """Objects under a prefix of a bucket."""

    def __init__(self, where: str, settings: FallbackSettings) -> None:
        """Nothing is sent yet. Raises BadSettings for an address or keys that cannot work."""
        self.bucket, _, prefix = where.removeprefix(S3).partition("/")
        if not BUCKET.fullmatch(self.bucket) or not PREFIX.fullmatch(prefix):
            raise BadSettings(f"{where} is no S3 address. Write s3://bucket/prefix, such as s3://acme-fallback/x7Kq2.")
        self.prefix = f"{prefix.strip('/')}/".lstrip("/")
        self.endpoint = settings.fallback_s3_endpoint
        self._client = client_of(settings)

    def write(self, name: str, text: str) -> None:
        """One PUT, which replaces the object whole. Caches are told to ask again each time."""
        body = text.encode()
        kind = CONTENT_TYPES[PurePath(name).suffix]
        with self._complaining(f"put {name}"):
            self._client.put_object(
                self.bucket,
                self.prefix + name,
                BytesIO(body),
                len(body),
                content_type=kind,
                metadata={"Cache-Control": ALWAYS_ASK_AGAIN},
            )

    def names(self) -> list[str]:
        """What stands under the prefix; needs the right to list the bucket."""
        with self._complaining("list the bucket"):
            found = self._client.list_objects(self.bucket, prefix=self.prefix)
            return [(entry.object_name or "").removeprefix(self.prefix) for entry in found]

    def remove(self, name: str) -> None:
        """Needs the right to delete; one that is gone already is no error."""
        with self._complaining(f"remove {name}"):
            self._client.remove_object(self.bucket, self.prefix + name)

    @contextmanager
    def _complaining(self, what: str) -> Iterator[None]:
        try:
            yield
        except MinioException as error:
            raise NotPublished(
                f"{self.endpoint} refused to {what} in {S3}{self.bucket}/{self.prefix}: {error}. Check the bucket, "
                "its region, and what the keys NIGHTLINE_FALLBACK_S3_... may do there."
            ) from error
        except HTTPError as error:
            raise NotPublished(
                f"{self.endpoint} cannot be reached: {error}. Check NIGHTLINE_FALLBACK_S3_ENDPOINT and the network."
            ) from error


def client_of(settings: FallbackSettings) -> Minio:
    """A client that waits ten seconds at most, tries twice, and is told the region. Raises BadSettings."""
    access, secret = settings.fallback_s3_access_key, settings.fallback_s3_secret_key
    if not access or secret is None:
        raise BadSettings(
            "A bucket needs NIGHTLINE_FALLBACK_S3_ACCESS_KEY and NIGHTLINE_FALLBACK_S3_SECRET_KEY: set both."
        )
    parts = urlsplit(settings.fallback_s3_endpoint)
    certificates = os.environ.get("SSL_CERT_FILE") or DEFAULT_CA_BUNDLE_PATH
    try:
        return Minio(
            parts.netloc,
            access,
            secret.get_secret_value(),
            secure=parts.scheme == "https",
            region=settings.fallback_s3_region,
            http_client=PoolManager(
                timeout=SECONDS, retries=Retry(1), cert_reqs="CERT_REQUIRED", ca_certs=certificates
            ),
        )
    except ValueError as error:
        raise BadSettings(
            f"NIGHTLINE_FALLBACK_S3_ENDPOINT or NIGHTLINE_FALLBACK_S3_REGION is wrong: {error}."
        ) from None
