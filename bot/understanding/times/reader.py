"""Finds the time expressions of a message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.content.models import OtherLanguages, TimeWords
from bot.understanding.times.amounts import (
    BARE_UNITS,
    DAY_NUMBER,
    LONG_LASTING,
    amount,
    day_number,
)
from bot.understanding.times.dates import PARTS, date
from bot.understanding.times.expression import Line, TimeExpression
from bot.understanding.times.foreign import foreign_amount
from bot.understanding.times.lexicon import Lexicon
from bot.understanding.times.told import told_today
from bot.understanding.times.weekdays import week_and_weekday, weekday, weekdays_ago, weekend

_ONSET = frozenset(
    "came started start starts began begun appeared noticed popped showed woke set "
    "happened kicked".split()
)
"""Before a time: that is when something began."""
_ONSET_REACH = 3
_PLACE = frozenset(("in", "at", "on"))
_HALVES = frozenset(("am", "pm", "oclock"))
"""After a number: an hour of the clock."""
_NO_AMOUNT = frozenset(("first", "second", "third"))


class TimeReader:
    """Finds time expressions in words; the word lists come from language/time.yaml."""

    def __init__(self, words: TimeWords, others: OtherLanguages | None = None) -> None:
        self._lexicon = lexicon = Lexicon(words, others)
        foreign_numbers = {w for language in lexicon.foreign for w in language.numbers}
        self.foreign = frozenset(
            foreign_numbers
            | {
                word
                for language in lexicon.foreign
                for phrase in (*language.days, *language.before, *language.after)
                for word in phrase.split()
            }
        )
        """Words of amounts in other languages: known, but nothing is read as them."""
        self._starts = frozenset(
            (
                *lexicon.numbers,
                *lexicon.ordinals,
                *lexicon.fixed,
                *lexicon.named_days,
                *lexicon.weekdays,
                *lexicon.months,
                *DAY_NUMBER,
                *BARE_UNITS,
                *LONG_LASTING,
                *PARTS,
                *foreign_numbers,
                "weekend",
            )
        )

    @property
    def vocabulary(self) -> frozenset[str]:
        """All words it knows, those of other languages only in other scripts."""
        lexicon = self._lexicon
        phrases = [
            group
            for table in (lexicon.fixed, lexicon.named_days)
            for groups in table.values()
            for group, _ in groups
        ]
        return frozenset(
            {
                *lexicon.units,
                *lexicon.numbers,
                *lexicon.ordinals,
                *lexicon.ago,
                *lexicon.since,
                *lexicon.weekdays,
                *lexicon.plural_weekdays,
                *lexicon.months,
                *(word for group in phrases for word in group),
                *(word for word in self.foreign if not word.isascii()),
            }
        )

    @property
    def units(self) -> frozenset[str]:
        """Words for units of time."""
        return frozenset(self._lexicon.units)

    @property
    def numbers(self) -> frozenset[str]:
        """Number words."""
        return frozenset(self._lexicon.numbers)

    def find(
        self,
        words: Sequence[str],
        today: dt.date,
        places: Sequence[int] | None = None,
        after_treatment: frozenset[int] = frozenset(),
    ) -> list[TimeExpression]:
        """All time expressions, left to right, none overlapping.

        Args:
            words: Forms of the words.
            today: The day on which they were written, unless they say another.
            places: Place of each word; a mark between two words keeps them apart.
            after_treatment: Spots right after the name of a treatment.
        """
        lexicon, line = self._lexicon, Line(words, places or range(len(words)))
        found: list[TimeExpression] = []
        spot = 0
        today, here = told_today(lexicon, line, today) or (today, -1)
        while spot < len(words):
            if words[spot] not in self._starts and not words[spot][0].isdigit():
                spot += 1
                continue
            if spot == here or (spot < here <= spot + 2 and words[spot] in ("today", "todays")):
                spot += 1  # "today is thursday" is now, not the day of a treatment
                continue
            expression = (
                day_number(lexicon, line, spot)
                or weekdays_ago(lexicon, line, spot, today)
                or week_and_weekday(lexicon, line, spot, today)
                or (None if words[spot] in _NO_AMOUNT else amount(lexicon, line, spot))
                or weekend(line, spot, today)
                or self._fixed(line, spot)
                or date(lexicon, line, spot, today)
                or weekday(lexicon, line, spot, today, after_treatment)
                or foreign_amount(lexicon, line, spot)
            )
            if expression is None:
                spot += 1
            else:
                found.append(expression)
                spot = expression.last + 1
        return _explained(found, line) if found else list(_clock(line))

    def _fixed(self, line: Line, spot: int) -> TimeExpression | None:
        """``yesterday``, ``the other day``."""
        for group, days in self._lexicon.fixed.get(line.at(spot), ()):
            if not line.reads(spot, *group):
                continue
            onset = line.words[max(0, spot - _ONSET_REACH) : spot]
            if group[0] in _PLACE and days == 0 and _ONSET.intersection(onset):
                # "the headache started in the car park": when it began, not when it is told
                return TimeExpression(spot, spot + len(group) - 1, days, "after")
            return TimeExpression(spot, spot + len(group) - 1, days, "ago")
        return None


def _clock(line: Line) -> Iterator[TimeExpression]:
    """``at 3pm``: today, in a message that names no other time."""
    for spot, word in enumerate(line.words):
        if word in _HALVES and line.words[spot - 1].isdigit() and "at" in line.words[:spot][-4:]:
            yield TimeExpression(spot - 1, spot, 0, "now")


def _explained(found: list[TimeExpression], line: Line) -> list[TimeExpression]:
    """Times that the next ones explain or go on from."""
    kept: list[TimeExpression] = []
    for time in found:
        before = kept[-1] if kept else None
        joint = _joint(before, time, line) if before is not None else None
        if joint is None:
            kept.append(time)
        else:
            kept[-1] = joint
    return kept


def _joint(before: TimeExpression, time: TimeExpression, line: Line) -> TimeExpression | None:
    """Two times that are one."""
    apart = time.first - before.last
    if (
        before.kind == "weekday"
        and time.kind in ("ago", "now", "duration")
        and time.days >= 1
        and apart <= 3
    ):  # "last tues, exactly one week"
        return TimeExpression(before.first, time.last, time.days, "ago")
    if before.kind in ("ago", "weekday") and time.kind == "after" and apart == 1:
        start = line.words[max(0, before.first - _ONSET_REACH) : before.first]
        if _ONSET.intersection(start):  # "lump came up yesterday 5 days after filler"
            return TimeExpression(before.first, time.last, before.days + time.days, "ago")
    if before.kind == "after" and time.kind == "ago" and apart <= 6:
        if line.reads(time.first - 2, "that", "was"):
            # "my lid drooped 5 days after botox, that was 3 weeks ago"
            return TimeExpression(before.first, time.last, before.days + time.days, "ago")
    return None
