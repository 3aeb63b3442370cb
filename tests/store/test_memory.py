"""What is remembered of chats: bounded, and gone when it should be."""

from __future__ import annotations

import datetime as dt

from bot.conversation.session import MEMORY, Session
from bot.store.memory import MemoryStore
from bot.store.store import Turnstile

NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
OLD = Session(("laser",), seen=NOW - MEMORY - dt.timedelta(seconds=1))
FRESH = Session(("laser",), seen=NOW)


async def known(store: MemoryStore, chat: int) -> Session:
    return (await store.open(chat, 99, NOW)).session


async def test_put_open_forget() -> None:
    store = MemoryStore()
    assert await known(store, 1) == Session()
    await store.put(1, FRESH)
    assert await known(store, 1) == FRESH
    assert await store.forget(1)
    assert await known(store, 1) == Session()
    await store.forget(1)


async def test_an_expired_session_is_deleted_when_asked_for_and_by_the_sweep() -> None:
    store = MemoryStore()
    for chat, session in enumerate((OLD, OLD, FRESH)):
        await store.put(chat, session)
    assert await known(store, 0) == Session()
    assert await store.sweep(NOW) == 1
    assert len(store) == 1


async def test_the_longest_silent_chat_makes_room() -> None:
    store = MemoryStore(limit=2)
    for chat in (1, 2, 1, 3):
        await store.put(chat, FRESH)
    assert await known(store, 2) == Session()
    assert await known(store, 1) == FRESH


async def test_a_done_update_is_not_done_again() -> None:
    store = MemoryStore()
    await store.close(1, 7, done=True)
    await store.close(1, 8, done=False)
    assert (await store.open(1, 7, NOW)).turnstile is Turnstile.DONE
    assert (await store.open(1, 8, NOW)).turnstile is Turnstile.FREE


async def test_a_reminder_is_claimed_once_and_can_be_cancelled() -> None:
    store = MemoryStore()
    await store.remind(1, NOW, "check")
    await store.remind(2, NOW + dt.timedelta(days=1), "check")
    await store.remind(3, NOW, "check")
    await store.cancel(3)
    assert [r.chat for r in await store.due(NOW)] == [1]
    assert await store.due(NOW) == []
