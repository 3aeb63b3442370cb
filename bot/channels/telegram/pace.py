"""How fast the bot writes: Telegram's limits, kept before they are met.

About one message a second to a chat and thirty a second over all; short bursts are allowed. An
emergency takes its place in the count and waits for nobody. What Telegram refuses all the same
(429) is waited for by ``delivery``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

FULL = 10_000
"""Chats counted before those that have long been silent are dropped."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages a second, after a burst."""

    second: float
    burst: int


CHAT = Rate(1.0, 30)
OVERALL = Rate(30.0, 100)


class Pace:
    """Counts what is sent, by the generic cell rate algorithm: one number a chat."""

    def __init__(
        self,
        chat: Rate = CHAT,
        overall: Rate = OVERALL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chat, self._overall, self._clock = chat, overall, clock
        self._chats: dict[int, float] = {}
        self._all = 0.0

    def wait(self, chat: int, *, urgent: bool) -> float:
        """Count one message; returns for how many seconds it should wait. Urgent: none."""
        now = self._clock()
        self._all, overall = _count(self._all, self._overall, now)
        self._chats[chat], own = _count(self._chats.get(chat, 0.0), self._chat, now)
        if len(self._chats) > FULL:
            self._chats = {key: full for key, full in self._chats.items() if full > now}
        return 0.0 if urgent else max(overall, own)


def _count(full: float, rate: Rate, now: float) -> tuple[float, float]:
    """The time at which all that was counted is paid for, and the wait that this asks for."""
    full = max(full, now) + 1.0 / rate.second
    return full, max(0.0, full - now - rate.burst / rate.second)
