"""The register of steps: a step's name is the place in the URL."""

from collections.abc import Callable
from typing import Any, TypeVar

Step = TypeVar("Step", bound=Callable[..., Any])

CALLER_STEPS: dict[str, Callable[..., Any]] = {}
ENGINEER_STEPS: dict[str, Callable[..., Any]] = {}
CHECK_STEPS: dict[str, Callable[..., Any]] = {}
AFTER_VERDICT: set[str] = set()


def caller_step(function: Step) -> Step:
    """A step of the caller's script."""
    CALLER_STEPS[function.__name__] = function
    return function


def waiting_step(function: Step) -> Step:
    """A step of a caller whose ticket pages: an engineer who came on the line goes before it."""
    AFTER_VERDICT.add(function.__name__)
    return caller_step(function)


def engineer_step(function: Step) -> Step:
    """A step on the leg of somebody who is rung."""
    ENGINEER_STEPS[function.__name__] = function
    return function


def check_step(function: Step) -> Step:
    """A step on the leg on which a phone is checked."""
    CHECK_STEPS[function.__name__] = function
    return function
