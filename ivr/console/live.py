"""Parts of a page that ask for news by themselves: what tells whether a page still shows the same."""

import hashlib

from flask import request


def digest(*parts: str) -> str:
    """A short name for what is shown."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def is_seen(*parts: str) -> bool:
    """Whether the page that asks shows this already: it is then answered with nothing, and stays as it is."""
    return request.args.get("seen") == digest(*parts)
