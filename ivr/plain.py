"""Plain text for documents and rows: with one sign that XML or a column cannot hold, the whole would be refused."""

import re

UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of XML 1.0 (section 2.2): a name that was pasted from elsewhere may have it."""


def plain(text: str) -> str:
    """A text with a blank in the place of what neither a document nor, such as NUL, a column can hold."""
    return UNWRITABLE.sub(" ", text)
