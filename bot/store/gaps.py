"""What was asked and is not known, as it stands in the store and as it is read out of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.gaps import Gap

WEEK = 7 * 86_400
"""Seconds."""
_TO_MONDAY = 3 * 86_400
"""Seconds by which the first day of 1970, a Thursday, comes after a Monday."""
KEPT_WEEKS = 8
"""Weeks after which a row goes; so a gap has to be asked by five chats within that time."""


def week_of(time: float) -> int:
    """The number of a week, from Monday to Sunday in UTC, of a time in seconds since 1970."""
    return int(time + _TO_MONDAY) // WEEK


def begin_of(week: int) -> int:
    """When a week begins, in seconds since 1970."""
    return week * WEEK - _TO_MONDAY


@dataclass(frozen=True, slots=True)
class GapRow:
    """One chat has asked for one thing, some time in a week."""

    item: str
    """The gap's keyed name."""
    mark: str
    """The chat's keyed name under this gap."""
    stamp: str
    """Which of the operator's keys made it."""
    share: bytes
    value: bytes
    week: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A gap that at least five chats have asked for."""

    gap: Gap
    chats: int
    week: int
    """The last one."""
