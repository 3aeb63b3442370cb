"""Time expressions: how many days before now, and what they are tied to."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.content.models import OtherLanguages, TimeWords
from bot.content.words import words_of

_DAYS_PER = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?$")
_FILLERS = frozenset(
    "of about around like roughly approx approximately nearly almost over only "
    "just the good past last under bit more than some or so maybe".split()
)

Kind = Literal["ago", "after", "weekday", "day_number", "date", "duration"]


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A stretch of words that tells a time."""

    first: int
    last: int
    days: float
    kind: Kind
    """``ago`` before now, ``after`` counted from the treatment, ``duration`` a bare length."""


class TimeReader:
    """Finds time expressions in words; the word lists come from language/time.yaml."""

    def __init__(self, words: TimeWords, others: OtherLanguages | None = None) -> None:
        self._units = {w: name for name, ws in words.units.items() for w in ws}
        self._numbers = {str(k): v for k, v in words.numbers.items()}
        self._ago = frozenset(words.ago)
        self._since = frozenset(words.since)
        self._fixed = sorted(
            (
                (words_of(k), v)
                for table in (
                    words.days_ago,
                    *(o.days_ago for o in (others.languages.values() if others else ())),
                )
                for k, v in table.items()
            ),
            key=lambda i: -len(i[0]),
        )
        self._fixed_by_first: dict[str, list[tuple[tuple[str, ...], float]]] = {}
        for group, days in self._fixed:
            self._fixed_by_first.setdefault(group[0], []).append((group, days))
        self._weekdays: dict[str, int] = {}
        for number, name in enumerate(words.weekdays):
            self._weekdays[name] = number
            self._weekdays[name[:3]] = number
        self._weekdays |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
        del self._weekdays["sun"], self._weekdays["sat"]
        self._months: dict[str, int] = {}
        for number, name in enumerate(words.months, 1):
            self._months[name] = number
            self._months[name[:3]] = number
        self._months["sept"] = 9
        for word in ("may", "mar"):  # common words of another meaning
            self._months.pop(word, None)

    @property
    def vocabulary(self) -> frozenset[str]:
        """All words it knows."""
        fixed = {word for group, _ in self._fixed for word in group}
        return frozenset(
            {
                *self._units,
                *self._numbers,
                *self._ago,
                *self._since,
                *fixed,
                *self._weekdays,
                *self._months,
            }
        )

    @property
    def units(self) -> frozenset[str]:
        """Words for units of time."""
        return frozenset(self._units)

    @property
    def numbers(self) -> frozenset[str]:
        """Number words."""
        return frozenset(self._numbers)

    def find(self, words: Sequence[str], today: dt.date) -> list[TimeExpression]:
        """All time expressions, left to right, none overlapping."""
        found: list[TimeExpression] = []
        spot = 0
        while spot < len(words):
            expression = (
                self._day_number(words, spot)
                or self._amount(words, spot)
                or self._named(words, spot)
                or self._date(words, spot, today)
                or self._weekday(words, spot, today)
            )
            if expression is None:
                spot += 1
            else:
                found.append(expression)
                spot = expression.last + 1
        return found

    def _value(self, word: str) -> float | None:
        if _NUMBER.match(word):
            return float(word.replace(",", "."))
        return self._numbers.get(word)

    def _amount(self, words: Sequence[str], spot: int) -> TimeExpression | None:
        """``3 weeks ago``, ``a couple of days after``, ``two and a half weeks``, ``3w post op``."""
        value = self._value(words[spot])
        if value is None or words[spot] in ("first", "second", "third", "fourth", "fifth"):
            return None
        here = spot + 1
        if here < len(words) and words[spot] in ("a", "an") and words[here] in self._numbers:
            value = self._numbers[words[here]]
            here += 1
        if words[spot] == "half" and here < len(words) and words[here] in ("a", "an"):
            here += 1
        # 3 - 4 weeks, 3 or 4 weeks: the later one counts
        if here + 1 < len(words) and words[here] in ("or", "to", "and", "n"):
            second = self._value(words[here + 1])
            after = here + 2
            if words[here + 1] in ("a", "an") and after < len(words) and words[after] == "half":
                value += 0.5
                here = after + 1
            elif second is not None and after < len(words) and words[after] in self._units:
                value = max(value, second)
                here = after
        elif here + 1 < len(words) and self._value(words[here]) is not None:
            if words[here + 1] in self._units and _NUMBER.match(words[here]):
                value = max(value, float(words[here].replace(",", ".")))
                here += 1
        while here < len(words) and words[here] in _FILLERS and here - spot < 4:
            here += 1
        if here >= len(words) or words[here] not in self._units:
            return None
        unit = self._units[words[here]]
        if len(words[here]) == 1 and not _NUMBER.match(words[here - 1]):
            return None
        days = value * (14 if words[here].startswith("fortnight") else _DAYS_PER[unit])
        here += 1
        # "and a half", "2 weeks and 3 days"
        if here + 2 < len(words) and list(words[here : here + 3]) == ["and", "a", "half"]:
            days += 0.5 * _DAYS_PER[unit]
            here += 3
        elif here + 2 < len(words) and words[here] in ("and", "n"):
            more = self._value(words[here + 1])
            if more is not None and words[here + 2] in self._units:
                days += more * _DAYS_PER[self._units[words[here + 2]]]
                here += 3
        last = here - 1
        tail = list(words[here : here + 2])
        if tail and tail[0] in self._ago:
            return TimeExpression(spot, here, days, "ago")
        if tail[:2] == ["or", "so"] and here + 2 < len(words) and words[here + 2] in self._ago:
            return TimeExpression(spot, here + 2, days, "ago")
        if tail and tail[0] in self._since:
            kind: Kind = "duration" if tail[0] == "later" else "after"
            if tail[0] == "later":
                return TimeExpression(spot, here, days, kind)
            return TimeExpression(spot, last, days, kind)
        return TimeExpression(spot, last, days, "duration")

    def _day_number(self, words: Sequence[str], spot: int) -> TimeExpression | None:
        """``day 3``, ``week two``, ``third day after``, ``pod 3``."""
        if words[spot] in ("day", "week", "month", "pod", "d") and spot + 1 < len(words):
            value = self._value(words[spot + 1])
            if words[spot] == "d" and not _NUMBER.match(words[spot + 1]):
                return None
            if value is not None and words[spot + 1] not in ("a", "an", "first", "few"):
                if spot + 2 < len(words) and words[spot + 2] in self._units:
                    return None
                unit = {"pod": "day", "d": "day"}.get(words[spot], words[spot])
                return TimeExpression(spot, spot + 1, value * _DAYS_PER[unit], "day_number")
        return None

    def _named(self, words: Sequence[str], spot: int) -> TimeExpression | None:
        for group, days in self._fixed_by_first.get(words[spot], ()):
            if tuple(words[spot : spot + len(group)]) == group:
                return TimeExpression(spot, spot + len(group) - 1, days, "ago")
        return None

    def _date(self, words: Sequence[str], spot: int, today: dt.date) -> TimeExpression | None:
        """``3 April``, ``on april 3rd``."""
        month = self._months.get(words[spot])
        if month is None:
            return None
        first = last = spot
        day: float | None = None
        before = spot - 1
        while before >= 0 and words[before] in ("st", "nd", "rd", "th", "of", "the"):
            before -= 1
        if before >= 0 and _NUMBER.match(words[before]) and float(words[before]) <= 31:
            day, first = float(words[before]), before
        elif spot + 1 < len(words) and _NUMBER.match(words[spot + 1]):
            if float(words[spot + 1]) <= 31:
                day, last = float(words[spot + 1]), spot + 1
        if day is None or day != int(day) or day < 1:
            return None
        for year in (today.year, today.year - 1):
            try:
                date = dt.date(year, month, int(day))
            except ValueError:
                continue
            if date <= today:
                return TimeExpression(first, last, (today - date).days, "date")
        return None

    def _weekday(self, words: Sequence[str], spot: int, today: dt.date) -> TimeExpression | None:
        number = self._weekdays.get(words[spot])
        if number is None:
            return None
        days = (today.weekday() - number) % 7
        if spot and words[spot - 1] in ("next", "this", "coming", "every", "until", "till", "by"):
            return None
        if spot and words[spot - 1] == "last" and days == 0:
            days = 7
        return TimeExpression(spot, spot, days, "weekday")
