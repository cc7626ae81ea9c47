"""The guides of docs/deploy as what they are: commands to be typed."""

import re
from collections.abc import Iterator

from tests.deploy.units import ROOT

GUIDES = sorted((ROOT / "docs" / "deploy").glob("*.md"))
BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(
    r"(?:^|\s)(?:night|nightline|python -m ivr|docker compose run [^#]*migrate)((?: [a-z][\w\-]*)(?: [^#|;&<>]+)?)"
)


def blocks(guide: str) -> list[str]:
    """The blocks of commands of a guide, each as one text."""
    return [found.group(2) for found in BLOCK.finditer((ROOT / "docs" / "deploy" / guide).read_text())]


def typed(guide: str) -> Iterator[list[str]]:
    """The words after `nightline`, for each time that it is typed in a guide."""
    for block in blocks(guide):
        for line in block.replace("\\\n", " ").splitlines():
            for found in TYPED.finditer(line.partition("#")[0]):
                yield found.group(1).split()
