"""Finding the engineer whom a calendar or a table means: by key, name or e-mail address."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from routing.people import Engineer


class NotFound(Exception):
    """Nobody is meant, or more than one; the text says which, and what to write instead."""


def engineer_in(texts: Iterable[str], engineers: Mapping[str, Engineer]) -> Engineer:
    """The one engineer whom the first of these texts names that names any. Raises NotFound.

    A text that is nothing but a key, a name or an address wins over one that has it among other words.
    """
    written = [text.strip() for text in texts if text.strip()]
    people = list(engineers.values())
    for ways in (_whole, _name_inside, _key_inside):
        for text in written:
            found = [person for person in people if ways(person, _plain(text))]
            if len(found) > 1:
                names = " or ".join(person.key for person in found)
                raise NotFound(f'"{_short(text)}" may be {names}. Write the key of the one you mean.')
            if found:
                return found[0]
    if not written:
        raise NotFound("names nobody. Write the key, the name or the e-mail address of an engineer.")
    raise NotFound(f'"{_short(written[0])}" names no engineer.{_remedy(written[0], people)}')


def _whole(person: Engineer, text: str) -> bool:
    return text in set(_names(person))


def _name_inside(person: Engineer, text: str) -> bool:
    return any(_has_words(text, name) for name in (_plain(person.name), _plain(person.email)) if name)


def _key_inside(person: Engineer, text: str) -> bool:
    return _has_words(text, _plain(person.key))


def _names(person: Engineer) -> Iterator[str]:
    yield from (_plain(name) for name in (person.key, person.name, person.email) if name)


def _plain(text: str) -> str:
    """For comparing: no case, single spaces."""
    return " ".join(text.split()).casefold()


def _has_words(text: str, words: str) -> bool:
    return re.search(rf"(?<![\w@.+-]){re.escape(words)}(?![\w@+-])", text) is not None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _remedy(text: str, people: list[Engineer]) -> str:
    names = {name: person for person in people for name in _names(person)}
    close = difflib.get_close_matches(_plain(text), list(names), n=1)
    if close:
        return f' Did you mean "{names[close[0]].name}" ({names[close[0]].key})?'
    known = ", ".join(sorted(person.key for person in people)[:12])
    return f" Write a key, a name or an e-mail address. Keys are: {known}."
