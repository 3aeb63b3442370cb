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

Kind = Literal["ago", "now", "after", "weekday", "day_number", "date", "duration", "habit"]
_NOW = frozenset(("now", "today", "already"))
_DAY_NUMBER = ("day", "week", "month", "pod", "d")
_BARE_UNITS = ("week", "month", "year", "fortnight", "day", "hour")
_ORDINAL = frozenset(("st", "nd", "rd", "th"))
_HABIT = frozenset(("for", "of", "in"))
"""Before or after a number of years: how long somebody has been a customer."""


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A stretch of words that tells a time."""

    first: int
    last: int
    days: float
    kind: Kind
    """``ago`` before now; ``now`` a length that lasts until now ("2 weeks today"); ``after`` from
    the treatment to something told; ``duration`` a bare length; ``habit`` how long or how often
    somebody has been treated."""


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

        self._starts = frozenset(
            (
                *self._numbers,
                *self._fixed_by_first,
                *self._weekdays,
                *self._months,
                *_ORDINAL,
                *_DAY_NUMBER,
                *_BARE_UNITS,
            )
        )

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
        anchor = self._told_today(words, today)
        today, here = anchor or (today, -1)
        starts = self._starts
        while spot < len(words):
            if words[spot] not in starts and not words[spot][0].isdigit():
                spot += 1
                continue
            if spot == here or (spot < here <= spot + 2 and words[spot] in ("today", "todays")):
                spot += 1  # "today is thursday" is now, not the day of a treatment
                continue
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
        return self._explained(found)

    @staticmethod
    def _explained(found: list[TimeExpression]) -> list[TimeExpression]:
        """A weekday that the next words explain ("last tues, exactly one week") is that time."""
        kept: list[TimeExpression] = []
        for time in found:
            before = kept[-1] if kept else None
            if (
                before is not None
                and before.kind == "weekday"
                and time.kind in ("ago", "now", "duration")
                and time.days >= 1
                and time.first - before.last <= 3
            ):
                kept[-1] = TimeExpression(before.first, time.last, time.days, "ago")
                continue
            kept.append(time)
        return kept

    def _told_today(self, words: Sequence[str], today: dt.date) -> tuple[dt.date, int] | None:
        """The day on which the message was written, where it says so, and where it says it.

        What somebody says ("its friday now") counts more than the clock: the days are counted
        between the two days that the message names.
        """
        spots = [
            spot
            for spot, word in enumerate(words)
            if spot and (word in self._weekdays or word in _ORDINAL)
        ]
        for told in (self._told_before, self._told_after):
            for spot in spots:
                date = told(words, spot, today)
                if date is not None:
                    return date, spot
        return None

    def _told_before(self, words: Sequence[str], spot: int, today: dt.date) -> dt.date | None:
        """``today is thursday``, ``now monday``, ``its the 12th``."""
        weekday = self._weekdays.get(words[spot])
        before = tuple(words[max(0, spot - 2) : spot])
        if weekday is not None:
            if before[-1] in ("todays", "still", "now", "today") or (
                before[0] == "still"
                or before in (("its", "now"), ("today", "is"), ("it", "is"))
                or (before[-1] == "its" and spot > 2)
            ):
                return today - dt.timedelta(days=(today.weekday() - weekday) % 7)
        elif words[spot] in _ORDINAL and spot >= 3 and _NUMBER.match(words[spot - 1]):
            start = tuple(words[max(0, spot - 4) : spot - 1])
            if start[-2:] in (("its", "the"), ("todays", "the")) or start in (
                ("today", "is", "the"),
                ("it", "is", "the"),
            ):
                number = float(words[spot - 1])
                for back in range(62):
                    date = today - dt.timedelta(days=back)
                    if date.day == number:
                        return self._same_month(words, date)
        return None

    def _told_after(self, words: Sequence[str], spot: int, today: dt.date) -> dt.date | None:
        """``friday now``, ``thursday today``."""
        weekday = self._weekdays.get(words[spot])
        if weekday is None or words[spot - 1] == "last":
            return None
        if words[spot + 1 : spot + 2] in (["now"], ["today"]):
            return today - dt.timedelta(days=(today.weekday() - weekday) % 7)
        return None

    def _same_month(self, words: Sequence[str], date: dt.date) -> dt.date:
        """The told day of the month, in the month that the message names, if it names one."""
        months = [self._months[w] for w in words if w in self._months]
        if not months or date.day > 28:
            return date
        told = date.replace(month=months[-1])
        return told if told <= date else told.replace(year=told.year - 1)

    def _value(self, word: str) -> float | None:
        if _NUMBER.match(word):
            return float(word.replace(",", "."))
        return self._numbers.get(word)

    def _amount(self, words: Sequence[str], spot: int) -> TimeExpression | None:
        """``3 weeks ago``, ``a couple of days after``, ``two and a half weeks``, ``3w post op``."""
        value = self._value(words[spot])
        here = spot + 1
        if value is None and self._bare_unit(words, spot):
            value, here = 1.0, spot
        if value is None or words[spot] in ("first", "second", "third", "fourth", "fifth"):
            return None
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
        before = words[spot - 1] if spot else ""
        if before == "every" or (
            days >= 300 and (before in _HABIT or (tail and tail[0] in _HABIT))
        ):
            return TimeExpression(spot, last, days, "habit")  # "for 3 years", "11 yrs of botox"
        if tail and tail[0] in _NOW and words[last] in self._units:
            return TimeExpression(spot, here, days, "now")
        if before == "been" or (
            before in ("nearly", "almost") and spot > 1 and words[spot - 2] == "been"
        ):
            return TimeExpression(spot, last, days, "now")  # "it has been 16 days"
        if tail and tail[0] in self._ago:
            return TimeExpression(spot, here, days, "ago")
        if tail[:2] == ["or", "so"] and here + 2 < len(words) and words[here + 2] in self._ago:
            return TimeExpression(spot, here + 2, days, "ago")
        if tail and tail[0] in self._since:
            return TimeExpression(spot, here if tail[0] == "later" else last, days, "after")
        kind: Kind = "after" if before == "after" else "duration"
        return TimeExpression(spot, last, days, kind)

    def _bare_unit(self, words: Sequence[str], spot: int) -> bool:
        """``month after my facelift``, ``month and a half ago``: one, without saying so."""
        if words[spot] not in _BARE_UNITS:
            return False
        after = list(words[spot + 1 : spot + 4])
        before = words[spot - 1] if spot else ""
        if before in ("last", "next", "this", "every", "each", "per", "the", "all"):
            return False
        return bool(after) and (
            after[0] in ("after", "post", "since") or after == ["and", "a", "half"]
        )

    def _day_number(self, words: Sequence[str], spot: int) -> TimeExpression | None:
        """``day 3``, ``week two``, ``third day after``, ``pod 3``."""
        if words[spot] in _DAY_NUMBER and spot + 1 < len(words):
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
            return self._day_of_month(words, spot, today)
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

    def _day_of_month(
        self, words: Sequence[str], spot: int, today: dt.date
    ) -> TimeExpression | None:
        """``on the 1st``: that day of this month or the one before."""
        if words[spot] not in _ORDINAL or spot < 3 or not _NUMBER.match(words[spot - 1]):
            return None
        if list(words[spot - 3 : spot - 1]) != ["on", "the"]:
            return None
        if spot + 1 < len(words) and words[spot + 1] in (*self._units, *self._months, "of"):
            return None
        number = float(words[spot - 1])
        for back in range(62):
            if (today - dt.timedelta(days=back)).day == number:
                return TimeExpression(spot - 3, spot, back, "date")
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
        if (
            days == 0
            and spot + 1 < len(words)
            and list(words[spot + 1 : spot + 3]) == ["a", "week"]
        ):
            days = 7  # "last friday, a week today"
        return TimeExpression(spot, spot, days, "weekday")
