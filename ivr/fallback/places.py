"""Places for fallback documents: what each must be able to do, and what is said when it cannot."""

from typing import Protocol

S3 = "s3://"
"""What the address of a bucket begins with; anything else is a folder."""


class NotPublished(Exception):
    """A document could not be written; the text says where, why, and what to do."""


class Place(Protocol):
    """A place for files. Each method raises NotPublished, and can be done twice."""

    def write(self, name: str, text: str) -> None:
        """Put a whole file there at once: whoever reads meanwhile gets the old one or the new one."""

    def names(self) -> list[str]:
        """The names of the files there."""

    def remove(self, name: str) -> None:
        """Take a file away."""
