"""Amounts: ``3 weeks ago``, ``a couple of days after``, ``2 weeks in``, ``day 3``."""

from __future__ import annotations

from bot.understanding.times.expression import Kind, Line, TimeExpression
from bot.understanding.times.lexicon import NUMBER, Lexicon

_FILLERS = frozenset(
    "of about around like roughly approx approximately nearly almost over only just the good past "
    "last under bit more than some or so maybe ish odd whole full entire solid".split()
)
_NOW = frozenset(("now", "today", "already"))
DAY_NUMBER = ("day", "week", "month", "pod", "d")
BARE_UNITS = ("week", "month", "year", "fortnight", "day", "hour")
LONG_LASTING = ("weeks", "months")
"""After "for": so long at least that it is no matter of days."""
_HABIT = frozenset(("for", "of", "in"))
"""Before or after a number of years: how long somebody has been a customer."""
_AFTER_IN = frozenset(("with", "to", "now", "and", "since", "after", "post", "from", "but", "so"))
"""What may follow "2 weeks in"; "2 weeks in bed" is no time since a treatment."""
_INTO = frozenset(("my", "the", "it", "recovery", "healing", "this", "her", "his", "having"))
_WITHIN = frozenset(("in", "within"))
_UNTIL_OVER = frozenset(("in", "within", "after", "by", "lasted", "for", "took"))
"""Before an amount with "gone": how long something took to go."""
_EXPECTING = frozenset(("pregnant", "preggers", "along", "gestation"))
_I_AM = frozenset(("im", "am", "shes", "is"))
"""With "gone": weeks of a pregnancy."""
_AFTER_BEFORE = frozenset(("", "now", "and", "but", "today", "still"))
"""What may follow "4 days before" where it means "4 days ago"."""


def amount(lexicon: Lexicon, line: Line, spot: int) -> TimeExpression | None:
    """A number of units and what they are tied to."""
    counted = _counted(lexicon, line, spot)
    if counted is None:
        return None
    value, here = counted
    while line.at(here) in _FILLERS and here - spot < 4:
        here += 1
    word = line.at(here)
    if word not in lexicon.units or (len(word) == 1 and not NUMBER.match(line.at(here - 1))):
        return None
    days = value * lexicon.days(word)
    last = here
    if line.reads(here + 1, "and", "a", "half"):
        days += 0.5 * lexicon.days(word)
        last = here + 3
    else:
        days, last = _and_more(lexicon, line, here, days)
    return _tied(lexicon, line, spot, last, days)


def _counted(lexicon: Lexicon, line: Line, spot: int) -> tuple[float, int] | None:
    """The number of units, and the spot after it; of "3 or 4" the later one counts."""
    number = lexicon.number(line, spot)
    if number is None:
        if line.at(spot) in LONG_LASTING and line.at(spot - 1) == "for":
            return 2.0, spot  # "blue for months": two at least
        return (1.0, spot) if _bare_unit(line, spot) else None
    value, here = number
    word = line.at(spot)
    if word in ("a", "an") and line.at(here) in lexicon.numbers:
        value = lexicon.numbers[line.at(here)]
        here += 1
    if word == "half" and line.at(here) in ("a", "an"):
        here += 1
    if line.at(here) in ("or", "to", "and", "n"):
        if line.at(here + 1) in ("a", "an") and line.at(here + 2) == "half":
            return value + 0.5, here + 3
        second = lexicon.number(line, here + 1)
        if second is not None and line.at(second[1]) in lexicon.units:
            return max(value, second[0]), second[1]
    elif NUMBER.match(line.at(here)) and line.at(here + 1) in lexicon.units:
        later = lexicon.value(line.at(here)) or 0
        if line.joined(here - 1) and later > value:
            # "3 - 4 weeks"; not "im 45, 3 days ago", nor "morpheus8 2 weeks ago"
            return later, here + 1
    return value, here


