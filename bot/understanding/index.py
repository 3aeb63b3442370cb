"""Finds every phrase of the knowledge in a row of words, in time that follows the words.

All phrases are compiled into one index. A word stands for *symbols* (itself, and every class or
choice that holds it). A phrase is looked at only if its rarest symbol stands in the message, and
is then matched bit by bit: a whole number holds one bit for each place of the message, so one
shift and one AND move every possible beginning of the phrase over one part at once. Gaps are
smeared bits. The cost neither grows with the number of phrases that do not apply nor with
repetition in the text.

An index is a few flat arrays of numbers, led into by one table of words: as tuples and sets of
strings the same would take 50 MiB instead of 6, and four times as long to read from the disk.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from bot.content.patterns import MAX_GAP, ClassRef, Member, Pattern, parse

T = TypeVar("T")
Words = tuple[str, ...]

BREAK = MAX_GAP + 2
"""Places left free between clauses, so that no gap reaches across."""
WIDER = 4
"""So many more words between the parts of a phrase still count as nearly."""
MAX_HITS = 24
"""Most places at which one phrase is reported in one message; more adds nothing."""


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A phrase found in a message."""

    payload: T
    first: int
    """Index of the first word."""
    last: int
    """Index of the last word."""
    covered: frozenset[int]
    """Indexes of the words that the phrase names; the others lie in its gaps."""

    def overlaps(self, other: Hit[T]) -> bool:
        """Whether both share a place."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Near(Generic[T]):
    """A phrase that almost stands in a message."""

    hit: Hit[T]
    stands_in: int | None = None
    """Number of the word at whose place another is wanted; None: all words are there, but a mark
    or too many words stand between them."""
    wanted: tuple[str, ...] = ()
    """Single words that the phrase wants there, the most usual first."""


_Parts = list[tuple[int, bool, int]]
"""One order of a phrase: (symbol, optional, gap) for each part."""

_Mask = tuple[tuple[int, int], ...]
"""(number of words, places where they begin) for each length, the longest first."""
_OPTIONAL = 0x80
"""Beside the gap of a part: it may be left out."""


class _Lists:
    """Lists of numbers, one after the other in one array."""

    __slots__ = ("numbers", "starts")

    def __init__(self, lists: Iterable[Iterable[int]]) -> None:
        self.numbers = array("I")
        self.starts = array("I", (0,))
        """Where each list begins, and where the last one ends."""
        for one in lists:
            self.numbers.extend(one)
            self.starts.append(len(self.numbers))

    def __getitem__(self, number: int) -> array[int]:
        return self.numbers[self.starts[number] : self.starts[number + 1]]


class PhraseIndex(Generic[T]):
    """``find`` is a pure function. Made by ``IndexBuilder``."""

    def __init__(
        self,
        payloads: Sequence[T],
        rows: Sequence[_Parts],
        required: Iterable[Iterable[int]],
        symbols_of: Mapping[Words, Iterable[int]],
        rows_of: Mapping[str, Iterable[int]],
        frequency: Callable[[str], float],
    ) -> None:
        """The rows by number; the symbols that words, alone or in a row, stand for; the rows that
        a word leads to; and how usual a word is."""
        self._payloads = payloads
        self._parts = _Lists([symbol for symbol, _, _ in row] for row in rows)
        self._gaps = _Lists(
            [gap | (_OPTIONAL if optional else 0) for _, optional, gap in row] for row in rows
        )
        self._required = _Lists(required)
        known = sorted({word for words in symbols_of for word in words} | rows_of.keys())
        self._words = {word: number for number, word in enumerate(known)}
        self._usual = array("f", map(frequency, known))
        self._rows_of = _Lists(rows_of.get(word, ()) for word in known)
        self._symbols_of = _Lists(symbols_of.get((word,), ()) for word in known)
        words_of: dict[int, list[int]] = defaultdict(list)
        for words, symbols in symbols_of.items():
            if len(words) == 1:
                for symbol in symbols:
                    words_of[symbol].append(self._words[words[0]])
        count = 1 + max(
            (symbol for symbols in symbols_of.values() for symbol in symbols), default=0
        )
        self._words_of = _Lists(sorted(words_of.get(symbol, ())) for symbol in range(count))
        longer = sorted(words for words in symbols_of if len(words) > 1)
        self._pairs = array("Q", (self._pair(self._words[w[0]], self._words[w[1]]) for w in longer))
        self._rests = _Lists(map(self._words.__getitem__, words[2:]) for words in longer)
        self._symbols_of_longer = _Lists(symbols_of[words] for words in longer)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands in any phrase."""
        return frozenset(self._words)

    def __len__(self) -> int:
        return len(self._payloads)

    def find(
        self,
        words: Sequence[str],
        places: Sequence[int],
        others: Mapping[int, Sequence[str]] | None = None,
    ) -> list[Hit[T]]:
        """All phrases in ``words``.

        ``places`` gives each word its place: neighbours are one apart, a comma leaves a place
        free, the end of a clause leaves ``BREAK`` places. ``others`` holds, by the number of a
        word, more words that may stand in its place.
        """
        spots: dict[int, list[int]] = {}
        bits: dict[int, int] = {}
        for number, (word, place) in enumerate(zip(words, places, strict=True)):
            for each in (word, *others.get(number, ())) if others else (word,):
                known = self._words.get(each)
                if known is not None:
                    bits[known] = bits.get(known, 0) | (1 << place)
                    spots.setdefault(place, []).append(known)
        rows: set[int] = set()
        for known in bits:
            rows.update(self._rows_of[known])
        if not rows:
            return []
        longer = self._longer(spots, bits)
        here = set(longer)
        for known in bits:
            here.update(self._symbols_of[known])
        masks: dict[int, _Mask] = {}
        word_at = {place: number for number, place in enumerate(places)}
        needed, starts = self._required.numbers, self._required.starts
        hits: list[Hit[T]] = []
        for number in sorted(rows):
            if here.issuperset(needed[starts[number] : starts[number + 1]]):
                row = self._row(number)
                for symbol, _, _ in row:
                    if symbol not in masks:
                        masks[symbol] = self._mask(symbol, bits, longer)
                _match(row, masks, word_at, self._payloads[number], hits)
        return hits

    def nearly(
        self,
        words: Sequence[str],
        places: Sequence[int],
        free: Collection[int],
        wanted: Callable[[T], bool],
    ) -> list[Near[T]]:
        """Phrases that miss one word, for which a word of ``free`` would have to stand, or whose
        words all stand in their order but too far apart.

        It looks at every phrase, which takes some 30 ms: for explaining, not for answering.
        """
        strict = self._seen(words, places)
        loose = self._seen(words, range(len(words)))
        any_free = sum(1 << places[number] for number in free)
        at_place = {place: number for number, place in enumerate(places)}
        at_number = dict(enumerate(range(len(words))))
        masks: tuple[dict[int, _Mask], dict[int, _Mask]] = ({}, {})

        def mask(symbol: int, *, apart: bool = False) -> _Mask:
            known = masks[apart]
            if symbol not in known:
                known[symbol] = self._mask(symbol, *(loose if apart else strict))
            return known[symbol]

        found: list[Near[T]] = []
        for number, payload in enumerate(self._payloads):
            required = self._required[number]
            if len(required) < 2 or not wanted(payload):
                continue
            missing = [symbol for symbol in required if not mask(symbol)]
            if len(missing) > 1:
                continue
            row = self._row(number)
            parts = [symbol for symbol, _, _ in row]
            hits: list[Hit[T]] = []
            if missing:
                if not any_free or not self._words_of[missing[0]]:
                    continue
                replaced = {symbol: mask(symbol) for symbol in parts}
                replaced[missing[0]] = ((1, any_free),)
                _match(row, replaced, at_place, payload, hits)
                there = {
                    word
                    for symbol in parts
                    if symbol != missing[0]
                    for word in self._words_of[symbol]
                }
                for hit in hits:
                    spots = [
                        n
                        for n in sorted(hit.covered)
                        if n in free and self._words.get(words[n]) not in there
                    ]
                    if spots:
                        found.append(Near(hit, spots[-1], self._usual_words(missing[0])))
                        break
                continue
            _match(row, {symbol: mask(symbol) for symbol in parts}, at_place, payload, hits)
            if hits:
                continue
            wider = [(symbol, optional, gap + WIDER) for symbol, optional, gap in row]
            _match(wider, {s: mask(s, apart=True) for s in parts}, at_number, payload, hits)
            found.extend(Near(hit) for hit in hits[:1])
        return found

    def _usual_words(self, symbol: int) -> tuple[str, ...]:
        names = tuple(self._words)
        usual = sorted(self._words_of[symbol], key=self._usual.__getitem__, reverse=True)
        return tuple(names[number] for number in usual)

    def _seen(
        self,
        words: Sequence[str],
        places: Iterable[int],
    ) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
        """Where known words stand, and where symbols of several words begin."""
        spots: dict[int, list[int]] = {}
        bits: dict[int, int] = {}
        for word, place in zip(words, places, strict=True):
            known = self._words.get(word)
            if known is not None:
                bits[known] = bits.get(known, 0) | (1 << place)
                spots.setdefault(place, []).append(known)
        return bits, self._longer(spots, bits)

    def _row(self, number: int) -> _Parts:
        return [
            (symbol, gap >= _OPTIONAL, gap % _OPTIONAL)
            for symbol, gap in zip(self._parts[number], self._gaps[number], strict=True)
        ]

    def _longer(
        self, spots: Mapping[int, Sequence[int]], bits: Mapping[int, int]
    ) -> dict[int, dict[int, int]]:
        """Where the symbols begin that several words in a row stand for, by number of words.

        Such words are led into by their first two, so only neighbours in the message are tried.
        """
        found: dict[int, dict[int, int]] = {}
        pairs = {
            (first, second)
            for place, firsts in spots.items()
            for second in spots.get(place + 1, ())
            for first in firsts
        }
        total = len(self._pairs)
        for first, second in pairs:
            pair = self._pair(first, second)
            number = bisect_left(self._pairs, pair)
            while number < total and self._pairs[number] == pair:
                starts = bits[first] & bits[second] >> 1
                rest = self._rests[number]
                for offset, following in enumerate(rest, 2):
                    starts &= bits.get(following, 0) >> offset
                if starts:
                    for symbol in self._symbols_of_longer[number]:
                        lengths = found.setdefault(symbol, {})
                        lengths[len(rest) + 2] = lengths.get(len(rest) + 2, 0) | starts
                number += 1
        return found

    def _mask(
        self, symbol: int, bits: Mapping[int, int], longer: Mapping[int, Mapping[int, int]]
    ) -> _Mask:
        single = 0
        for word in bits.keys() & self._words_of[symbol]:
            single |= bits[word]
        lengths = longer.get(symbol)
        if lengths is None:
            return ((1, single),) if single else ()
        mask = sorted(lengths.items(), reverse=True)
        return (*mask, (1, single)) if single else tuple(mask)

    @staticmethod
    def _pair(first: int, second: int) -> int:
        return first << 32 | second


