"""What is stored and a file leaves alone: a rota's past and its overrides, and phones that wait for their code."""

from dataclasses import replace
from datetime import datetime

from ivr.configuration.file import ParsedFile, RotaWish
from routing.configuration import Configuration
from routing.people import Engineer
from schedules.edits import edit_layers, edit_overrides, without_engineers
from schedules.rota import Rota


def settled(parsed: ParsedFile, current: Configuration | None, at: datetime) -> ParsedFile:
    """The file as it applies to what is stored at `at` (UTC): nothing that was true before `at` is rewritten.

    Settling what was settled and stored changes nothing, so that a file can be applied twice.
    """
    if current is None:
        return parsed
    wanted = parsed.configuration
    rotas = {
        key: settled_rota(current.rotas[key], rota, parsed.rotas[key], wanted, at) if key in current.rotas else rota
        for key, rota in wanted.rotas.items()
    }
    counted = frozenset(phone for engineer in wanted.engineers.values() for phone in engineer.phones)
    engineers = {
        key: engineer if key in parsed.vouched else _engineer(engineer, current.engineers.get(key), counted)
        for key, engineer in wanted.engineers.items()
    }
    return replace(parsed, configuration=replace(wanted, rotas=rotas, engineers=engineers))


def settled_rota(stored: Rota, wanted: Rota, wish: RotaWish, file: Configuration, at: datetime) -> Rota:
    """What is stored of a rota, with the layers that are wanted from `at` (UTC) or later on, and its past as it was."""
    edited, begins = stored, at
    for version in wanted.earlier if wish.writes_earlier else ():
        if version.until > at:  # planned: those before it until then, as they are written
            edited, begins = edit_layers(edited, version.layers, begins), version.until
    edited = edit_layers(edited, wanted.layers, max(wish.effective_from or begins, begins))
    if wish.writes_overrides:
        edited = edit_overrides(edited, wanted.overrides, at)
    named = {key for override in edited.overrides for key in (override.engineer, override.instead_of) if key}
    gone = frozenset(named) - frozenset(file.engineers)
    return replace(without_engineers(edited, gone, at), name=wanted.name)


def _engineer(wanted: Engineer, stored: Engineer | None, counted: frozenset[str]) -> Engineer:
    """Phones that wait for their code go on waiting, but for those that the file vouches for."""
    waiting = stored.unverified if stored else ()
    return replace(wanted, unverified=tuple(phone for phone in waiting if phone not in counted))