def _and_more(lexicon: Lexicon, line: Line, unit: int, days: float) -> tuple[float, int]:
    """``2 weeks and 3 days``, ``4 weeks 2 days``: the days with the rest, and the last spot."""
    here = unit + 1
    if line.at(here) in ("and", "n"):
        here += 1
    elif not line.joined(unit):
        return days, unit
    more = lexicon.number(line, here)
    if more is None or line.at(more[1]) not in lexicon.units or line.at(here) in ("a", "an"):
        return days, unit
    length = lexicon.days(line.at(more[1]))
    if length >= lexicon.days(line.at(unit)):
        return days, unit
    return days + more[0] * length, more[1]


def _tied(lexicon: Lexicon, line: Line, first: int, last: int, days: float) -> TimeExpression:
    """What an amount is tied to: the words before and after it."""
    tail, after = line.at(last + 1), line.at(last + 2)
    before = line.at(first - 1)

    def found(kind: Kind, end: int = last, length: float = days) -> TimeExpression:
        return TimeExpression(first, end, length, kind)

    if before == "every" or (days >= 300 and (before in _HABIT or tail in _HABIT)):
        return found("habit")  # "for 3 years", "11 yrs of botox"
    if tail in _NOW:
        return found("now", last + 1)
    if tail == "tomorrow" and days >= 2:
        return found("now", last + 1, days - 1)  # "it'll be two weeks tomorrow"
    if before == "been" or (before in ("nearly", "almost") and line.at(first - 2) == "been"):
        return found("now")  # "it has been 16 days"
    if tail in lexicon.ago:
        return found("ago", last + 1)
    if (tail, after) == ("or", "so") and line.at(last + 3) in lexicon.ago:
        return found("ago", last + 3)
    if tail in _EXPECTING or (tail == "gone" and before in _I_AM):
        return found("before", last + 1)  # "im 6 weeks gone": the pregnancy
    if tail == "gone" and before not in _UNTIL_OVER:
        return found("ago", last + 1)  # "a month gone"
    if tail == "before" and line.joined(last):
        if line.next(last + 1) in _AFTER_BEFORE:
            return found("ago", last + 1)  # "4 days before, now pus boils"
        return found("before", last + 1)  # "a month before my tummy tuck"
    if tail == "in" and line.joined(last) and line.next(last + 1) in ("", *_AFTER_IN):
        return found("now", last + 1)
    if tail == "into" and after in _INTO:
        return found("now", last + 1)
    if tail == "since" and line.joined(last):
        return found("now")  # "three weeks since the surgery": until now
    if tail in lexicon.since:
        return found("after", last + 1 if tail == "later" else last)
    if before in _WITHIN:
        return found("before")  # "botox in 2 weeks", "doubled in 3 days"
    return found("after" if before == "after" else "duration")


def _bare_unit(line: Line, spot: int) -> bool:
    """``month after my facelift``, ``month and a half ago``: one, without saying so."""
    if line.at(spot) not in BARE_UNITS:
        return False
    if line.at(spot - 1) in ("last", "next", "this", "every", "each", "per", "the", "all"):
        return False
    after = line.at(spot + 1)
    return after in ("after", "post", "since") or line.reads(spot + 1, "and", "a", "half")


def day_number(lexicon: Lexicon, line: Line, spot: int) -> TimeExpression | None:
    """``day 3``, ``week two``, ``pod 3``; ``third day after``."""
    word = line.at(spot)
    if word not in DAY_NUMBER:
        return _ordinal_day(lexicon, line, spot)
    told = line.at(spot + 1)
    number = lexicon.number(line, spot + 1)
    if number is None or told in ("a", "an", "few", "half"):
        return None
    if (word == "d" and not NUMBER.match(told)) or line.at(number[1]) in lexicon.units:
        return None
    unit = word if word in ("week", "month") else "day"
    return TimeExpression(spot, number[1] - 1, number[0] * lexicon.days(unit), "day_number")


def _ordinal_day(lexicon: Lexicon, line: Line, spot: int) -> TimeExpression | None:
    """``sixth day after``, ``3rd day post``; "the third day running" is no day since something."""
    number = lexicon.ordinal(line, spot)
    if number is None or line.at(number[1]) not in ("day", "week", "month"):
        return None
    if line.next(number[1]) not in ("after", "post", "since", "postop", "following"):
        return None
    days = number[0] * lexicon.days(line.at(number[1]))
    return TimeExpression(spot, number[1], days, "after")
