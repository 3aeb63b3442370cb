"""Words that are known, and the repair of words that are not.

A token that is in no word list is repaired to the nearest known word by optimal string alignment
distance (insertions, deletions, substitutions and swaps of neighbours count 1): up to three
letters never, four to eight letters one edit, longer ones two. Words of the knowledge are
preferred to common English ones. Real words are never changed, so that "never" cannot turn into
"fever". The common words and their frequency come from the dictionary that symspellpy ships.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.content.words import words_of

KNOWN_FROM = 100_000
"""Frequency from which an English word counts as known; below it stand many misspellings."""
TARGET_FROM = 4_000_000
"""Frequency from which an English word outside the knowledge is a target of repair."""
MAX_REPAIRS = 200
"""Different unknown words repaired in one message; more of them is no English."""

_STRETCHED = re.compile(r"(.)\1{2,}")
_NEIGHBOURS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@cache
def common_words() -> Mapping[str, int]:
    """Common English words with how often each was counted."""
    path = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    table = {}
    for line in path.read_text("utf-8-sig").splitlines():
        word, _, count = line.partition(" ")
        if count:
            table[word] = int(count)
    return table


def frequency(word: str) -> float:
    """How often a word is used; words that are not in the list count as rare."""
    return common_words().get(word, 1_000_000 if word in _SHORT else 1_000)


_SHORT = frozenset("i a im ive dont its cant u n my the of to in on and is it".split())


class Vocabulary:
    """Knows words and repairs others."""

    def __init__(
        self, own: Iterable[str], spelling: Mapping[str, str], keep: Iterable[str] = ()
    ) -> None:
        self._own = frozenset(own)
        self._spelling = {words_of(k)[0]: words_of(v) for k, v in spelling.items()}
        counts = common_words()
        self._known = (
            self._own | {w for w, n in counts.items() if n >= KNOWN_FROM} | frozenset(keep)
        )
        targets = {w for w in self._own if len(w) >= 4 and w.isalpha()}
        targets |= {w for w, n in counts.items() if n >= TARGET_FROM and len(w) >= 4}
        self._by_first: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._by_tail: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(targets):
            for length in (len(word) - 2, len(word) - 1, len(word), len(word) + 1, len(word) + 2):
                edits = 1 if length <= 8 else 2
                if abs(length - len(word)) <= edits:
                    self._by_first[word[0], length].append(word)
                    self._by_tail[word[-2:], length].append(word)

    def knows(self, word: str) -> bool:
        """Whether the word stands in a word list."""
        return word in self._known

    def repair(self, word: str) -> tuple[str, ...]:
        """The known word or words that an unknown word most likely stands for, else the word."""
        if word in self._spelling:
            return self._spelling[word]
        if word in self._known or not word[0].isalpha():
            return (word,)
        if len(word) > 30:
            return (word,)
        squeezed = self._squeeze(word)
        if squeezed != word:
            if squeezed in self._spelling:
                return self._spelling[squeezed]
            if squeezed in self._known:
                return (squeezed,)
        best = self._nearest(squeezed)
        if best is not None:
            return (best,)
        joined = self._unjoin(squeezed)
        return joined or (word,)

    def _squeeze(self, word: str) -> str:
        """``swollennnn`` and ``heeelp`` without the stretched letters."""
        if not _STRETCHED.search(word):
            return word
        double = _STRETCHED.sub(r"\1\1", word)
        return double if double in self._known else _STRETCHED.sub(r"\1", word)

    def _nearest(self, word: str) -> str | None:
        length = len(word)
        if length < 4 or not word.isascii():
            return None
        edits = 1 if length <= 8 else 2
        for table, key in ((self._by_first, word[0]), (self._by_tail, word[-2:])):
            choices = table.get((key, length))
            if not choices:
                continue
            found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=8)
            if found:
                return str(min(found, key=lambda item: self._cost(word, *item[:2]))[0])
        return None

    def _cost(self, word: str, target: str, distance: float) -> tuple[float, ...]:
        """Least first: few edits, a word of the knowledge, a likely slip, a frequent word."""
        own = 0.0 if target in self._own else 0.6
        swapped = sorted(word) == sorted(target)
        near = len(word) == len(target) and all(
            a == b or _adjacent(a, b) for a, b in zip(word, target, strict=True)
        )
        slip = 0.0 if swapped or near or len(word) != len(target) else 0.3
        return (distance + own + slip, -frequency(target))

    def _unjoin(self, word: str) -> tuple[str, ...]:
        """``cantbreathe`` as its two known words."""
        best: tuple[int, tuple[str, ...]] = (0, ())
        if len(word) < 6:
            return ()
        for cut in range(2, len(word) - 1):
            left, right = word[:cut], word[cut:]
            if left in self._known and right in self._known:
                score = (left in self._own) + (right in self._own)
                if score == 2 and min(len(left), len(right)) >= 3:
                    score += min(len(left), len(right))
                    if score > best[0]:
                        best = (score, (left, right))
        return best[1]


@cache
def _adjacent(a: str, b: str) -> bool:
    for number, row in enumerate(_NEIGHBOURS):
        if a in row:
            spot = row.index(a)
            near = row[max(0, spot - 1) : spot + 2]
            for other in _NEIGHBOURS[max(0, number - 1) : number + 2]:
                near += other[max(0, spot - 1) : spot + 2]
            return b in near
    return False
