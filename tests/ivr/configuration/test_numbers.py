"""A number stands for one thing: written twice in a file, it is refused in whatever way it is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.configuration.file import FileRefused, read_file
from tests.ivr.configuration.files import SMALL

SPELLINGS = ("{}", "+1{1}{2}{3}", "+1 ({1}) {2}-{3}", "+1.{1}.{2}.{3}", " +1-{1}-{2}-{3} ")
REGION = """[[regions]]
key = "twin"
name = "Twin"
zone = "Europe/Rome"
hours = ["Mon 09:00-10:00"]
language = "en-GB"
voice = "Polly.Amy"
"""
TWICE = {
    "regions": (f'{REGION}policy = "noc"\nnumber = "%s"\n', "614 484 1546", "is used by an earlier entry"),
    "engineers": (
        '[[engineers]]\nkey = "twin"\nname = "Twin"\nphones = ["%s"]\n',
        "212 555 0120",
        "already a phone of Jon Bell",
    ),
    "partners": (
        '[[partners]]\nnumber = "4009"\nname = "Twin"\ntier = "gold"\nphones = ["%s"]\n',
        "212 555 0201",
        "already a phone of Rossi Telecom",
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("table", TWICE)
def test_f26_a_number_that_stands_twice_is_refused_however_it_is_written(
    file: Callable[..., Path], table: str, spelling: str
) -> None:
    entry, number, complaint = TWICE[table]
    first = f"+1 {number}"
    path = file(("+44 20 7946 0201", "+1 212 555 0201"))
    assert read_file(path).configuration
    assert first in path.read_text()
    path.write_text(path.read_text() + "\n" + entry % spelling.format(first, *number.split()))
    with pytest.raises(FileRefused) as refused:
        read_file(path)
    (error,) = refused.value.errors
    assert complaint in str(error)
    assert SMALL.count("\n") < error.line
