"""What is remembered of chats: bounded, and gone when it should be."""

from __future__ import annotations

import datetime as dt

from bot.conversation.session import MEMORY, Session
from bot.store.sessions import MemorySessions

NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
OLD = Session(("laser",), seen=NOW - MEMORY - dt.timedelta(seconds=1))
FRESH = Session(("laser",), seen=NOW)


async def test_get_put_forget() -> None:
    sessions = MemorySessions()
    assert await sessions.get(1, NOW) == Session()
    await sessions.put(1, FRESH)
    assert await sessions.get(1, NOW) == FRESH
    await sessions.forget(1)
    assert await sessions.get(1, NOW) == Session()
    await sessions.forget(1)


async def test_an_expired_session_is_deleted_when_asked_for_and_by_the_sweep() -> None:
    sessions = MemorySessions()
    for chat, session in enumerate((OLD, OLD, FRESH)):
        await sessions.put(chat, session)
    assert await sessions.get(0, NOW) == Session()
    assert await sessions.sweep(NOW) == 1
    assert len(sessions) == 1


async def test_the_longest_silent_chat_makes_room() -> None:
    sessions = MemorySessions(limit=2)
    for chat in (1, 2, 1, 3):
        await sessions.put(chat, FRESH)
    assert await sessions.get(2, NOW) == Session()
    assert await sessions.get(1, NOW) == FRESH
