"""Edits of a rota: previewed, refused, in conflict, or saved; the same way for overrides and for layers."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

from flask import Response, abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import EditConflict, EditRefused, Fault, change_item, checked, fingerprint
from ivr.configuration.export import table_of
from ivr.console.conflicts import Conflict, conflict_of
from ivr.console.previews import Preview, preview_of
from ivr.console.visit import Visit
from ivr.store.absences import absences_from
from schedules.rota import Rota


class Form(Protocol):
    """What somebody wants of a rota, as a form says it: a dataclass, whose fields tell one wish from another."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def applied(self, rota: Rota, visit: Visit) -> Rota:
        """The rota with it, whatever state that is in. Raises EditRefused."""

    def told(self, rota: Rota, visit: Visit) -> str:
        """What it is, in one sentence, for the list of changes."""


@dataclass(frozen=True)
class Draft:
    """What a form comes to: the rota as it is, what is wrong, what would change, and what others did meanwhile.

    `since` is the fingerprint of the rota when the form was opened, `seen` of the one that this draft is about.
    """

    rota: Rota
    seen: str
    since: str
    digest: str
    faults: tuple[Fault, ...] = ()
    preview: Preview | None = None
    conflict: Conflict | None = None
    title: str = ""

    @property
    def status(self) -> int:
        """As HTTP tells it."""
        return 422 if self.faults else 409 if self.conflict else 200


def rota_of(visit: Visit, key: str) -> Rota:
    """The rota with this key, or 404."""
    return visit.configuration.rotas.get(key) or abort(404, "There is no such rota. It may have been removed.")


def draft_of(visit: Visit, key: str, form: Form, *, is_blank: bool = False) -> Draft:
    """What a form comes to if it were saved now; `is_blank`: it was only opened, and no field of it is wrong yet."""
    rota = rota_of(visit, key)
    seen = fingerprint("rota", rota)
    since = request.form.get("since") or seen
    digest, conflict = digest_of(form), conflict_of(visit, rota, since)
    try:
        after = form.applied(rota, visit)
        check(visit, after)
    except EditRefused as refused:
        faults = tuple(fault for fault in refused.faults if not (is_blank and fault.field))
        return Draft(rota, seen, since, digest, faults, conflict=conflict)
    preview = preview_of(visit.configuration, absences_from(visit.connection, visit.at), rota, after, visit.at)
    return Draft(rota, seen, since, digest, (), preview, conflict, form.told(rota, visit))


def check(visit: Visit, rota: Rota) -> None:
    """Refuse a rota that `nightline apply` would refuse. Raises EditRefused."""
    checked(visit.configuration, "rota", rota.key, table_of("rota", rota), visit.at)


def save(visit: Visit, key: str, form: Form) -> int | None:
    """Save what a form wants, if it was asked to, and previewed; 0 when nothing differs, None when it is not saved."""
    if request.form.get("do") != "save" or request.form.get("previewed") != digest_of(form):
        return None
    rota = rota_of(visit, key)
    try:
        table, why = table_of("rota", form.applied(rota, visit)), form.told(rota, visit)
        seen = request.form.get("seen", "-")
        return change_item(visit.connection, visit.author, "rota", key, table, seen=seen, why=why) or 0
    except (EditConflict, EditRefused):
        return None


def digest_of(form: Form) -> str:
    """What tells whether a wish is the one that was previewed."""
    return hashlib.sha256(json.dumps(asdict(form), default=str).encode()).hexdigest()[:16]


def to_rota(key: str, change: int | None) -> ResponseReturnValue:
    """Back to the rota's page, which tells what was saved; as htmx wants it where htmx asked."""
    place = {name: request.form.get(name) or None for name in ("view", "on")}
    address = url_for("console.rota", key=key, saved=change or None, view=place["view"], on=place["on"])
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))
