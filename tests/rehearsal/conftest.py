"""A bench that is closed at the end of each test."""

from collections.abc import Callable, Iterator

import pytest

from tests.rehearsal.bench import Bench


@pytest.fixture
def bench() -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(documents: dict[str, str | int], pace: float = 100) -> Bench:
        made.append(Bench(documents, pace))
        return made[-1]

    yield make
    for one in made:
        one.carrier.close()
