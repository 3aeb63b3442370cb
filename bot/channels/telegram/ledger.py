"""Which updates are done, and what may be confirmed to Telegram.

``getUpdates(offset)`` confirms, and so deletes, every update below the offset. The offset is
therefore the lowest update that is not done: whatever happens to this process, the rest comes
again. Nothing can be confirmed past an update that is not done, and Telegram hands out at most
``BATCH`` of those that are not confirmed, so an answer that cannot be sent would in the end keep
everybody else's messages back. Such an update is *set aside*: its sending goes on, but it is
confirmed, and lost if the process is killed before it succeeds. That happens after ``PATIENCE``,
or after ``PATIENCE_IN_A_CROWD`` once a full batch holds nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence

BATCH = 100
"""Unconfirmed updates that Telegram hands out at most."""
PATIENCE = 60.0
"""Seconds for which an update holds back the confirmation of later ones."""
PATIENCE_IN_A_CROWD = 5.0
"""The same while messages of others are kept back by it."""


class Ledger:
    """The updates since the last confirmation. Times are seconds of a monotonic clock."""

    def __init__(
        self, patience: float = PATIENCE, patience_in_a_crowd: float = PATIENCE_IN_A_CROWD
    ) -> None:
        self._patience = patience
        self._patience_in_a_crowd = patience_in_a_crowd
        self._open: dict[int, float] = {}
        self._aside: set[int] = set()
        self._done: set[int] = set()
        self._next = 0
        self._crowded = False

    def offset(self, now: float) -> int | None:
        """The lowest update that must come again if we die now; None before the first one."""
        patience = self._patience_in_a_crowd if self._crowded else self._patience
        late = [number for number, came in self._open.items() if now - came >= patience]
        for number in late:
            del self._open[number]
            self._aside.add(number)
        return min(self._open, default=self._next) or None

    def received(self, offset: int | None, numbers: Sequence[int]) -> list[int]:
        """Note the answer to a poll; returns the updates that were not seen before.

        After a week without updates Telegram may begin to count somewhere else. It then hands
        out updates below the offset, and the old one means nothing any more.
        """
        if offset is not None:
            restarted = bool(numbers) and min(numbers) < offset
            if restarted:
                self._next = max(numbers) + 1
                self._done.intersection_update(numbers)
            else:
                self._done = {number for number in self._done if number >= offset}
        known = self._open.keys() | self._aside | self._done
        new = [number for number in numbers if number not in known]
        self._crowded = len(numbers) >= BATCH and not new
        return new

    def take(self, number: int, now: float) -> None:
        """Work on an update begins."""
        self._next = max(self._next, number + 1)
        self._open[number] = now

    def finish(self, number: int) -> None:
        """An update is answered, or there was nothing to answer."""
        self._open.pop(number, None)
        if number in self._aside:
            self._aside.discard(number)
        else:
            self._done.add(number)

    def outage(self, now: float) -> None:
        """Telegram is out of reach: that is no fault of a chat, and patience begins again."""
        self._open = dict.fromkeys(self._open, now)

    @property
    def waiting(self) -> int:
        """Updates that will come again after a restart."""
        return len(self._open)

    @property
    def aside(self) -> int:
        """Updates that are confirmed and not answered yet."""
        return len(self._aside)
