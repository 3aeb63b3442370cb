"""Dates: ``3 april``, ``on the ninth``, ``02/11/2026``, ``on halloween``, ``in march``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from bot.understanding.times.expression import Line, TimeExpression
from bot.understanding.times.lexicon import DOUBTFUL_MONTHS, Lexicon

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})$|(\d{1,4})[-/.](\d{1,2})[-/.](\d{2,4})$")
_PARTS = {"early": 5, "start": 3, "beginning": 3, "mid": 15, "middle": 15, "end": 28, "late": 28}
"""Parts of a month, and the day each stands for."""
PARTS = tuple(_PARTS)
_MIDDLE = 15
_MONTH_LEADS = frozenset(("in", "since", "last", "during", "around", "from"))
_YEAR_LEADS = frozenset(
    "in since around during of early mid late spring summer autumn fall winter christmas easter "
    "back".split()
)
_WEEKS = {"first": 4, "second": 11, "third": 18, "fourth": 25}
"""Weeks of a month, and the day each stands for."""
_DAY_LEADS = frozenset(("on", "since", "from", "was"))
_DAY_PARTS = frozenset(("evening", "night", "morning", "afternoon", "day"))
_NAMED_LEADS = frozenset(("on", "at", "since", "over", "during", "last", "around"))
_NO_DATE = frozenset(
    "floor day days time times attempt try round session week month year one go night toe finger "
    "visit appointment side layer line dose injection treatment syringe tooth row place".split()
)
_AFTER_LOW = frozenset(
    "and but my i now so still this at in with for by it its then of im she he they".split()
)
"""What may follow "on the first" (up to the fifth) if it is a date."""
_NO_MONTH = frozenset("be have not need also just well i only get cause it take".split())
"""Words after "may" that make it no month."""
_LOW = 5
_YEARS_BACK = 80
_SOON = 14


def date(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """A day by its date, or a month without a day."""
    return (
        _numeric(line, spot, today)
        or _day_and_month(lexicon, line, spot, today)
        or _month_and_day(lexicon, line, spot, today)
        or _day_of_month(lexicon, line, spot, today)
        or _named(lexicon, line, spot, today)
        or _month(lexicon, line, spot, today)
        or _part_of_month(line, spot, today)
        or _year(line, spot, today)
    )


def _latest(month: int, day: int, today: dt.date, year: int | None = None) -> int | None:
    """Days since the latest such day that is past; in ``year``, where it is told.

    A day that comes within two weeks may be meant as one to come: None.
    """
    for told in (year,) if year else (today.year + 1, today.year, today.year - 1):
        try:
            days = (today - dt.date(told, month, day)).days
        except ValueError:
            continue
        if days >= 0:
            return days
        if days >= -_SOON:
            return None
    return None


def _told_year(line: Line, spot: int, today: dt.date) -> int | None:
    """A year of four digits that is past."""
    word = line.at(spot)
    if len(word) != 4 or not word.isdigit():
        return None
    return int(word) if today.year - _YEARS_BACK <= int(word) <= today.year else None


def _numeric(line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``02/11/2026``, ``2.11.26``, ``2026-11-02``, ``9/11``: the reading nearest before today."""
    match = _DATE.match(line.at(spot))
    if match is None:
        return None
    days = []
    one, two, *three = (part for part in match.groups() if part)
    for year, month, day in _readings(one, two, three[0] if three else None):
        back = _latest(month, day, today, year)
        if back is not None:
            days.append(back)
    return TimeExpression(spot, spot, min(days), "date") if days else None


def _readings(one: str, two: str, three: str | None) -> Iterator[tuple[int | None, int, int]]:
    if three is not None and len(one) == 4:
        yield int(one), int(two), int(three)
        return
    year = None if three is None else int(three) + (2000 if len(three) == 2 else 0)
    yield year, int(two), int(one)
    yield year, int(one), int(two)


def _day_and_month(
    lexicon: Lexicon, line: Line, spot: int, today: dt.date
) -> TimeExpression | None:
    """``3 april``, ``the ninth of november``, ``3rd nov 2025``."""
    ordinal = lexicon.ordinal(line, spot)
    word = line.at(spot)
    if ordinal is not None:
        day, here = ordinal
        here += line.at(here) == "of"
        here += line.at(here) == "the" and line.at(here - 1) == "of"
    elif word.isdigit() and len(word) <= 2:
        day, here = int(word), spot + 1
    else:
        return None
    name = line.at(here)
    if name not in lexicon.months or not line.joined(here - 1):
        return None
    if ordinal is None and name in DOUBTFUL_MONTHS and line.next(here) in _NO_MONTH:
        return None
    year = _told_year(line, here + 1, today)
    days = _latest(lexicon.months[name], day, today, year)
    last = here + 1 if year else here
    return None if days is None else TimeExpression(spot, last, days, "date")


def _month_and_day(
    lexicon: Lexicon, line: Line, spot: int, today: dt.date
) -> TimeExpression | None:
    """``april 3``, ``nov ninth``, ``november the 3rd``."""
    name = line.at(spot)
    if name not in lexicon.months or not line.joined(spot):
        return None
    here = spot + (2 if line.at(spot + 1) == "the" else 1)
    ordinal = lexicon.ordinal(line, here)
    if ordinal is not None:
        day, after = ordinal
    elif line.at(here).isdigit() and len(line.at(here)) <= 2 and name not in DOUBTFUL_MONTHS:
        day, after = int(line.at(here)), here + 1
    else:
        return None
    if line.at(after) in lexicon.units:
        return None  # "my aug 5 mths ago"
    year = _told_year(line, after, today)
    days = _latest(lexicon.months[name], day, today, year)
    return None if days is None else TimeExpression(spot, after - (not year), days, "date")


