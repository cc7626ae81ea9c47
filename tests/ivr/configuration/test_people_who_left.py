"""A file without somebody whom overrides name: what was stays on record, and everything can be edited on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.configuration.apply import apply_file
from ivr.configuration.edit import change_item, item_of, remove_item
from ivr.configuration.export import table_of, to_toml
from ivr.configuration.file import FileRefused, read_file
from ivr.store.audit import Author
from ivr.store.configuration import load_configuration, load_partners
from schedules.rota import Rota, who_is_on_call
from tests.ivr.configuration.files import SMALL

Write = Callable[..., Path]

EVE = datetime(2026, 12, 24, 20, tzinfo=UTC)
BEFORE, AFTER = EVE - timedelta(weeks=1), EVE + timedelta(weeks=1)
"""Jon is on call on Christmas Eve, and leaves a week before or after."""

JON = SMALL[SMALL.index('[[engineers]]\nkey = "jon"') : SMALL.index("[[rotas]]")]
OVERRIDES = SMALL[SMALL.index("[[rotas.overrides]]") : SMALL.index("[[policies]]")]
WITHOUT_JON = (
    (JON, ""),
    (OVERRIDES, ""),
    ('["mia", ["jon", "mia"]]', '["mia"]'),
    (', "engineer:jon"', ""),
)


def apply(engine: Engine, path: Path, at: datetime) -> str:
    with engine.begin() as connection:
        return str(apply_file(connection, path, at=at)[0])


def rota_of(engine: Engine) -> Rota:
    with engine.begin() as connection:
        return load_configuration(connection).rotas["noc"]


def rename_mia(engine: Engine, at: datetime) -> int | None:
    with engine.begin() as connection:
        mia = table_of("engineer", item_of(load_configuration(connection), "engineer", "mia"))
        return change_item(connection, Author("Sara Vogel", at), "engineer", "mia", {**mia, "name": "Mia Berg"})


def test_whose_override_is_over_leaves_and_everything_is_edited_exported_and_read_as_before(
    engine: Engine, file: Write, tmp_path: Path
) -> None:
    apply(engine, file(), BEFORE)
    apply(engine, file(*WITHOUT_JON), AFTER)
    assert [one.engineer for one in who_is_on_call(rota_of(engine), EVE)] == ["jon"]
    assert rename_mia(engine, AFTER) is not None
    with engine.begin() as connection:
        exported = tmp_path / "exported.toml"
        exported.write_text(to_toml(load_configuration(connection), load_partners(connection)))
    assert read_file(exported, AFTER).configuration.rotas["noc"] == rota_of(engine)
    assert apply(engine, exported, AFTER) == "Nothing to change."


def test_an_override_of_somebody_unknown_is_refused_until_it_is_over(file: Write) -> None:
    path = file(*((old, new) for old, new in WITHOUT_JON if old != OVERRIDES))
    for at in (None, BEFORE, EVE):
        with pytest.raises(FileRefused, match=r'overrides\[1\]\.engineer: there is no entry "jon" in engineers'):
            read_file(path, at)
    assert read_file(path, AFTER).configuration.rotas["noc"].overrides


def test_a_coming_override_in_the_place_of_somebody_who_leaves_goes_with_them(engine: Engine, file: Write) -> None:
    instead = OVERRIDES.replace('engineer = "jon"', 'engineer = "mia"\ninstead_of = "jon"')
    apply(engine, file((OVERRIDES, instead)), BEFORE)
    apply(engine, file(*WITHOUT_JON), BEFORE)
    assert rota_of(engine).overrides == ()
    assert rename_mia(engine, BEFORE) is not None


def test_somebody_whom_only_what_is_over_names_can_be_removed(engine: Engine, file: Write) -> None:
    apply(engine, file(('["mia", ["jon", "mia"]]', '["mia"]'), (', "engineer:jon"', "")), BEFORE)
    with engine.begin() as connection:
        assert remove_item(connection, Author("Sara Vogel", AFTER), "engineer", "jon") is not None
    assert rename_mia(engine, AFTER) is not None
