"""What an operator can mend."""


class NeedsRemedy(Exception):
    """Something outside the program is wrong; the text says what, and what to do."""
