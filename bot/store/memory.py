"""A store in memory: nothing is written to a disk, and all of it ends with the process."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, OrderedDict
from collections.abc import Collection

from bot.conversation.gaps import Gap
from bot.conversation.session import Session
from bot.store.store import Held, Opened, Reminder, Turnstile

MAX_CHATS = 100_000
"""Sessions kept at most; the longest silent one goes first."""
MAX_DONE = 100_000
"""Updates of which it is known that they are done."""
KEPT_UPDATES = 48 * 3600.0
"""Seconds for which that is known. Telegram may begin to count elsewhere after a quiet week."""


class MemoryStore:
    """Everything that ``Store`` asks for, bounded, for one process."""

    def __init__(self, limit: int = MAX_CHATS, done_limit: int = MAX_DONE) -> None:
        self._limit, self._done_limit = limit, done_limit
        self._sessions: OrderedDict[int, Session] = OrderedDict()
        self._done: OrderedDict[int, float] = OrderedDict()
        self._reminders: dict[int, Reminder] = {}
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._sessions)

    async def open(self, chat: int, number: int, now: dt.datetime) -> Opened:
        """See ``Store.open``."""
        done_at = self._done.get(number)
        if done_at is not None and time.monotonic() - done_at < KEPT_UPDATES:
            return Opened(Turnstile.DONE)
        return Opened(Turnstile.FREE, self.get(chat, now) or Session())

    def get(self, chat: int, now: dt.datetime) -> Session | None:
        """The session of a chat, if there is one and it has not expired."""
        session = self._sessions.get(chat)
        if session is not None and session.expired(now):
            del self._sessions[chat]
            return None
        return session

    async def close(self, chat: int, number: int, *, done: bool) -> None:
        """See ``Store.close``."""
        del chat
        if done:
            self._done[number] = time.monotonic()
            if len(self._done) > self._done_limit:
                self._done.popitem(last=False)

    async def put(self, chat: int, session: Session) -> None:
        """See ``Store.put``."""
        self._sessions[chat] = session
        self._sessions.move_to_end(chat)
        if len(self._sessions) > self._limit:
            self._sessions.popitem(last=False)

    async def forget(self, chat: int) -> bool:
        """See ``Store.forget``."""
        self._sessions.pop(chat, None)
        self._reminders.pop(chat, None)
        return True

    async def sweep(self, now: dt.datetime) -> int:
        """See ``Store.sweep``."""
        expired = [chat for chat, session in self._sessions.items() if session.expired(now)]
        for chat in expired:
            del self._sessions[chat]
        return len(expired)

    async def hold(self, held: Held) -> bool:
        """Memory cannot keep an answer past the end of the process."""
        del held
        return False

    async def release(self, number: int) -> None:
        """See ``Store.release``."""

    async def held(self, now: dt.datetime) -> list[Held]:
        """See ``Store.held``."""
        del now
        return []

    async def is_held(self, number: int) -> bool:
        """See ``Store.is_held``."""
        del number
        return False

    async def remind(self, chat: int, due: dt.datetime, reminder_id: str) -> None:
        """See ``Store.remind``."""
        self._reminders[chat] = Reminder(chat, reminder_id, due)

    async def cancel(self, chat: int) -> None:
        """See ``Store.cancel``."""
        self._reminders.pop(chat, None)

    async def due(self, now: dt.datetime) -> list[Reminder]:
        """See ``Store.due``. One process has no rival: what is claimed is gone."""
        due = [reminder for reminder in self._reminders.values() if reminder.due <= now]
        for reminder in due:
            del self._reminders[reminder.chat]
        return due

    async def reminded(self, reminder: Reminder) -> None:
        """See ``Store.reminded``."""

    def count(self, name: str) -> None:
        """See ``Store.count``."""
        self._counts[name] += 1

    async def counts(self) -> dict[str, int]:
        """See ``Store.counts``."""
        return dict(self._counts)

    def note(self, chat: int, gaps: Collection[Gap]) -> None:
        """Nothing: gaps are kept sealed or not at all."""

    @property
    def healthy(self) -> bool:
        """See ``Store.healthy``."""
        return True
