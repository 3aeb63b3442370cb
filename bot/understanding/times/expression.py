"""What is found, and the words it is found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "ago", "now", "after", "weekday", "day_number", "date", "month", "duration", "habit", "before"
]
NOT_SINCE: frozenset[Kind] = frozenset(("habit", "before"))
"""Kinds that tell nothing of the time since a treatment."""


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A stretch of words that tells a time."""

    first: int
    last: int
    days: float
    kind: Kind
    """``ago`` before now; ``now`` a length that lasts until now ("2 weeks today"); ``after`` from
    the treatment to something told; ``month`` a month or year without a day, which gives way to
    any surer time; ``duration`` a bare length; ``habit`` how long or how often somebody has been
    treated; ``before`` a length before a treatment, or until something to come."""


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a message, and how far each is from the next."""

    words: Sequence[str]
    places: Sequence[int]

    def at(self, spot: int) -> str:
        """The word with this number; nothing beyond the ends."""
        return self.words[spot] if 0 <= spot < len(self.words) else ""

    def joined(self, spot: int) -> bool:
        """Whether a word follows this one with no mark between."""
        return 0 <= spot < len(self.words) - 1 and self.places[spot + 1] - self.places[spot] == 1

    def next(self, spot: int) -> str:
        """The word after this one, if no mark stands between."""
        return self.words[spot + 1] if self.joined(spot) else ""

    def before(self, spot: int) -> str:
        """The word before this one, if no mark stands between."""
        return self.words[spot - 1] if self.joined(spot - 1) else ""

    def reads(self, spot: int, *words: str) -> bool:
        """Whether these words stand here in a row."""
        return tuple(self.words[spot : spot + len(words)]) == words
