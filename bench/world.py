"""What a benchmark's callers and engineers do, and what its carrier tells of it afterwards: plain values."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Caller:
    """Somebody who dials `to` (E.164), `at` seconds after the start.

    `keys` are pressed one for each question, when `listens` seconds of it were heard; then `speaks` seconds are
    recorded. Nobody on the line after `stays` seconds on hold: the caller hangs up.
    """

    number: str
    to: str
    keys: tuple[str, ...]
    at: float = 0.0
    listens: float = 3.0
    speaks: float = 4.0
    stays: float = 30.0


@dataclass(frozen=True)
class Engineers:
    """How every rung phone behaves: rings so long, listens, presses `keys`, and talks. Seconds.

    Those that are `busy` (E.164) are so at once. With `leaves` the others hang up once their key was answered.
    """

    rings: float = 3.0
    listens: float = 2.0
    keys: tuple[str, ...] = ("1",)
    talks: float = 5.0
    leaves: bool = False
    busy: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """One webhook: the step it asked for, when (monotonic seconds), how long the answer took, and its status."""

    step: str
    at: float
    took: float
    status: int


@dataclass
class Heard:
    """What became of one caller. Instants are monotonic seconds; 0 for what never happened."""

    number: str
    leg: str
    ticket: int = 0
    key_at: float = 0.0
    holds: int = 0
    met: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class Rung:
    """One phone that the service rang by the REST API: for which attempt, and when (monotonic seconds)."""

    to: str
    attempt: str
    at: float

    @property
    def ticket(self) -> int:
        """The ticket that it was rung for."""
        return int(self.attempt.split("-")[0] or 0)


@dataclass
class Report:
    """Everything that happened on the line. `cpu` are the seconds that the carrier's process itself took."""

    asked: list[Asked] = field(default_factory=list)
    callers: list[Heard] = field(default_factory=list)
    rung: list[Rung] = field(default_factory=list)
    texts: int = 0
    cpu: float = 0.0
