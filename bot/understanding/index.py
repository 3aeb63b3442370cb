"""Finds every phrase of the knowledge in a row of words, in time that follows the words.

All phrases are compiled into one index. A word stands for *symbols* (itself, and every class or
choice that holds it). A phrase is looked at only if its rarest symbol stands in the message, and
is then matched bit by bit: a whole number holds one bit for each place of the message, so one
shift and one AND move every possible beginning of the phrase over one part at once. Gaps are
smeared bits; where a symbol stands is worked out when the first phrase asks. The cost neither
grows with the number of phrases that do not apply nor with repetition in the text.
"""

from __future__ import annotations

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


@dataclass(slots=True)
class _Row(Generic[T]):
    """One order of a phrase: (symbol, optional, gap) for each part."""

    parts: tuple[tuple[int, bool, int], ...]
    required: tuple[int, ...]
    """Symbols that must be there, the rarest first."""
    payload: T


@dataclass(slots=True)
class _Symbol:
    """What may stand in one place of a phrase."""

    words: frozenset[str]
    """Single words."""
    groups: dict[str, tuple[Words, ...]]
    """Several words in a row, by the first."""
    firsts: frozenset[str]
    """First words of the groups."""


_Mask = tuple[tuple[int, int], ...]
"""(number of words, places where they begin) for each length; empty if a symbol is not there."""


