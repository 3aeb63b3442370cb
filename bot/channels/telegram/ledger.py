"""Which updates are done, and what may be confirmed to Telegram.

``getUpdates(offset)`` confirms, and so deletes, every update below the offset. The offset is
therefore the lowest update that is not done: whatever happens to this process, the rest comes
again. Nothing can be confirmed past an update that is not done, and Telegram hands out at most
``BATCH`` of those that are not confirmed, so an answer that cannot be sent would in the end keep
everybody else's messages back. Such an update becomes *late*, after ``PATIENCE``, or after
``PATIENCE_IN_A_CROWD`` once a full batch holds nothing new. Its answer is then put into the store
(the answer, never the message), and it is *set aside*: confirmed, while its sending goes on, in
this process or, if that is killed, in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        self._aside: dict[int, bool] = {}
        self._done: set[int] = set()
        self._next = 0
        self.crowded = False
        """Whether late updates keep back messages of others."""

    def offset(self) -> int | None:
        """The lowest update that must come again if we die now; None before the first one."""
        return min(self._open, default=self._next) or None

    def late(self, now: float) -> list[int]:
        """Updates that have held back the others for too long."""
        patience = self._patience_in_a_crowd if self.crowded else self._patience
        return [number for number, came in self._open.items() if now - came >= patience]

    def set_aside(self, numbers: Iterable[int], *, safe: bool) -> None:
        """Confirm updates that are not answered yet; ``safe`` if a kill does not lose them."""
        for number in numbers:
            if self._open.pop(number, None) is not None:
                self._aside[number] = safe

    def fresh(self) -> Ledger:
        """An empty one with the same patience."""
        return Ledger(self._patience, self._patience_in_a_crowd)

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
        known = self._open.keys() | self._aside.keys() | self._done
        new = [number for number in numbers if number not in known]
        self.crowded = len(numbers) >= BATCH and not new
        return new

    def take(self, number: int, now: float) -> None:
        """Work on an update begins."""
        self._next = max(self._next, number + 1)
        self._open[number] = now

    def finish(self, number: int) -> None:
        """An update is answered, or there was nothing to answer."""
        self._open.pop(number, None)
        if self._aside.pop(number, None) is None:
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

    @property
    def lost(self) -> int:
        """Those of them that end with this process."""
        return sum(not safe for safe in self._aside.values())
