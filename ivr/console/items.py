"""The form of one item of the configuration: shown, rearranged, saved, refused, merged with others' changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ivr.configuration.edit import (
    EditConflict,
    EditRefused,
    Fault,
    change_item,
    fingerprint,
    item_of,
    remove_item,
)
from ivr.configuration.export import table_of
from ivr.configuration.history import changes_since, lines_of, table_behind
from ivr.configuration.plan import differences
from ivr.console.forms import Raw, Typed, Unclear, merged, rearranged
from ivr.console.frame import page
from ivr.console.lists import number_asked
from ivr.console.roles import Role
from ivr.console.shown import render
from ivr.console.visit import Visit
from ivr.store.audit import AuditedChange, find_change


class Keeper(Protocol):
    """Where a kind of item is kept. `table` is the item as the file writes it."""

    def find(self, visit: Visit, key: str) -> Any:
        """The item; None when it is not there."""

    def table(self, item: Any) -> dict[str, Any]:
        """The item as the file writes it."""

    def fingerprint(self, item: Any) -> str:
        """What tells whether it is still the same; empty for None."""

    def change(self, visit: Visit, key: str, table: dict[str, Any], seen: str) -> int | None:
        """Save it; the id of the change. Raises EditRefused and EditConflict."""

    def remove(self, visit: Visit, key: str, seen: str) -> int | None:
        """Remove it; the id of the change. Raises EditRefused and EditConflict."""


@dataclass(frozen=True)
class InConfiguration:
    """Items of the configuration, by their kind."""

    kind: str

    def find(self, visit: Visit, key: str) -> Any:
        """The item; None when it is not there."""
        return item_of(visit.configuration, self.kind, key)

    def table(self, item: Any) -> dict[str, Any]:
        """The item as the file writes it."""
        return table_of(self.kind, item)

    def fingerprint(self, item: Any) -> str:
        """What tells whether it is still the same."""
        return fingerprint(self.kind, item)

    def change(self, visit: Visit, key: str, table: dict[str, Any], seen: str) -> int | None:
        """Save it."""
        return change_item(visit.connection, visit.author, self.kind, key, table, seen=seen)

    def remove(self, visit: Visit, key: str, seen: str) -> int | None:
        """Remove it."""
        return remove_item(visit.connection, visit.author, self.kind, key, seen=seen)


@dataclass(frozen=True)
class Form:
    """How a kind of item is typed. `raw` and `table` lead from the file's table to the form and back.

    `table` is also given the item as it is stored, None for a new one; `around` gives whatever else the page shows.
    `named` is the field that names the item.
    """

    kind: str
    keeper: Keeper
    template: str
    page: str
    listing: str
    read: Callable[[Typed], Raw]
    raw: Callable[[dict[str, Any]], Raw]
    table: Callable[[Raw, Any], dict[str, Any]]
    new: Callable[[Visit], Raw]
    around: Callable[[Visit, Raw, Any], dict[str, Any]] = lambda _visit, _raw, _item: {}
    blanks: Mapping[str, Callable[[], Raw]] = field(default_factory=dict)
    compact: Callable[[Raw], Raw] = lambda raw: raw
    named: str = "key"


@dataclass(frozen=True)
class Conflict:
    """What somebody else changed meanwhile: by whom, when, the lines; and the fields that both changed."""

    changes: Sequence[tuple[AuditedChange, tuple[str, ...]]]
    lines: tuple[str, ...]
    both: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A form as it is shown. `seen` is the fingerprint of what its reader looked at."""

    raw: Raw
    seen: str
    faults: Sequence[Fault] = ()
    conflict: Conflict | None = None
    focus: str = ""
    status: int = 200


def add_pages(form: Form) -> None:
    """The pages of a kind of item: of a new one, of one by its key, and of removing it."""
    name = form.kind.replace("_", "-")
    listing = form.listing.removeprefix("console.").replace("_", "-")
    both = ("GET", "POST")
    page(f"/new-{name}", Role.MANAGER, methods=both, named=f"new_{form.kind}")(lambda visit: edit(visit, form, None))
    page(f"/{listing}/<key>", Role.MANAGER, methods=both, named=form.kind)(lambda visit, key: edit(visit, form, key))
    page(f"/{listing}/<key>/remove", Role.MANAGER, methods=("POST",), named=f"remove_{form.kind}")(
        lambda visit, key: remove(visit, form, key)
    )