class PhraseIndex(Generic[T]):
    """Compiles phrases once; ``find`` is then a pure function."""

    def __init__(
        self, classes: Mapping[str, Iterable[str]], frequency: Callable[[str], float]
    ) -> None:
        self._classes = classes
        self._frequency = frequency
        self._flat: dict[str, frozenset[Words]] = {}
        self._numbers: dict[frozenset[Words], int] = {}
        self._rows: list[_Row[T]] = []
        self._symbols: list[_Symbol] = []
        self._by_word: dict[str, tuple[int, ...]] = {}

    # -- compiling ----------------------------------------------------------------------

    def add(self, phrase: str | Pattern, payload: T) -> None:
        """Add a phrase; what it means is ``payload``."""
        pattern = parse(phrase) if isinstance(phrase, str) else phrase
        for order in pattern.orders:
            parts = list(order)
            while parts[0].optional:
                parts.pop(0)
            row = tuple(
                (self._symbol(part.members), part.optional, part.gap if number else 0)
                for number, part in enumerate(parts)
            )
            required = tuple(dict.fromkeys(symbol for symbol, optional, _ in row if not optional))
            self._rows.append(_Row(row, required, payload))

    def freeze(self) -> None:
        """Build the index after the last ``add``."""
        groups = list(self._numbers)
        weight = [sum(self._rarity(words) for words in group) for group in groups]
        self._symbols = []
        for group in groups:
            longer: dict[str, list[Words]] = defaultdict(list)
            for words in group:
                if len(words) > 1:
                    longer[words[0]].append(words)
            self._symbols.append(
                _Symbol(
                    frozenset(words[0] for words in group if len(words) == 1),
                    {first: tuple(sorted(rest)) for first, rest in longer.items()},
                    frozenset(longer),
                )
            )
        by_word: dict[str, set[int]] = defaultdict(set)
        for number, row in enumerate(self._rows):
            row.required = tuple(sorted(row.required, key=weight.__getitem__))
            for words in groups[row.required[0]]:
                by_word[min(words, key=self._frequency)].add(number)
        self._by_word = {word: tuple(sorted(rows)) for word, rows in by_word.items()}

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands in any phrase."""
        return frozenset(word for group in self._numbers for words in group for word in words)

    def __len__(self) -> int:
        return len(self._rows)

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

    # -- finding ------------------------------------------------------------------------

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
        bits = _bits(words, places)
        for number, more in (others or {}).items():
            for word in more:
                bits[word] = bits.get(word, 0) | (1 << places[number])
        present = frozenset(bits)
        rows = {row for word in present for row in self._by_word.get(word, ())}
        word_at = {place: number for number, place in enumerate(places)}
        masks: dict[int, _Mask] = {}
        hits: list[Hit[T]] = []
        for number in sorted(rows):
            row = self._rows[number]
            for symbol in row.required:
                mask = masks.get(symbol)
                if mask is None:
                    mask = masks[symbol] = _mask(self._symbols[symbol], bits, present)
                if not mask:
                    break
            else:
                for symbol, optional, _ in row.parts:
                    if optional and symbol not in masks:
                        masks[symbol] = _mask(self._symbols[symbol], bits, present)
                _match(row, masks, word_at, hits)
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
        strict = _bits(words, places)
        loose = _bits(words, range(len(words)))
        any_free = sum(1 << places[number] for number in free)
        present = frozenset(strict)
        at_place = {place: number for number, place in enumerate(places)}
        at_number = dict(enumerate(range(len(words))))
        masks: tuple[dict[int, _Mask], dict[int, _Mask]] = ({}, {})

        def mask(symbol: int, *, apart: bool = False) -> _Mask:
            known = masks[apart]
            if symbol not in known:
                bits = loose if apart else strict
                known[symbol] = _mask(self._symbols[symbol], bits, present)
            return known[symbol]

        found: list[Near[T]] = []
        for row in self._rows:
            if not wanted(row.payload) or len(row.required) < 2:
                continue
            missing = [symbol for symbol in row.required if not mask(symbol)]
            if len(missing) > 1:
                continue
            hits: list[Hit[T]] = []
            parts = [symbol for symbol, _, _ in row.parts]
            if missing:
                if not any_free or not self._symbols[missing[0]].words:
                    continue
                replaced = {symbol: mask(symbol) for symbol in parts}
                replaced[missing[0]] = ((1, any_free),)
                _match(row, replaced, at_place, hits)
                there = [self._symbols[symbol].words for symbol in parts if symbol != missing[0]]
                for hit in hits:
                    spots = [
                        n
                        for n in sorted(hit.covered)
                        if n in free and not any(words[n] in known for known in there)
                    ]
                    if spots:
                        found.append(Near(hit, spots[-1], self._usual(missing[0])))
                        break
                continue
            _match(row, {symbol: mask(symbol) for symbol in parts}, at_place, hits)
            if hits:
                continue
            wider = _Row(
                tuple((s, optional, gap + WIDER) for s, optional, gap in row.parts),
                row.required,
                row.payload,
            )
            _match(wider, {s: mask(s, apart=True) for s in parts}, at_number, hits)
            found.extend(Near(hit) for hit in hits[:1])
        return found

    def _usual(self, symbol: int) -> tuple[str, ...]:
        return tuple(sorted(self._symbols[symbol].words, key=self._frequency, reverse=True))


def _bits(words: Sequence[str], places: Iterable[int]) -> dict[str, int]:
    """Where each word stands, a bit for a place."""
    bits: dict[str, int] = {}
    for word, place in zip(words, places, strict=True):
        bits[word] = bits.get(word, 0) | (1 << place)
    return bits


def _mask(symbol: _Symbol, bits: Mapping[str, int], present: frozenset[str]) -> _Mask:
    """Where a symbol begins in a message, the longest first."""
    single = 0
    for word in symbol.words & present:
        single |= bits[word]
    firsts = symbol.firsts & present if symbol.firsts else ()
    if not firsts:
        return ((1, single),) if single else ()
    found = {1: single} if single else {}
    for first in firsts:
        for group in symbol.groups[first]:
            starts = bits[first]
            for offset in range(1, len(group)):
                starts &= bits.get(group[offset], 0) >> offset
                if not starts:
                    break
            else:
                found[len(group)] = found.get(len(group), 0) | starts
    return tuple(sorted(found.items(), reverse=True))


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
    row: _Row[T],
    masks: Mapping[int, _Mask],
    word_at: Mapping[int, int],
    hits: list[Hit[T]],
) -> None:
    trail: list[int] = []  # the possible starts of each part
    ends = 0
    for number, (symbol, optional, gap) in enumerate(row.parts):
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
        hit = _trace(row, masks, trail, low.bit_length() - 1, word_at)
        if hit is not None:
            hits.append(hit)


def _trace(
    row: _Row[T],
    masks: Mapping[int, _Mask],
    trail: list[int],
    end: int,
    word_at: Mapping[int, int],
) -> Hit[T] | None:
    """Walk back from an end to the places of the parts, the nearest ones first."""
    covered: list[int] = []
    place, reach = end, 0
    for number in range(len(row.parts) - 1, -1, -1):
        symbol, optional, gap = row.parts[number]
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
                return None
            reach += gap
            continue
        covered.extend(range(found[0], found[0] + found[1]))
        place, reach = found[0], gap
    numbers = [word_at[spot] for spot in covered if spot in word_at]
    if not numbers:
        return None
    return Hit(row.payload, min(numbers), max(numbers), frozenset(numbers))
