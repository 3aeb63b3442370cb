"""The words of time, from language/time.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from bot.content.models import OtherLanguages, TimeWords
from bot.content.words import words_of
from bot.understanding.times.expression import Line

NUMBER = re.compile(r"\d+(?:[.,]\d+)?$")
SUFFIXES = frozenset(("st", "nd", "rd", "th"))
"""What stands after the digits of an ordinal ("9th" is two words)."""
_DAYS_PER = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_UNCOUNTED = ("a", "an", "couple", "few", "several")
_SHORT_WEEKDAYS = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
DOUBTFUL_WEEKDAYS = frozenset(("sat", "sun"))
"""Words of another meaning: a weekday only where their neighbours say so."""
DOUBTFUL_MONTHS = frozenset(("may", "mar"))
"""The same for months."""


class Lexicon:
    """Word tables, and numbers in words or digits."""

    def __init__(self, words: TimeWords, others: OtherLanguages | None = None) -> None:
        self.units = {w: name for name, ws in words.units.items() for w in ws}
        self.numbers = {str(k): v for k, v in words.numbers.items()}
        self.ordinals = {k: int(v) for k, v in words.ordinals.items()}
        self.ago = frozenset(words.ago)
        self.since = frozenset(words.since)
        self.weekdays: dict[str, int] = dict(_SHORT_WEEKDAYS)
        for number, name in enumerate(words.weekdays):
            self.weekdays[name] = self.weekdays[name[:3]] = number
        self.plural_weekdays = {f"{name}s": n for n, name in enumerate(words.weekdays)}
        self.months: dict[str, int] = {"sept": 9}
        for number, name in enumerate(words.months, 1):
            self.months[name] = self.months[name[:3]] = number
        self.named_days = _by_first((words_of(k), v) for k, v in words.named_days.items())
        tables = [words.days_ago]
        tables += [o.days_ago for o in (others.languages.values() if others else ())]
        self.fixed = _by_first((words_of(k), v) for table in tables for k, v in table.items())
        self.foreign = tuple(words.elsewhere.values())

    def days(self, unit: str) -> float:
        """The length of a unit, by any word for it."""
        return 14 if unit.startswith("fortnight") else _DAYS_PER[self.units[unit]]

    def value(self, word: str) -> float | None:
        """A number of one word."""
        if NUMBER.match(word):
            return float(word.replace(",", "."))
        return self.numbers.get(word)

    def number(self, line: Line, spot: int) -> tuple[float, int] | None:
        """A number from here on, and the spot after it; "twenty one" is two words."""
        word = line.at(spot)
        value = self.value(word)
        if value is None:
            return None
        if 20 <= value <= 90 and value % 10 == 0 and not word.isdigit() and line.joined(spot):
            more = self.numbers.get(line.at(spot + 1), 0)
            if more in range(1, 10) and line.at(spot + 1) not in _UNCOUNTED:
                return value + more, spot + 2
        return value, spot + 1

    def ordinal(self, line: Line, spot: int) -> tuple[int, int] | None:
        """``9th``, ``ninth``, ``twenty first``, and the spot after it."""
        word = line.at(spot)
        if word.isdigit():
            told = line.next(spot) in SUFFIXES
            return (int(word), spot + 2) if told and len(word) <= 2 else None
        if word in self.ordinals:
            return self.ordinals[word], spot + 1
        tens = self.numbers.get(word)
        ones = self.ordinals.get(line.next(spot)) if tens in (20, 30) else None
        return (int(tens) + ones, spot + 2) if tens and ones and ones < 10 else None


T = TypeVar("T")
Phrases = dict[str, list[tuple[tuple[str, ...], T]]]
"""Phrases by their first word, the longest first, each with what it means."""


def _by_first(items: Iterable[tuple[tuple[str, ...], T]]) -> Phrases[T]:
    table: Phrases[T] = {}
    for words, meaning in sorted(items, key=lambda item: -len(item[0])):
        table.setdefault(words[0], []).append((words, meaning))
    return table
