"""Which override a form or a bar means: by what it says, so that it is found again after others changed."""

import hashlib
import json

from pydantic import TypeAdapter

from schedules.overrides import Override
from schedules.rota import Rota

OVERRIDE = TypeAdapter(Override)


def override_id(override: Override) -> str:
    """Sixteen characters; equal for overrides that say the same."""
    document = OVERRIDE.dump_python(override, mode="json")
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def find_override(rota: Rota, id_: str) -> Override | None:
    """The override with this id; None when it is gone or was changed."""
    return next((override for override in rota.overrides if override_id(override) == id_), None)
