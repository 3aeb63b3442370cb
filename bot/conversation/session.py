"""What is remembered of a chat: never its text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.content.levels import Level

MEMORY = dt.timedelta(days=3)
"""How long a session lives without a message."""
TOGETHER = dt.timedelta(hours=12)
"""Messages no further apart are read together: what was told before still counts."""


@dataclass(frozen=True, slots=True)
class Session:
    """The memory of one chat. Only slugs and days of the knowledge, no words of the person."""

    treatments: tuple[str, ...] = ()
    treated_on: dt.datetime | None = None
    country: str | None = None
    language: str = "en"
    clinic: str = ""
    """Slug of the clinic by whose link the person came."""
    level: Level | None = None
    symptoms: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """The last advice's reasons in the words of the knowledge."""
    seen: dt.datetime | None = None
    """When the last message came."""
    began: dt.datetime | None = None
    """When this talk began; buttons carry it, so that those of an older talk are known."""
    told: tuple[str, ...] = ()
    """Symptoms that count now, each with how it was told: ``headache severe worse``."""
    denied: tuple[str, ...] = ()
    """Slugs of symptoms that the person says are not there."""
    ruled_out: tuple[str, ...] = ()
    """Red flags of which the person was asked and said: none."""
    areas: tuple[str, ...] = ()
    """Areas of the body that were named, as word classes of the knowledge."""
    since: dt.datetime | None = None
    """When the first symptom of this talk began, or was told."""
    floor: Level | None = None
    """The level does not fall below this in this talk: it came back, got worse, or was danger."""
    asked: str = ""
    """The question that waits for an answer."""
    done: tuple[str, ...] = ()
    """Questions asked in this talk; none is asked twice."""
    remind_at: dt.datetime | None = None
    """When the person wants to be asked again."""
    rated: bool = False
    """Whether the person has said if this talk was helpful."""

    def days(self, now: dt.datetime) -> float | None:
        """Days since the treatment, as of now."""
        if self.treated_on is None:
            return None
        return max(0.0, (now - self.treated_on).total_seconds() / 86_400)

    def expired(self, now: dt.datetime) -> bool:
        """Whether it is too old to be used."""
        return self.seen is not None and now - self.seen > MEMORY

    def together(self, now: dt.datetime) -> bool:
        """Whether what was told before still counts as told now."""
        return self.seen is None or now - self.seen <= TOGETHER

    @property
    def tag(self) -> str:
        """A short mark of this talk for its buttons."""
        if self.began is None:
            return ""
        return format(int(self.began.timestamp() * 1000) % 0x1000000, "06x")
