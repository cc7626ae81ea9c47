"""Plain text for documents: with a single sign that XML cannot hold, the carrier would refuse the whole answer."""

import re

UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0 (section 2.2): a name that was pasted from elsewhere may have it."""


def plain(text: str) -> str:
    """A text with a blank in the place of what a document cannot hold."""
    return UNWRITABLE.sub(" ", text)
