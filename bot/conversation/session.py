"""What is remembered of a chat: never its text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.content.levels import Level

MEMORY = dt.timedelta(days=3)
"""How long a session lives without a message."""


@dataclass(frozen=True, slots=True)
class Session:
    """The memory of one chat. Only slugs and days of the knowledge, no words of the person."""

    treatments: tuple[str, ...] = ()
    treated_on: dt.datetime | None = None
    country: str | None = None
    language: str = "en"
    level: Level | None = None
    symptoms: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """The last advice's reasons in the words of the knowledge."""
    seen: dt.datetime | None = None
    """When the last message came."""

    def days(self, now: dt.datetime) -> float | None:
        """Days since the treatment, as of now."""
        if self.treated_on is None:
            return None
        return max(0.0, (now - self.treated_on).total_seconds() / 86_400)

    def expired(self, now: dt.datetime) -> bool:
        """Whether it is too old to be used."""
        return self.seen is not None and now - self.seen > MEMORY