def edit(visit: Visit, form: Form, key: str | None) -> ResponseReturnValue:
    """The page of one item (None: of a new one), and whatever its buttons ask for."""
    item = form.keeper.find(visit, key) if key is not None else None
    if key is not None and item is None and request.method == "GET":
        abort(404, "It was removed, or never was. Look at the list.")
    if request.method == "GET":
        raw = form.raw(form.keeper.table(item)) if item is not None else form.new(visit)
        return show(visit, form, key, Shown(raw, form.keeper.fingerprint(item)))
    raw, wish, seen = form.read(request.form), request.form.get("do", "save"), request.form.get("seen", "")
    if wish == "save":
        return save(visit, form, key, form.compact(raw), seen)
    try:
        changed, focus = rearranged(raw, wish, form.blanks)
    except Unclear:
        abort(400)
    return show(visit, form, key, Shown(changed, seen, focus=focus))


def save(visit: Visit, form: Form, key: str | None, raw: Raw, seen: str) -> ResponseReturnValue:
    """Save what was typed, or show it again with what is wrong, or with what somebody else changed."""
    name = raw[form.named] if key is None else key
    item = form.keeper.find(visit, name)
    if key is None and item is not None:
        taken = Fault(form.named, f'"{name}" is used by an earlier entry. Each {form.named} is used once.')
        return show(visit, form, key, Shown(raw, seen, [taken], status=422))
    try:
        change = form.keeper.change(visit, name, form.table(raw, item), seen)
    except EditRefused as refused:
        return show(visit, form, key, Shown(raw, seen, refused.faults, status=422))
    except EditConflict as conflict:
        return show(visit, form, key, with_theirs(visit, form, name, raw, seen, conflict.present))
    return redirect(address(form, name, done=change or 0), 303)


def with_theirs(visit: Visit, form: Form, key: str, mine: Raw, seen: str, present: Any) -> Shown:
    """What was typed, on top of what somebody else saved meanwhile. The next save is on what is shown here."""
    since = changes_since(visit.connection, form.kind, key, seen)
    told = [(change, lines_of(change)) for change in since]
    if present is None:
        return Shown(mine, "", conflict=Conflict(told, ("It was removed. Saving adds it again.",), ()), status=409)
    theirs = form.raw(form.keeper.table(present))
    before = table_behind(form.kind, since[0].before) if since else None
    base = mine if not since else form.raw(before) if before is not None else form.new(visit)
    raw, both = merged(base, mine, theirs) if since else (mine, ())
    lines = () if since else differences(form.keeper.table(present), form.table(mine, present))
    return Shown(raw, form.keeper.fingerprint(present), conflict=Conflict(told, lines, both), status=409)


def remove(visit: Visit, form: Form, key: str) -> ResponseReturnValue:
    """Remove an item, or say what refers to it."""
    item = form.keeper.find(visit, key)
    if item is None:
        abort(404, "It is gone already.")
    seen = request.form.get("seen", "")
    raw = form.raw(form.keeper.table(item))
    try:
        change = form.keeper.remove(visit, key, seen)
    except EditRefused as refused:
        return show(visit, form, key, Shown(raw, seen, refused.faults, status=422))
    except EditConflict as conflict:
        return show(visit, form, key, with_theirs(visit, form, key, raw, seen, conflict.present))
    return redirect(url_for(form.listing, done=change), 303)


def show(visit: Visit, form: Form, key: str | None, shown: Shown) -> ResponseReturnValue:
    """The page with the form."""
    item = form.keeper.find(visit, key) if key is not None else None
    html = render(
        form.template,
        form=form,
        key=key,
        item=item,
        shown=shown,
        raw=shown.raw,
        errors=shown.faults,
        focus=shown.focus,
        action=address(form, key),
        done=done(visit),
        **form.around(visit, shown.raw, item),
    )
    return html, shown.status


def address(form: Form, key: str | None, **more: Any) -> str:
    """Where the page of an item is."""
    return url_for(form.page, key=key or None, **more) if key is not None else url_for(f"console.new_{form.kind}")


def done(visit: Visit) -> AuditedChange | bool | None:
    """The change that was just saved, False when nothing differed, None when nothing was saved."""
    number = number_asked("done")
    if number is None or request.method != "GET":
        return None
    return find_change(visit.connection, number) or False
