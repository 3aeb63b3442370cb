"""A store that is gone, slow, full or old costs memory, never an answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversation.session import Session
from bot.store import durable
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal
from bot.store.store import Held, Turnstile
from tests.postgres import Postgres
from tests.store.conftest import KEY

NOW = dt.datetime.now(dt.UTC)
SESSION = Session(("laser",), seen=NOW)


@pytest.fixture(autouse=True)
def short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "REST", 0.2)


def store_at(address: str) -> DurableStore:
    return DurableStore(Database(address, 1), Seal(KEY, 1))


async def quick(store: DurableStore, chat: int, number: int) -> Session:
    """A whole turn, which must not take longer than the patience."""
    began = time.monotonic()
    opened = await store.open(chat, number, NOW)
    await store.put(chat, SESSION)
    await store.close(chat, number, done=True)
    assert time.monotonic() - began < 2 * durable.PATIENCE + 0.3
    assert opened.turnstile is Turnstile.FREE
    return opened.session


async def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not come to pass"
        await asyncio.sleep(0.02)


async def test_postgresql_gone_and_back(
    postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    address = postgres.database()
    store = store_at(address)
    await store.start()
    assert await quick(store, 1, 1) == Session()
    postgres.stop()
    try:
        for number in range(2, 12):
            await quick(store, 2, number)
        assert await quick(store, 2, 20) == SESSION, "from memory"
        assert not store.healthy
        assert caplog.text.count("the store failed") == 1, "told once, not for every message"
        assert not await store.forget(1), "not certain as long as it is gone"
        assert not await store.hold(Held(5, 1, ()))
        assert await store.held(NOW) == await store.due(NOW) == []
    finally:
        postgres.start()
    await until(lambda: store.healthy and not store.unwritten)
    assert "the store is back" in caplog.text
    await store.stop()
    again = store_at(address)
    await again.start()
    assert (await again.open(2, 11, NOW)).turnstile is Turnstile.DONE, "written afterwards"
    assert (await again.open(1, 99, NOW)).session == Session(), "deleted afterwards"
    await again.stop()


async def test_nothing_is_forgotten_because_memory_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "CACHED", 3)
    store = store_at(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    for chat in range(10):  # before it is even open: all of it waits in memory
        await store.put(chat, SESSION)
    assert (await store.open(0, 1, NOW)).session == SESSION
    await store.start()
    await until(lambda: not store.unwritten)
    assert len(store._memory) == 3
    assert (await store.open(0, 2, NOW)).session == SESSION
    await store.stop()


async def test_gone_at_the_start_and_there_later(postgres: Postgres) -> None:
    address = postgres.database()
    postgres.stop()
    try:
        store = store_at(address)
        await store.start(patience=0.1)
        await quick(store, 1, 1)
    finally:
        postgres.start()
    await until(lambda: store.healthy and not store.unwritten)
    await store.stop()


async def test_a_slow_database_is_not_waited_for(postgres: Postgres) -> None:
    store = store_at(postgres.database())
    await store.start()
    await quick(store, 1, 1)
    real = store._database.read

    async def slow(*arguments: object) -> object:
        await asyncio.sleep(30)
        return await real(*arguments)  # type: ignore[arg-type]

    store._database.read = slow  # type: ignore[assignment, method-assign]
    await quick(store, 2, 2)
    began = time.monotonic()
    await asyncio.gather(*(store.open(chat, chat, NOW) for chat in range(3, 60)))
    assert time.monotonic() - began < 0.1, "nobody asks again for a while"
    await store.stop()


async def test_an_answer_without_the_store_is_told_from_others(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is slow on purpose: another connection keeps a table locked."""
    monkeypatch.setattr(durable, "PATIENCE", 20.0)
    address = postgres.database()
    store, another = store_at(address), Database(address, 1)
    await store.start()
    assert (await store.open(1, 1, NOW)).asked
    monkeypatch.setattr(durable, "PATIENCE", 0.1)
    async with another.engine.begin() as connection:
        await connection.execute(sa.text("LOCK TABLE turns IN ACCESS EXCLUSIVE MODE"))
        assert not (await store.open(2, 2, NOW)).asked, "too slow"
        assert not (await store.open(3, 3, NOW)).asked, "not asked again at once"
    monkeypatch.setattr(durable, "PATIENCE", 20.0)
    await asyncio.sleep(durable.REST)
    assert (await store.open(4, 4, NOW)).asked
    await another.close()
    await store.stop()


