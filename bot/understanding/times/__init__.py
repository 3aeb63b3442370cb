"""Time expressions: how many days before now, and what they are tied to.

The door: ``TimeReader(words).find(forms, today)`` gives ``TimeExpression``s. One module for each
kind of expression; each reads from one word on and says where the expression ends.
"""

from bot.understanding.times.expression import NOT_SINCE, Kind, TimeExpression
from bot.understanding.times.reader import TimeReader

__all__ = ["NOT_SINCE", "Kind", "TimeExpression", "TimeReader"]
