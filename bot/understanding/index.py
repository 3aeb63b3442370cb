"""Finds every phrase of the knowledge in a row of words, in time that follows the words.

All phrases are compiled into one index. A word stands for *symbols* (itself, and every class or
choice that holds it). A phrase is looked at only if its rarest symbol stands in the message, and
is then matched bit by bit: a whole number holds one bit for each place of the message, so one
shift and one AND move every possible beginning of the phrase over one part at once. Gaps are
smeared bits. The cost neither grows with the number of phrases that do not apply nor with
repetition in the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from bot.content.patterns import MAX_GAP, ClassRef, Member, Pattern, parse

T = TypeVar("T")
Words = tuple[str, ...]

BREAK = MAX_GAP + 2
"""Places left free between clauses, so that no gap reaches across."""
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


@dataclass(slots=True)
class _Row(Generic[T]):
    """One order of a phrase: (symbol, optional, gap) for each part."""

    parts: tuple[tuple[int, bool, int], ...]
    required: frozenset[int]
    payload: T


class PhraseIndex(Generic[T]):
    """Compiles phrases once; ``find`` is then a pure function."""

    def __init__(
        self, classes: Mapping[str, Iterable[str]], frequency: Callable[[str], float]
    ) -> None:
        self._classes = classes
        self._frequency = frequency
        self._flat: dict[str, frozenset[Words]] = {}
        self._symbols: dict[frozenset[Words], int] = {}
        self._rows: list[_Row[T]] = []
        self._by_key: dict[int, list[_Row[T]]] = {}
        self._single: dict[str, tuple[int, ...]] = {}
        self._longer: dict[str, tuple[tuple[Words, tuple[int, ...]], ...]] = {}

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
            required = frozenset(symbol for symbol, optional, _ in row if not optional)
            self._rows.append(_Row(row, required, payload))

    def freeze(self) -> None:
        """Build the index after the last ``add``."""
        members: list[frozenset[Words]] = list(self._symbols)
        weight = [sum(self._rarity(words) for words in group) for group in members]
        by_key: dict[int, list[_Row[T]]] = defaultdict(list)
        for row in self._rows:
            by_key[min(row.required, key=weight.__getitem__)].append(row)
        single: dict[str, list[int]] = defaultdict(list)
        longer: dict[str, dict[Words, list[int]]] = defaultdict(lambda: defaultdict(list))
        for symbol, group in enumerate(members):
            for words in group:
                if len(words) == 1:
                    single[words[0]].append(symbol)
                else:
                    longer[words[0]][words].append(symbol)
        self._by_key = dict(by_key)
        self._single = {word: tuple(symbols) for word, symbols in single.items()}
        self._longer = {
            word: tuple((words, tuple(symbols)) for words, symbols in rest.items())
            for word, rest in longer.items()
        }

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands in any phrase."""
        return frozenset(word for group in self._symbols for words in group for word in words)

    def __len__(self) -> int:
        return len(self._rows)

    def _rarity(self, words: Words) -> float:
        return min(self._frequency(word) for word in words)

    def _symbol(self, members: tuple[Member, ...]) -> int:
        group: set[Words] = set()
        for member in members:
            group |= self._expand(member)
        return self._symbols.setdefault(frozenset(group), len(self._symbols))

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
        masks = self._masks(words, places, others or {})
        present = set(masks)
        word_at = {place: number for number, place in enumerate(places)}
        hits: list[Hit[T]] = []
        for symbol in present:
            for row in self._by_key.get(symbol, ()):
                if row.required <= present:
                    _match(row, masks, word_at, hits)
        return hits

    def _masks(
        self,
        words: Sequence[str],
        places: Sequence[int],
        others: Mapping[int, Sequence[str]],
    ) -> dict[int, dict[int, int]]:
        masks: dict[int, dict[int, int]] = {}
        single, longer = self._single, self._longer
        bits: dict[str, int] = {}
        for word, place in zip(words, places, strict=True):
            bits[word] = bits.get(word, 0) | (1 << place)
        for number, more in others.items():
            for word in more:
                bits[word] = bits.get(word, 0) | (1 << places[number])
        for word, mask in bits.items():
            for symbol in single.get(word, ()):
                lengths = masks.get(symbol)
                if lengths is None:
                    masks[symbol] = {1: mask}
                else:
                    lengths[1] = lengths.get(1, 0) | mask
            for group, symbols in longer.get(word, ()):
                starts = mask
                for offset in range(1, len(group)):
                    starts &= bits.get(group[offset], 0) >> offset
                    if not starts:
                        break
                if starts:
                    for symbol in symbols:
                        lengths = masks.setdefault(symbol, {})
                        lengths[len(group)] = lengths.get(len(group), 0) | starts
        return masks


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
    masks: Mapping[int, Mapping[int, int]],
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
        for length, mask in masks.get(symbol, {}).items():
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
    masks: Mapping[int, Mapping[int, int]],
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
            for length, mask in masks.get(symbol, {}).items():
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
