"""The one way in which text becomes words, for messages and for the knowledge alike.

Lower case, one kind of apostrophe and then none ("can't" is ``cant``), no accents on Latin
letters, every word and number a token of its own. Offsets always lead back to the original text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:['’`´ʼ][^\W\d_]+)*|[^\w\s]|_",
)
_APOSTROPHES = str.maketrans("", "", "'’`´ʼ")
_LATIN_LIMIT = 0x250
_WRITTEN_OUT = {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"}
"""Letters that are no letter with an accent, as people type them who do not have them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, number or mark of a text."""

    form: str
    """Lower case, without apostrophes and accents."""
    start: int
    """Offset of the first character in the original text."""
    end: int
    """Offset after the last character."""


@lru_cache(8192)
def fold(text: str) -> str:
    """One word in the form in which words are compared."""
    low = text.lower().translate(_APOSTROPHES)
    if low.isascii():
        return low
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", low):
        if unicodedata.combining(char) and kept and ord(kept[-1]) < _LATIN_LIMIT:
            continue
        kept.append(_WRITTEN_OUT.get(char, char))
    return unicodedata.normalize("NFC", "".join(kept))


def split(text: str) -> list[Word]:
    """All words, numbers and marks of ``text`` in order."""
    if text.isascii():
        low = text.lower()
        return [
            Word(m.group().replace("'", "").replace("`", "") or m.group(), m.start(), m.end())
            for m in _TOKEN.finditer(low)
        ]
    return [Word(fold(m.group()) or m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


@lru_cache(8192)
def is_word(form: str) -> bool:
    """Whether a token is a word, a number or an emoji, not a mark or a joiner."""
    first = form[0]
    return first.isalnum() or (first >= "\u2190" and unicodedata.category(first) == "So")


def words_of(text: str) -> tuple[str, ...]:
    """The forms of the words of ``text``, marks left out."""
    return tuple(word.form for word in split(text) if is_word(word.form))
