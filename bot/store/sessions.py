"""Sessions by chat. Until there is a database they live in memory and end with the process."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from typing import Protocol

from bot.conversation.session import Session

MAX_CHATS = 100_000
"""Sessions kept at most; the longest silent one goes first."""


class Sessions(Protocol):
    """Where the memory of chats is kept. None of it is needed to answer a message."""

    async def get(self, chat: int, now: dt.datetime) -> Session:
        """The session of a chat; a new one if there is none or it has expired."""

    async def put(self, chat: int, session: Session) -> None:
        """Remember a session."""

    async def forget(self, chat: int) -> None:
        """Delete everything about a chat at once."""

    async def sweep(self, now: dt.datetime) -> int:
        """Delete what has expired; returns how many sessions that were."""


class MemorySessions:
    """Sessions in memory: nothing is written to a disk."""

    def __init__(self, limit: int = MAX_CHATS) -> None:
        self._limit = limit
        self._sessions: OrderedDict[int, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    async def get(self, chat: int, now: dt.datetime) -> Session:
        """See ``Sessions.get``."""
        session = self._sessions.get(chat)
        if session is None:
            return Session()
        if session.expired(now):
            del self._sessions[chat]
            return Session()
        return session

    async def put(self, chat: int, session: Session) -> None:
        """See ``Sessions.put``."""
        self._sessions[chat] = session
        self._sessions.move_to_end(chat)
        if len(self._sessions) > self._limit:
            self._sessions.popitem(last=False)

    async def forget(self, chat: int) -> None:
        """See ``Sessions.forget``."""
        self._sessions.pop(chat, None)

    async def sweep(self, now: dt.datetime) -> int:
        """See ``Sessions.sweep``."""
        expired = [chat for chat, session in self._sessions.items() if session.expired(now)]
        for chat in expired:
            del self._sessions[chat]
        return len(expired)
