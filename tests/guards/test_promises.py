"""The table of promises names tests that exist, for every known failure of such systems."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FAILURES = 38
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
}
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
COUNTS = {word: count for count, word in enumerate(WORDS, 1)}


def lines() -> list[str]:
    """The table's rows."""
    text = (ROOT / "docs" / "reliability.md").read_text()
    return [line for line in text.splitlines() if line.startswith("|")]


def test_every_test_that_the_table_names_exists() -> None:
    for line in lines():
        for name in re.findall(r"`(test_\w+)`", line):
            assert name in TESTS, name
        for path in re.findall(r"`(tests/[\w/]+\.py)`", line):
            assert (ROOT / path).exists(), path


def test_every_known_failure_has_a_row_with_its_named_tests() -> None:
    rows = {cells[1].strip(): cells[4] for line in lines() if (cells := line.split("|"))[1].strip().startswith("F")}
    assert list(rows) == [f"F{number}" for number in range(1, FAILURES + 1)]
    for failure, tests in rows.items():
        mine = {name for name in TESTS if name.startswith(f"test_{failure.lower()}_")}
        assert mine, f"{failure} has no test of its own"
        for count in re.findall(r"_…` \((\w+)", tests):
            assert COUNTS[count] == len(mine), f"{failure}: {count}, but there are {len(mine)}"
