"""How fast the bot writes: Telegram's limits, kept before they are met.

About one message a second to a chat and thirty a second over all; short bursts are allowed. The
counting is aiolimiter's (a leaky bucket a limit). An emergency is counted where there is room, and
waits for nobody. What Telegram refuses all the same (429) is waited for by ``delivery``.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiolimiter import AsyncLimiter

FULL = 10_000
"""Chats counted before those that have been silent are dropped."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages a second, after a burst."""

    second: float
    burst: int

    def limiter(self) -> AsyncLimiter:
        """A count of its own. It belongs to the event loop in which it is first asked."""
        return AsyncLimiter(self.burst, self.burst / self.second)


CHAT = Rate(1.0, 30)
OVERALL = Rate(30.0, 100)


class Pace:
    """Holds messages back until their chat, and all chats together, have room for them."""

    def __init__(self, chat: Rate = CHAT, overall: Rate = OVERALL, full: int = FULL) -> None:
        self._chat, self._overall, self._full = chat, overall.limiter(), full
        self._chats: dict[int, AsyncLimiter] = {}

    @property
    def counted(self) -> int:
        """Chats that are counted now."""
        return len(self._chats)

    async def take(self, chat: int, *, urgent: bool) -> None:
        """Count one message, and wait until it may go. Urgent ones never wait."""
        for limiter in (self._limiter(chat), self._overall):
            if limiter.has_capacity() or not urgent:
                await limiter.acquire()

    def _limiter(self, chat: int) -> AsyncLimiter:
        found = self._chats.get(chat)
        if found is None:
            if len(self._chats) >= self._full:  # an empty bucket is like none
                self._chats = {
                    key: kept
                    for key, kept in self._chats.items()
                    if not kept.has_capacity(self._chat.burst)
                }
            found = self._chats[chat] = self._chat.limiter()
        return found
