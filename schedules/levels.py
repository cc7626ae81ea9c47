"""Levels: who stands where in an escalation policy over time, by the schedules of the rotas that it names."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from schedules.rota import Stretch


@dataclass(frozen=True)
class Post:
    """One place of a policy: level (1 is the first), who stands there, and the rota that put them there, if one did.

    In a ladder `who` is an engineer's key or a duty phone's number, empty where the rota says it.
    """

    level: int
    who: str = ""
    rota: str = ""
    is_phone: bool = False


@dataclass(frozen=True)
class Ladder:
    """An escalation policy as far as it says whom it rings: its key, its name, and its targets as posts."""

    key: str
    name: str
    posts: tuple[Post, ...]


Schedules = Mapping[str, tuple[Stretch, ...]]


def posts_over(
    ladder: Ladder, schedules: Schedules, starts_at: datetime, ends_at: datetime
) -> Iterator[tuple[datetime, datetime, tuple[Post, ...]]]:
    """The range (UTC) cut where anybody of the policy changes, with everybody who stands there.

    `schedules` are the final schedules of the rotas over that range, by key. A rota that is not there has nobody.
    """
    named = {post.rota: schedules[post.rota] for post in ladder.posts if post.rota in schedules}
    begins = {key: [part.starts_at for part in schedule] for key, schedule in named.items()}
    borders = {starts_at, ends_at, *(at for starts in begins.values() for at in starts)}
    for since, until in pairwise(sorted(borders)):
        on_call = {key: named[key][bisect_right(starts, since) - 1].on_call for key, starts in begins.items()}
        yield since, until, tuple(_people(ladder, on_call))


def _people(ladder: Ladder, on_call: Mapping[str, tuple[str, ...]]) -> Iterator[Post]:
    for post in ladder.posts:
        if post.rota:
            yield from (Post(post.level, who, post.rota) for who in on_call.get(post.rota, ()))
        else:
            yield post