async def test_a_question_is_no_transaction(postgres: Postgres) -> None:
    """To begin and end one are more waits for the server, and each is long on a busy machine."""
    store = store_at(postgres.database())
    await store.start()
    seen: list[str] = []
    async with store._database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        raw.driver_connection.add_query_logger(lambda said: seen.append(said.query))  # type: ignore[union-attr]
    await asyncio.gather(*(store.open(chat, chat, NOW) for chat in range(1, 50)))
    assert seen == []
    await store._database.renew_turns()
    assert [said.split()[0] for said in seen] == ["BEGIN", "COMMIT;"], "the others are"
    await store.stop()


async def test_a_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "a.sqlite3"
    store = store_at(f"sqlite:///{path}")
    await store.start()
    await quick(store, 1, 1)
    await store.forget(99)
    async with store._database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        cursor = await raw.driver_connection.execute("PRAGMA page_count")  # type: ignore[union-attr]
        (pages,) = await cursor.fetchone()
        await raw.driver_connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[union-attr]
    for number in range(2, 400):
        await store.open(number, number, NOW)
        await store.put(number, SESSION)
        await store.close(number, number, done=True)
    await until(lambda: not store.healthy)
    assert "OperationalError" in caplog.text
    assert "laser" not in caplog.text
    assert await quick(store, 5, 500) == SESSION, "from memory"
    async with store._database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        await raw.driver_connection.execute("PRAGMA max_page_count=100000")  # type: ignore[union-attr]
    await until(lambda: store.healthy and not store.unwritten)
    await store.stop()


async def test_a_file_that_another_process_has_locked(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    store = store_at(f"sqlite:///{path}")
    await store.start()
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        await quick(store, 1, 1)
        await quick(store, 1, 2)
        other.execute("ROLLBACK")
    other.close()
    await until(lambda: store.healthy and not store.unwritten)
    await store.stop()


async def test_restored_from_an_old_copy(tmp_path: Path) -> None:
    """What the copy holds is old, but nothing of it is wrong: answers go on, expiry holds."""
    path, copy = tmp_path / "a.sqlite3", tmp_path / "copy"
    store = store_at(f"sqlite:///{path}")
    await store.start()
    await store.put(1, SESSION)
    await store.close(1, 1, done=True)
    await store.remind(1, NOW, "check")
    await store.hold(Held(7, 3, ()))
    await store.stop()
    shutil.copy(path, copy)
    store = store_at(f"sqlite:///{path}")
    await store.start()
    await store.close(1, 2, done=True)
    assert await store.forget(1)
    await store.stop()
    shutil.copy(copy, path)
    later = NOW + dt.timedelta(days=4)
    store = store_at(f"sqlite:///{path}")
    await store.start()
    assert (await store.open(1, 1, NOW)).turnstile is Turnstile.DONE
    assert (await store.open(1, 2, NOW)).turnstile is Turnstile.FREE, "at worst a repeat"
    assert (await store.open(1, 3, later)).session == Session(), "expired in the copy as well"
    assert await store.due(later) == [], "too late"
    assert await store.held(later) == [], "too late"
    assert await store.sweep(later) == 1
    await store.stop()


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be one" * 90, b"\0"])
async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_bytes(content)
    store = store_at(f"sqlite:///{path}")
    await store.start(patience=0.3)
    await quick(store, 1, 1)
    assert await quick(store, 1, 2) == SESSION
    await store.stop()
    if len(content) > 1:
        assert path.read_bytes() == content


async def test_clock_jumps_do_not_stop_the_store(tmp_path: Path) -> None:
    store = store_at(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    await store.start()
    for jump in (dt.timedelta(days=4000), dt.timedelta(days=-4000), dt.timedelta()):
        opened = await store.open(1, 1, NOW + jump)
        assert opened.turnstile is Turnstile.FREE
        await store.put(1, Session(("laser",), seen=NOW + jump))
        await store.sweep(NOW + jump)
        await store.due(NOW + jump)
    assert (await store.open(1, 1, NOW)).session.treatments == ("laser",)
    await store.stop()
