"""Weekdays: ``on friday``, ``friday before last``, ``three fridays ago``, ``2 weeks on friday``."""

from __future__ import annotations

import datetime as dt

from bot.understanding.times.expression import Line, TimeExpression
from bot.understanding.times.lexicon import DOUBTFUL_WEEKDAYS, Lexicon

_TO_COME = frozenset("next coming every each until till by".split())
_SURE_BEFORE = frozenset("on last since this from".split())
_SURE_AFTER = frozenset("night morning afternoon evening gone just".split())
_AFTER_ALONE = frozenset(("", "and", "now", "n"))
_SUN_THINGS = frozenset(
    "cream screen exposure bed beds spot spots damage block lotion burn protection light".split()
)


def days_back(number: int, today: dt.date) -> int:
    """Days since the last such weekday; 0 if it is today."""
    return (today.weekday() - number) % 7


def weekday(
    lexicon: Lexicon, line: Line, spot: int, today: dt.date, after_treatment: frozenset[int]
) -> TimeExpression | None:
    """A weekday by name. ``after_treatment``: spots right after the name of a treatment."""
    number = lexicon.weekdays.get(line.at(spot))
    before = line.at(spot - 1)
    if number is None or before in _TO_COME:
        return None
    if line.at(spot) in DOUBTFUL_WEEKDAYS and not _sure(line, spot, after_treatment):
        return None
    if before == "this" and number > today.weekday():
        return None
    days, last = days_back(number, today), spot
    if line.reads(spot + 1, "before", "last"):
        days, last = days + 7 if days else 7, spot + 2
    elif line.reads(spot + 1, "of", "last", "week") or line.reads(spot + 1, "last", "week"):
        days, last = today.weekday() + 7 - number, spot + (3 if line.at(spot + 1) == "of" else 2)
    elif before == "last" and line.next(spot) == "week":
        days, last = days + 7, spot + 1  # "last tuesday week"
    elif days == 0:
        said_last = before == "last" or (
            line.next(spot) == "last" and line.next(spot + 1) not in ("week", "month", "year")
        )
        if said_last or line.reads(spot + 1, "a", "week"):
            days = 7  # "last friday, a week today"
    return TimeExpression(spot, last, days, "weekday")


def _sure(line: Line, spot: int, after_treatment: frozenset[int]) -> bool:
    """Whether "sat" or "sun" is a weekday here: its neighbours say so, or it stands alone."""
    before, after = line.before(spot), line.next(spot)
    if before in _SURE_BEFORE:
        return after not in _SUN_THINGS
    if after in _SURE_AFTER:
        return before not in ("the", "i", "she", "he", "we", "they", "it")
    return after in _AFTER_ALONE and (not before or spot in after_treatment)


def weekdays_ago(lexicon: Lexicon, line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``three fridays ago``, ``two tuesdays back``."""
    count = lexicon.number(line, spot)
    number = lexicon.plural_weekdays.get(line.at(count[1])) if count else None
    if count is None or number is None or line.at(count[1] + 1) not in lexicon.ago:
        return None
    days = (days_back(number, today) or 7) + 7 * (count[0] - 1)
    return TimeExpression(spot, count[1] + 1, days, "ago")


def week_and_weekday(
    lexicon: Lexicon, line: Line, spot: int, today: dt.date
) -> TimeExpression | None:
    """``a week ago tuesday``, ``week last monday``, ``2 weeks on friday``."""
    if line.reads(spot, "last", "week"):
        day = spot + (3 if line.at(spot + 2) == "on" else 2)
        number = lexicon.weekdays.get(line.at(day)) if line.joined(day - 1) else None
        if number is None or line.at(day) in DOUBTFUL_WEEKDAYS:
            return None
        return TimeExpression(spot, day, today.weekday() + 7 - number, "ago")
    count, here = (1.0, spot) if line.at(spot) == "week" else lexicon.number(line, spot) or (0, 0)
    if not count or lexicon.units.get(line.at(here)) != "week" or count != int(count):
        return None
    weeks = int(count * lexicon.days(line.at(here)) / 7)
    day = here + 1
    links: list[str] = []
    while line.at(day) in ("ago", "gone", "on", "last", "past") and len(links) < 2:
        links.append(line.at(day))
        day += 1
    number = lexicon.weekdays.get(line.at(day))
    if number is None or not links or not all(map(line.joined, range(here, day))):
        return None
    back = days_back(number, today)
    if links == ["on"]:  # it will be so many weeks on that day
        return TimeExpression(spot, day, 7 * weeks - (7 - back) % 7, "now")
    if back > 3 and (weeks > 1 or "on" in links) and "last" not in links:
        back -= 7  # the one nearest to that many weeks ago
    return TimeExpression(spot, day, 7 * weeks + back, "ago")


def weekend(line: Line, spot: int, today: dt.date) -> TimeExpression | None:
    """``over the weekend`` is its Sunday, ``last weekend`` its Saturday."""
    if line.at(spot) not in ("weekend", "wkend", "wknd"):
        return None
    if line.at(spot - 1) == "last":
        days = days_back(5, today)
        return TimeExpression(spot - 1, spot, days if days > 1 else days + 7, "ago")
    if line.at(spot - 1) == "the" and line.at(spot - 2) in ("over", "at", "on", "since", "during"):
        return TimeExpression(spot - 2, spot, days_back(6, today), "ago")
    if line.at(spot - 1) in ("at", "over"):
        return TimeExpression(spot - 1, spot, days_back(6, today), "ago")
    return None
