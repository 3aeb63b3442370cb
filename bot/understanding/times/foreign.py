"""Amounts in other languages: ``hace 3 dias``, ``vor zwei wochen``, ``3 дня назад``, ``3日前``."""

from __future__ import annotations

from bot.content.models import ForeignTime
from bot.understanding.times.expression import Line, TimeExpression
from bot.understanding.times.lexicon import NUMBER, Lexicon


def foreign_amount(lexicon: Lexicon, line: Line, spot: int) -> TimeExpression | None:
    """A number and a unit of one language with its word for "ago" before or after them."""
    unit = line.next(spot)
    for language in lexicon.foreign:
        if unit in language.days:
            found = _in(language, line, spot)
            if found is not None:
                return found
    return None


def _in(language: ForeignTime, line: Line, spot: int) -> TimeExpression | None:
    word = line.at(spot)
    value = float(word.replace(",", ".")) if NUMBER.match(word) else language.numbers.get(word)
    days = language.days.get(line.next(spot))
    if value is None or days is None:
        return None
    days *= value
    for phrase in language.after:
        if line.reads(spot + 2, *phrase.split()):
            return TimeExpression(spot, spot + 1 + len(phrase.split()), days, "ago")
    for phrase in language.before:
        first = spot - len(phrase.split())
        if first >= 0 and line.reads(first, *phrase.split()):
            return TimeExpression(first, spot + 1, days, "ago")
    if line.next(spot) in language.ago:
        return TimeExpression(spot, spot + 1, days, "ago")
    return None