def _day_of_month(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``on the 1st``, ``on the evening of the 20th``, ``the ninth of this month``."""
    ordinal = lexicon.ordinal(line, spot)
    if ordinal is None:
        return None
    number, here = ordinal
    months_back = None
    for which, back in (("this", 0), ("the", 0), ("last", 1)):
        if line.reads(here, "of", which, "month"):
            months_back = back
    first = spot - 1 if line.at(spot - 1) == "the" else spot
    lead, after = line.at(first - 1), line.next(here - 1)
    if months_back is None:
        led = lead in _DAY_LEADS or (lead == "of" and line.at(first - 2) in _DAY_PARTS)
        if not led or after in _NO_DATE or after in lexicon.units:
            return None
        if number <= _LOW and after and after not in _AFTER_LOW:
            return None
        if first == spot and line.at(spot) in lexicon.ordinals:
            return None  # "was first"
    day = today
    for back in range(93):
        day = today - dt.timedelta(days=back)
        apart = (today.year - day.year) * 12 + today.month - day.month
        if day.day == number and months_back in (None, apart):
            last = here - 1 if months_back is None else here + 2
            return TimeExpression(first - 1 if months_back is None else spot, last, back, "date")
    return None


def _named(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``on halloween``, ``the day after halloween``, ``on boxing day``."""
    for group, rule in lexicon.named_days.get(line.at(spot), ()):
        if not line.reads(spot, *group):
            continue
        before = (line.at(spot - 2), line.at(spot - 1))
        moved = {"after": -1, "before": 1}.get(before[1], 0) if before[0] in _DAY_PARTS else 0
        eve = line.at(spot + len(group)) == "eve"
        if not moved and before[1] not in _NAMED_LEADS and not eve:
            return None
        for year in (today.year + 1, today.year, today.year - 1):
            days = (today - _day_of_rule(rule, year)).days + moved + eve
            if 0 > days >= -_SOON:
                return None
            if days >= 0:
                first = spot - 2 if moved else spot - 1 if before[1] in _NAMED_LEADS else spot
                return TimeExpression(first, spot + len(group) - 1 + eve, days, "date")
    return None


def _day_of_rule(rule: str, year: int) -> dt.date:
    """``10-31``, or ``11-3-4``: the fourth Thursday (Monday is 0) of November."""
    month, *rest = map(int, rule.split("-"))
    if len(rest) == 1:
        return dt.date(year, month, rest[0])
    start = dt.date(year, month, 1)
    return start + dt.timedelta(days=(rest[0] - start.weekday()) % 7 + 7 * (rest[1] - 1))


def _month(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``in march``, ``since june``, ``early november``, ``end of october``, ``may 2024``."""
    name = line.at(spot)
    if name not in lexicon.months:
        return None
    first, lead = spot - 1, line.before(spot)
    part = None
    if lead == "of" and line.at(spot - 2) in _PARTS:
        first, part = spot - 2, line.at(spot - 2)
    elif lead in _PARTS:
        part = lead
    elif lead == "of" and line.at(spot - 2) == "week" and line.at(spot - 3) in _WEEKS:
        first, part = spot - 3, line.at(spot - 3)
    year = _told_year(line, spot + 1, today) if line.joined(spot) else None
    if part is None and lead not in _MONTH_LEADS:
        if year is None:
            return None
        first = spot
    if name in DOUBTFUL_MONTHS and year is None and line.next(spot) in _NO_MONTH:
        return None
    month = lexicon.months[name]
    if lead == "last" and month == today.month:
        year = today.year - 1
    day = {**_PARTS, **_WEEKS}[part] if part else _MIDDLE
    if part is None and month == today.month and year in (None, today.year):
        day = (today.day + 1) // 2
    elif part is not None and month == today.month and year is None and day > today.day:
        return None  # still to come
    days = _latest(month, day, today, year)
    last = spot + 1 if _told_year(line, spot + 1, today) and line.joined(spot) else spot
    return None if days is None else TimeExpression(first, last, days, "month")


def _part_of_month(line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``start of the month``, ``end of last month``, ``early last month``."""
    part = line.at(spot)
    if part not in _PARTS:
        return None
    here = spot + (2 if line.at(spot + 1) == "of" else 1)
    if line.at(here) not in ("the", "this", "last") or line.at(here + 1) != "month":
        return None
    day = today.replace(day=_PARTS[part])
    if line.at(here) == "last":
        day = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=_PARTS[part])
    if day > today:
        return None
    return TimeExpression(spot, here + 1, (today - day).days, "month")


def _year(line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``in 2023``, ``back in 2010``: the middle of that year."""
    year = _told_year(line, spot, today)
    if year is None or line.before(spot) not in _YEAR_LEADS:
        return None
    middle = dt.date(year, 7, 1)
    if middle > today or year == today.year:
        middle = today - (today - dt.date(year, 1, 1)) / 2
    return TimeExpression(spot - 1, spot, (today - middle).days, "month")
