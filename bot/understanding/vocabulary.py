"""Words that are known, and what words that are not known may stand for.

A token in no word list gets *options*: known words one slip away (optimal string alignment: a
letter left out, added, changed or swapped with its neighbour), two for long words, then words that
sound the same, then two words written as one. The best option is how the word is read; the others
may complete a phrase as well, so that a doubtful spelling raises a level rather than losing a
danger sign. Real words have no options: "never" cannot turn into "fever".

The common words and their frequency come from the dictionary that symspellpy ships.
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import resources
from zlib import crc32

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.content.words import words_of

KNOWN_FROM = {1: 0, 2: 0, 3: 5_000_000, 4: 1_500_000, 5: 400_000}
"""Frequency from which an English word of so many letters counts as known; short rare words are
nearly always slips of the thumb."""
RARE_BELOW = {3: 30_000_000, 4: 6_000_000}
"""A real word so short and so rare ("ale", "cal") stays what it is, and may also be a slip of
another one ("able", "calf")."""
KNOWN_FROM_LONG = 100_000
"""The same for longer words; below it stand many misspellings."""
TARGET_FROM = 4_000_000
"""Frequency from which an English word outside the knowledge is a target of repair."""
OWN_FLOOR = 6.5
"""Least weight (log10 of a frequency) of a word of the knowledge: it is the likelier reading."""
MAX_OPTIONS = 6
"""Most readings kept for one word."""
MAX_REPAIRS = 200
"""Words repaired in one message; more of them is no English."""
SLACK = 3.5
"""Options whose weight (log10) is so much below the best are dropped."""

Options = tuple[tuple[str, ...], ...]
"""What a token may stand for, the best first; each is one word or several."""

_STRETCHED = re.compile(r"(.)\1{2,}")
_NEIGHBOURS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CONTRACTIONS = frozenset(
    "cant dont wont isnt arent wasnt werent hasnt havent hadnt didnt doesnt couldnt shouldnt "
    "wouldnt mustnt neednt aint".split()
)
_SHORT = frozenset("i a im ive dont its cant u n my the of to in on and is it".split())


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


class Vocabulary:
    """Knows words, and gives the options of others."""

    def __init__(
        self,
        own: Iterable[str],
        spelling: Mapping[str, str],
        keep: Iterable[str] = (),
        names: Iterable[str] = (),
    ) -> None:
        """``own`` are the words of the knowledge; ``names`` those of treatments, the likeliest."""
        self._own = frozenset(own)
        self._names = frozenset(names)
        self._spelling = {words_of(k)[0]: words_of(v) for k, v in spelling.items()}
        counts = common_words()
        english = {w for w, n in counts.items() if n >= KNOWN_FROM.get(len(w), KNOWN_FROM_LONG)}
        kept = frozenset(keep)
        self._known = _Known(self._own, (english | kept) - self._own)
        self._like_contractions = frozenset(w for w in counts if w.endswith("nt"))
        targets = {w for w in self._own if len(w) >= 3 and w.isalpha()}
        targets |= {w for w, n in counts.items() if n >= TARGET_FROM and len(w) >= 3}
        targets |= {w for w in self._spelling if len(w) >= 4}
        self._targets = sorted(targets)
        self._everyday = _Known(self._own, targets - self._own)
        self._weights = array("d", map(self._weight, self._targets))
        numbered = list(enumerate(self._targets))
        self._by_letters_left = _Filed((key, n) for n, word in numbered for key in _shorter(word))
        self._by_sound = _Filed((sound(word), n) for n, word in numbered if len(word) >= 5)
        self._long = _Filed(
            (f"{part}{length}", n)
            for n, word in numbered
            if len(word) >= 7
            for length in range(len(word) - 2, len(word) + 3)
            for part in (word[0], word[-2:])
        )
        foreign = english - self._own - kept
        self._rare = {w for w in foreign if counts[w] < RARE_BELOW.get(len(w), 0)}
        self._options = lru_cache(4096)(self._find_options)

    @property
    def own(self) -> frozenset[str]:
        """The words of the knowledge."""
        return self._own

    def knows(self, word: str) -> bool:
        """Whether the word stands in a word list, or is a regular form of one that does."""
        return word in self._known or _is_form(word, self._known)

    def unheard(self, word: str) -> bool:
        """Whether neither the knowledge nor everyday English has the word, and no repair reads it.

        Rare English words that the knowledge lacks are unheard of as well ("knuckle").
        """
        if self.options(word)[0] != (word,):
            return False
        return not (word in self._everyday or _is_form(word, self._everyday))

    def repair(self, word: str) -> tuple[str, ...]:
        """The known word or words that a word is read as; the word itself if there are none."""
        return self.options(word)[0]

    def options(self, word: str, *, contracted: bool = False) -> Options:
        """All readings of a word, the best first. A known word has one: itself.

        ``contracted`` says that it was typed with an apostrophe: "an't" is no ant.
        """
        if contracted and word in self._like_contractions:
            slips = [w for w in self._near(word) if w in _CONTRACTIONS]
            if slips and word not in _CONTRACTIONS:
                return tuple((w,) for w in slips)
        if word in self._spelling:
            return (self._spelling[word],)
        if word in self._rare:
            return self._options(word)
        if word in self._known or not word[0].isalpha() or len(word) > 30 or not word.isascii():
            return ((word,),)
        return self._options(word)

    def _find_options(self, word: str) -> Options:
        if word in self._rare:
            near = self._near(word)
            own = sorted((w for w in near if w in self._own), key=lambda w: (-near[w], w))
            return ((word,), *((w,) for w in own[: MAX_OPTIONS - 1]))
        if _is_form(word, self._known):
            return ((word,),)
        squeezed = self._squeeze(word)
        if squeezed != word:
            if squeezed in self._spelling:
                return (self._spelling[squeezed],)
            if squeezed in self._known:
                return ((squeezed,),)
        scored = self._near(squeezed) or self._two_slips(squeezed) or self._same_sound(squeezed)
        if not scored:
            joined = self._unjoin(squeezed)
            return (joined or (word,),)
        ranked = sorted(scored, key=lambda w: (-scored[w], w))
        best = scored[ranked[0]]
        others = [
            w
            for w in ranked[1:]
            if (w in self._own or w in self._spelling) and scored[w] >= best - SLACK
        ]
        return tuple(self._spelling.get(w, (w,)) for w in (ranked[0], *others[: MAX_OPTIONS - 1]))

    def _squeeze(self, word: str) -> str:
        """``swollennnn`` and ``heeelp`` without the stretched letters."""
        if not _STRETCHED.search(word):
            return word
        double = _STRETCHED.sub(r"\1\1", word)
        return double if double in self._known else _STRETCHED.sub(r"\1", word)

    def _near(self, word: str) -> dict[str, float]:
        """Words one slip away with their weight."""
        length = len(word)
        if length < 3:
            return {}
        found: dict[str, float] = {}
        for shorter in _shorter(word):
            for number in self._by_letters_left[shorter]:
                target = self._targets[number]
                if target in found or (length == 3 and len(target) != 4):
                    continue
                if OSA.distance(word, target, score_cutoff=1) <= 1:
                    found[target] = self._weights[number] - _unlikely(word, target)
        return found

    def _two_slips(self, word: str) -> dict[str, float]:
        length = len(word)
        if length < 8:
            return {}
        found: dict[str, float] = {}
        for part in (word[0], word[-2:]):
            choices = {n: self._targets[n] for n in self._long[f"{part}{length}"]}
            for target, _, number in process.extract(
                word, choices, scorer=OSA.distance, score_cutoff=2, limit=8
            ):
                found[target] = self._weights[number]
            if found:
                break
        return found

    def _same_sound(self, word: str) -> dict[str, float]:
        if len(word) < 5:
            return {}
        key = sound(word)
        found: dict[str, float] = {}
        for number in self._by_sound[key]:
            target = self._targets[number]
            if target in self._own and abs(len(target) - len(word)) <= 3 and sound(target) == key:
                found[target] = self._weights[number]
        return found

    def _weight(self, word: str) -> float:
        if word in self._names:
            return max(8.0, math.log10(frequency(word)))
        if word in self._spelling:
            return OWN_FLOOR - 0.5
        weight = math.log10(frequency(word))
        return max(OWN_FLOOR, weight + 0.5) if word in self._own else weight

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


class _Known:
    """A set of words, of which the words of the knowledge are kept as they are, and tens of
    thousands of others as checksums of 64 bits: as strings they would take 8 MiB more.
    """

    __slots__ = ("_others", "_own")

    def __init__(self, own: frozenset[str], others: Iterable[str]) -> None:
        self._own = own
        self._others = array("Q", sorted(map(_sum, others)))

    def __contains__(self, word: object) -> bool:
        if word in self._own:
            return True
        wanted = _sum(str(word))
        spot = bisect_left(self._others, wanted)
        return spot < len(self._others) and self._others[spot] == wanted


def _sum(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())


class _Filed:
    """Numbers under keys, in two flat arrays: a table of lists would take fifteen times as much.

    Keys are kept as their checksums, so now and then one brings up a number of another key.
    """

    __slots__ = ("_keys", "_numbers")

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        filed = sorted({(crc32(key.encode()), number) for key, number in pairs})
        self._keys = array("I", (key for key, _ in filed))
        self._numbers = array("I", (number for _, number in filed))

    def __getitem__(self, key: str) -> array[int]:
        wanted = crc32(key.encode())
        first = bisect_left(self._keys, wanted)
        return self._numbers[first : bisect_right(self._keys, wanted, first)]


def _shorter(word: str) -> Iterator[str]:
    """The word, and the word with each one letter left out."""
    yield word
    for spot in range(len(word)):
        yield word[:spot] + word[spot + 1 :]


def _is_form(word: str, known: Container[str]) -> bool:
    """``limps`` is a form of "limp"."""
    if len(word) < 5 or word[-1] not in "sdg":
        return False
    if word.endswith("s") and word[-2] != "s" and word[:-1] in known:
        return True
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            if len(stem) >= 4 and (stem in known or stem + "e" in known):
                return True
    return False


def _unlikely(typed: str, meant: str) -> float:
    """How unlikely a slip is, in powers of ten; swapped and doubled letters are common."""
    cost = 0.8 if typed[0] != meant[0] else 0.0
    if len(typed) < len(meant):
        return cost + 0.2
    if len(typed) > len(meant):
        spot = next(
            (i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), len(meant)
        )
        doubled = spot > 0 and typed[spot] == typed[spot - 1]
        return cost + (0.0 if doubled else 1.0)
    wrong = [(a, b) for a, b in zip(typed, meant, strict=True) if a != b]
    if len(wrong) == 2:
        return cost
    a, b = wrong[0] if wrong else ("", "")
    if _adjacent(a, b):
        return cost + 0.3
    return cost + (0.6 if a in "aeiouy" and b in "aeiouy" else 1.2)


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


_SOUNDS = (
    (re.compile(r"^(kn|gn|pn)"), "n"),
    (re.compile(r"^wr"), "r"),
    (re.compile(r"^(ps|sc(?=[eiy]))"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"tch"), "ch"),
    (re.compile(r"(gh(?=t)|gh$|(?<=m)b$|h$|(?<=[^aeiou])h(?=[aeiouy]))"), ""),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"(ck|cc|c|q)"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"dge|g(?=[eiy])"), "j"),
    (re.compile(r"w(?=[^aeiouy]|$)"), ""),
    (re.compile(r"[aeiouy]+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=.)a(?=s?$)"), ""),
)


@lru_cache(20_000)
def sound(word: str) -> str:
    """A rough key of how a word sounds: words with one key are said much alike.

    >>> sound("stumak") == sound("stomach")
    True
    """
    for pattern, by in _SOUNDS:
        word = pattern.sub(by, word)
    return word