class IndexBuilder(Generic[T]):
    """Compiles phrases; ``build`` makes the index of them."""

    def __init__(
        self, classes: Mapping[str, Iterable[str]], frequency: Callable[[str], float]
    ) -> None:
        self._classes = classes
        self._frequency = frequency
        self._flat: dict[str, frozenset[Words]] = {}
        self._numbers: dict[frozenset[Words], int] = {}
        self._rows: list[_Parts] = []
        self._payloads: list[T] = []

    def add(self, phrase: str | Pattern, payload: T) -> None:
        """Add a phrase; what it means is ``payload``."""
        pattern = parse(phrase) if isinstance(phrase, str) else phrase
        for order in pattern.orders:
            parts = list(order)
            while parts[0].optional:
                parts.pop(0)
            self._rows.append(
                [
                    (self._symbol(part.members), part.optional, part.gap if number else 0)
                    for number, part in enumerate(parts)
                ]
            )
            self._payloads.append(payload)

    def build(self) -> PhraseIndex[T]:
        """The index of all phrases added."""
        members = list(self._numbers)
        weight = [sum(self._rarity(words) for words in group) for group in members]
        symbols_of: dict[Words, list[int]] = defaultdict(list)
        for number, group in enumerate(members):
            for words in group:
                symbols_of[words].append(number)
        required: list[list[int]] = []
        rows_of: dict[str, set[int]] = defaultdict(set)
        for number, row in enumerate(self._rows):
            symbols = dict.fromkeys(symbol for symbol, optional, _ in row if not optional)
            required.append(sorted(symbols, key=weight.__getitem__))
            for words in members[required[-1][0]]:
                rows_of[min(words, key=self._frequency)].add(number)
        return PhraseIndex(
            self._payloads,
            self._rows,
            required,
            symbols_of,
            {word: sorted(rows) for word, rows in rows_of.items()},
            self._frequency,
        )

    def _rarity(self, words: Words) -> float:
        return min(self._frequency(word) for word in words)

    def _symbol(self, members: tuple[Member, ...]) -> int:
        group: set[Words] = set()
        for member in members:
            group |= self._expand(member)
        return self._numbers.setdefault(frozenset(group), len(self._numbers))

    def _expand(self, member: Member) -> set[Words]:
        rows: set[Words] = {()}
        for item in member:
            if isinstance(item, ClassRef):
                rows = {row + words for row in rows for words in self._class(item.name)}
            else:
                rows = {(*row, item) for row in rows}
        return rows

    def _class(self, name: str) -> frozenset[Words]:
        if name not in self._flat:
            group: set[Words] = set()
            for text in self._classes[name]:
                for part_row in parse(text).orders:
                    rows: set[Words] = {()}
                    for part in part_row:
                        choices: set[Words] = {()} if part.optional else set()
                        for member in part.members:
                            choices |= self._expand(member)
                        rows = {row + choice for row in rows for choice in choices}
                    group |= rows
            self._flat[name] = frozenset(group)
        return self._flat[name]


