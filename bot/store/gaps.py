"""What was asked and is not known, as it stands in the store and as it is read out of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.gaps import Gap

WEEK = 7 * 86_400
"""Seconds. Weeks are counted from 1970; they begin on Thursdays, at midnight in UTC."""
KEPT_WEEKS = 8
"""Weeks after which a row goes; so a gap has to be asked by five chats within that time."""


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
