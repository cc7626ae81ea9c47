"""Publishing: what changed is written to the place, and documents whose time is long over are taken away."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr.fallback.documents import NAME_OF_INSTANT
from ivr.fallback.folder import Folder
from ivr.fallback.places import S3, Place
from ivr.settings import BadSettings, FallbackSettings

DATED = re.compile(r"[A-Za-z0-9_-]+\.(\d{4}-\d\d-\d\dT\d{6}Z)(?:\.dial)?\.xml")
KEPT_FOR = timedelta(days=1)


def place_of(where: str, settings: FallbackSettings) -> Place:
    """The place that was named. Raises BadSettings, which says how places are written."""
    if where.startswith(S3):
        # Loaded only when it is needed: the command line answers at once.
        from ivr.fallback.bucket import Bucket

        return Bucket(where, settings)
    if re.match(r"\w+:/", where):
        raise BadSettings(f"{where} is no place for fallback documents. Name a folder, or s3://bucket/prefix.")
    return Folder(Path(where))


def publish(place: Place, files: Mapping[str, str], published: dict[str, str]) -> list[str]:
    """Write what differs from `published`, which remembers it. The names that were written; raises NotPublished."""
    changed = [name for name, text in files.items() if published.get(name) != text]
    for name in changed:
        place.write(name, files[name])
        published[name] = files[name]
    return changed


def tidy(place: Place, files: Mapping[str, str], at: datetime) -> list[str]:
    """Take away dated documents of more than a day before `at`: they hold phone numbers. Raises NotPublished."""
    passed = [name for name in place.names() if name not in files and is_over(name, at - KEPT_FOR)]
    for name in passed:
        place.remove(name)
    return passed


def is_over(name: str, before: datetime) -> bool:
    """Whether this is a dated document of ours from before an instant."""
    found = DATED.fullmatch(name)
    return found is not None and datetime.strptime(found[1], NAME_OF_INSTANT).replace(tzinfo=UTC) < before