@cache
def _spread(gap: int) -> tuple[int, ...]:
    """Shifts that smear a bit over ``gap`` places with few operations."""
    shifts, width = [], 1
    while width <= gap:
        step = min(width, gap + 1 - width)
        shifts.append(step)
        width += step
    return tuple(shifts)


def _match(
    row: _Parts,
    masks: Mapping[int, _Mask],
    word_at: Mapping[int, int],
    payload: T,
    hits: list[Hit[T]],
) -> None:
    trail: list[int] = []  # the possible starts of each part
    ends = 0
    for number, (symbol, optional, gap) in enumerate(row):
        starts = -1
        if number:
            starts = ends
            for shift in _spread(gap):
                starts |= starts << shift
        reached = 0
        for length, mask in masks[symbol]:
            reached |= (mask & starts) << length
        trail.append(starts)
        ends = reached | starts if optional else reached
        if not ends:
            return
    for _ in range(MAX_HITS):
        if not ends:
            return
        low = ends & -ends
        ends ^= low
        numbers = _trace(row, masks, trail, low.bit_length() - 1, word_at)
        if numbers:
            hits.append(Hit(payload, min(numbers), max(numbers), frozenset(numbers)))


def _trace(
    row: _Parts,
    masks: Mapping[int, _Mask],
    trail: list[int],
    end: int,
    word_at: Mapping[int, int],
) -> list[int]:
    """Walk back from an end to the words of the parts, the nearest ones first."""
    covered: list[int] = []
    place, reach = end, 0
    for number in range(len(row) - 1, -1, -1):
        symbol, optional, gap = row[number]
        starts = trail[number]
        found = None
        for back in range(reach + 1):
            for length, mask in masks[symbol]:
                start = place - back - length
                if start >= 0 and mask >> start & 1 and (starts < 0 or starts >> start & 1):
                    found = (start, length)
                    break
            if found:
                break
        if found is None:
            if not optional:
                return []
            reach += gap
            continue
        covered.extend(range(found[0], found[0] + found[1]))
        place, reach = found[0], gap
    return [word_at[spot] for spot in covered if spot in word_at]
