"""The day on which a message was written, where it says so ("its friday now")."""

from __future__ import annotations

import datetime as dt

from bot.understanding.times.expression import Line
from bot.understanding.times.lexicon import (
    DOUBTFUL_MONTHS,
    DOUBTFUL_WEEKDAYS,
    NUMBER,
    SUFFIXES,
    Lexicon,
)
from bot.understanding.times.weekdays import days_back


def told_today(lexicon: Lexicon, line: Line, today: dt.date) -> tuple[dt.date, int] | None:
    """That day and where it is told.

    What somebody says counts more than the clock: the days are counted between the two days that
    the message names.
    """
    spots = [
        spot
        for spot, word in enumerate(line.words)
        if spot
        and (
            word in SUFFIXES
            or (word in lexicon.weekdays and word not in DOUBTFUL_WEEKDAYS)
            or line.reads(spot - 2, "today", "is")  # "today is sat"
        )
    ]
    for told in (_told_before, _told_after):
        for spot in spots:
            date = told(lexicon, line, spot, today)
            if date is not None:
                return date, spot
    return None


def _told_before(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> dt.date | None:
    """``today is thursday``, ``now monday``, ``its the 12th``."""
    words = line.words
    weekday = lexicon.weekdays.get(words[spot])
    before = tuple(words[max(0, spot - 2) : spot])
    if weekday is not None:
        if before[-1] in ("todays", "still", "now", "today") or (
            before[0] == "still"
            or before in (("its", "now"), ("today", "is"), ("it", "is"))
            or (before[-1] == "its" and spot > 2)
        ):
            return today - dt.timedelta(days=days_back(weekday, today))
    elif words[spot] in SUFFIXES and spot >= 3 and NUMBER.match(words[spot - 1]):
        start = tuple(words[max(0, spot - 4) : spot - 1])
        if start[-2:] in (("its", "the"), ("todays", "the")) or start in (
            ("today", "is", "the"),
            ("it", "is", "the"),
        ):
            number = float(words[spot - 1])
            for back in range(62):
                date = today - dt.timedelta(days=back)
                if date.day == number:
                    return _same_month(lexicon, line, date)
    return None


def _told_after(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> dt.date | None:
    """``friday now``, ``thursday today``."""
    weekday = lexicon.weekdays.get(line.at(spot))
    if weekday is None or line.at(spot - 1) == "last":
        return None
    if line.next(spot) in ("now", "today"):
        return today - dt.timedelta(days=days_back(weekday, today))
    return None


def _same_month(lexicon: Lexicon, line: Line, date: dt.date) -> dt.date:
    """The told day of the month, in the month that the message names, if it names one."""
    months = [
        lexicon.months[w] for w in line.words if w in lexicon.months and w not in DOUBTFUL_MONTHS
    ]
    if not months or date.day > 28:
        return date
    told = date.replace(month=months[-1])
    return told if told <= date else told.replace(year=told.year - 1)
