"""Whether the process does its work, said truthfully."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

STUCK = 120.0
"""Seconds without a round of the polling loop after which it is stuck; a poll takes 25 s, waits
between failed ones at most 30 s."""
UNHEARD = 90.0
"""Seconds without an answer from Telegram after which we are not ready."""
OLD = 300.0
"""Age of the oldest update in hand, in seconds, after which the desk is not well: flood limits and
outages are waited for, but not in silence."""


@dataclass(slots=True)
class Health:
    """Signs of life of one process. Times are of the monotonic clock."""

    webhook: bool = False
    """Telegram comes to us: there is no polling loop to be stuck."""
    spare: bool = False
    stopping: bool = False
    overloaded: bool = False
    alive_at: float = field(default_factory=time.monotonic)
    heard_at: float | None = None
    oldest: float = 0.0

    def alive(self) -> None:
        """A round of the loop has begun."""
        self.alive_at = time.monotonic()

    def heard(self) -> None:
        """Telegram has answered."""
        self.heard_at = time.monotonic()

    @property
    def poll_age(self) -> float:
        """Seconds since the last answer to a poll."""
        return time.monotonic() - (self.heard_at or self.alive_at)

    def faults(self) -> list[str]:
        """Why the process should be started anew; empty if it should not."""
        found = []
        if not self.webhook and time.monotonic() - self.alive_at > STUCK:
            found.append("the polling loop is stuck")
        return found

    def unready(self) -> list[str]:
        """Why the process cannot do its work now; empty if it can."""
        found = self.faults()
        if self.stopping:
            found.append("stopping")
        if self.overloaded:
            found.append("overloaded")
        if self.heard_at is None:
            found.append("Telegram has not answered yet")
        elif not self.webhook and not self.spare and self.poll_age > UNHEARD:
            found.append("Telegram does not answer")
        if self.oldest > OLD:
            found.append("answers are held up")
        return found
