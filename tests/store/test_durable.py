"""The store over SQLite and PostgreSQL: what outlives a restart, and what must not."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.session import MEMORY, Session
from bot.reply.reply import Line, Part, Reply
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal, new_key
from bot.store.store import Held, Reminder, Turnstile
from tests.store.conftest import KEY, Opener

NOW = dt.datetime.now(dt.UTC)
SESSION = Session(("laser",), country="IE", seen=NOW)
REPLY = Reply((Part("text", (Line("Drink water."),)),))


async def known(store: DurableStore, chat: int = 1, number: int = 99) -> Session:
    session = (await store.open(chat, number, NOW)).session
    await store.close(chat, number, done=False)
    return session


async def test_a_session_outlives_a_restart(opened: Opener) -> None:
    store = await opened()
    assert await known(store) == Session()
    await store.put(1, SESSION)
    await store.put(1, replace(SESSION, country="FR"))
    await store.stop()
    again = await opened()
    assert await known(again) == replace(SESSION, country="FR")
    assert await known(again, chat=2) == Session()


async def test_another_bot_in_the_same_database_sees_nothing(opened: Opener) -> None:
    store = await opened()
    await store.put(1, SESSION)
    await store.close(1, 5, done=True)
    await store.stop()
    other = await opened(bot=2)
    found = await other.open(1, 5, NOW)
    assert (found.turnstile, found.session) == (Turnstile.FREE, Session())


async def test_a_done_update_is_known_after_a_restart(opened: Opener) -> None:
    store = await opened()
    assert (await store.open(1, 5, NOW)).turnstile is Turnstile.FREE
    await store.close(1, 5, done=True)
    await store.stop()
    assert (await (await opened()).open(1, 5, NOW)).turnstile is Turnstile.DONE


async def test_the_next_update_of_a_chat_waits_for_the_note_of_the_last_one(
    opened: Opener,
) -> None:
    """So that a kill repeats one answer of a chat, not a row of them."""
    store, another = await opened(), await opened()
    for number in range(1, 6):
        await store.open(1, number, NOW)
        if number > 1:
            assert number - 1 in (await another._database.read([], [number - 1]))[1]
        await store.close(1, number, done=True)


async def test_forget_deletes_at_once_and_for_good(opened: Opener) -> None:
    store = await opened()
    await store.put(1, SESSION)
    await store.remind(1, NOW, "check")
    await store.hold(Held(5, 1, (REPLY,)))
    assert await store.forget(1)
    assert await known(store) == Session()
    again = await opened()
    assert await known(again) == Session()
    assert await again.due(NOW) == []
    assert await again.held(NOW) == []


async def test_what_has_expired_is_swept(opened: Opener) -> None:
    store = await opened()
    old = NOW - MEMORY - dt.timedelta(seconds=1)
    await store.put(1, replace(SESSION, seen=old))
    await store.put(2, SESSION)
    await store.forget(3)  # waits until all is written
    assert await store.sweep(NOW) == 1
    assert await known(store, 2) == SESSION


async def test_what_was_kept_while_the_clock_was_years_ahead_goes_in_time(opened: Opener) -> None:
    """From the first sweep by the right clock on it is kept as long as anything else."""
    store = await opened()
    for chat in (1, 2):
        ahead = NOW + dt.timedelta(days=4000 * (chat == 1))
        await store.put(chat, replace(SESSION, seen=ahead))
    await store.forget(3)  # waits until all is written
    await store._database.hold(7, "x", b"x", (NOW + dt.timedelta(days=4000)).timestamp())
    assert await store.sweep(NOW) == 0
    assert len(await store._database.held(NOW.timestamp())) == 1
    assert await store.sweep(NOW + MEMORY + dt.timedelta(seconds=1)) == 2
    assert await store._database.held(NOW.timestamp()) == []


async def test_a_stop_in_the_very_moment_of_a_result_is_a_stop(opened: Opener) -> None:
    """Or what sweeps and renews goes on for ever, and the stop with it."""
    store = await opened()

    async def sweep() -> None:
        async def result() -> int:
            task.cancel()
            return 1

        await store._patient(result(), 5)
        await asyncio.sleep(30)

    task = asyncio.create_task(sweep())
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


async def test_an_expired_session_is_not_used_before_the_sweep(opened: Opener) -> None:
    store = await opened()
    await store.put(1, SESSION)
    await store.stop()
    found = await (await opened()).open(1, 1, NOW + MEMORY + dt.timedelta(seconds=1))
    assert found.session == Session()


async def test_held_answers_come_back_in_order_until_released(opened: Opener) -> None:
    store = await opened()
    for number in (8, 7):
        assert await store.hold(Held(number, 1, (REPLY,)))
    again = await opened()
    assert await again.held(NOW) == [Held(7, 1, (REPLY,)), Held(8, 1, (REPLY,))]
    await again.release(7)
    assert [held.number for held in await again.held(NOW)] == [8]
    assert await again.held(NOW + dt.timedelta(days=2)) == []


async def test_a_reminder_is_claimed_by_one_of_many(opened: Opener) -> None:
    stores = [await opened() for _ in range(3)]
    for chat in range(30):
        await stores[0].remind(chat, NOW - dt.timedelta(minutes=chat), "check")
    claimed: list[Reminder] = []
    while True:
        found = [r for row in await asyncio.gather(*(s.due(NOW) for s in stores)) for r in row]
        if not found:
            break
        claimed += found
    assert sorted(r.chat for r in claimed) == list(range(30))
    await stores[0].remind(0, NOW, "second")
    assert [(r.chat, r.reminder_id) for r in await stores[1].due(NOW)] == [(0, "second")]


async def test_a_reminder_that_is_cancelled_or_too_late_is_not_sent(opened: Opener) -> None:
    store = await opened()
    await store.remind(1, NOW, "check")
    await store.cancel(1)
    await store.remind(2, NOW - dt.timedelta(days=2), "check")
    await store.remind(3, NOW + dt.timedelta(days=2), "check")
    assert await store.due(NOW) == []


async def test_a_dead_process_loses_its_reminder_to_another(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.CLAIM", 0.2)
    first, second = await opened(), await opened()
    await first.remind(1, NOW, "check")
    assert len(await first.due(NOW)) == 1
    assert await second.due(NOW) == []
    await asyncio.sleep(0.3)
    (reminder,) = await second.due(NOW)
    await second.reminded(reminder)
    await asyncio.sleep(0.3)
    assert await first.due(NOW) == []


async def test_counts_add_up_over_processes(opened: Opener) -> None:
    first, second = await opened(), await opened()
    for store in (first, second, first):
        store.count("feedback_yes")
    await first.forget(1)
    await second.forget(1)
    assert await first.counts() == {"feedback_yes": 3}


async def test_an_old_key_opens_and_the_sweep_seals_anew(opened: Opener) -> None:
    store = await opened()
    await store.put(1, SESSION)
    await store.put(2, SESSION)
    await store.stop()
    key = new_key()
    both = await opened(f"{key},{KEY}")
    assert await known(both) == SESSION
    await both.sweep(NOW)
    await both.stop()
    new = await opened(key)
    assert await known(new, 1) == await known(new, 2) == SESSION


async def test_without_the_right_key_nothing_can_be_read(
    opened: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    store = await opened()
    await store.put(1, SESSION)
    await store.stop()
    wrong = await opened(new_key())
    assert await known(wrong) == Session()
    await wrong.sweep(NOW)
    assert "1 sessions cannot be opened with AFTERCARE_KEY" in caplog.text
    assert "sealed with the newest key" not in caplog.text


async def test_a_write_under_a_new_key_leaves_nothing_under_the_old(opened: Opener) -> None:
    store = await opened()
    await store.put(1, SESSION)
    await store.stop()
    both = await opened(f"{new_key()},{KEY}")
    await both.put(1, replace(SESSION, country="FR"))
    await both.forget(2)
    await both.stop()
    assert await known(await opened()) == Session()


async def test_two_starts_at_once_migrate_once(address: str) -> None:
    databases = [Database(address, 1) for _ in range(4)]
    await asyncio.gather(*(database.open() for database in databases))
    for database in databases:
        await database.ping()
        await database.close()


async def test_a_database_of_a_later_version_is_left_alone(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    from sqlalchemy import text

    database = Database(address, 1)
    await database.open()
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    store = DurableStore(Database(address, 1), Seal(KEY, 1))
    await store.start(patience=1.0)
    assert "later version (9999)" in caplog.text
    await store.put(1, SESSION)
    assert await known(store) == SESSION, "from memory"
    assert not store.healthy
    await store.stop()


def test_the_head_revision_is_the_newest_in_the_folder() -> None:
    from bot.store import migrate

    folder = Path(migrate.__file__).parent / "migrations" / "versions"
    assert max(path.name[:4] for path in folder.glob("0*.py")) == migrate.HEAD


@pytest.mark.parametrize("way", ["made", "migrated"])
async def test_the_tables_are_those_of_the_migrations(address: str, way: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from bot.store import migrate
    from bot.store.tables import METADATA

    database = Database(address, 1)
    if way == "migrated":
        if database.path is not None:
            database.path.parent.mkdir(parents=True, exist_ok=True)
        async with database.engine.begin() as connection:
            await connection.run_sync(migrate.upgrade, None)
    await database.open()
    async with database.engine.connect() as connection:
        assert await connection.run_sync(migrate.revision) == migrate.HEAD
        difference = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), METADATA)
        )
    await database.close()
    assert difference == []


@pytest.mark.parametrize("address", ["mysql://x/y", "nonsense", "sqlite"])
def test_another_database_is_refused_with_what_to_write(address: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///path or postgresql://"):
        Database(address, 1)


def test_herokus_form_is_understood_and_the_password_not_shown() -> None:
    database = Database("postgres://me:geheim@db.example.org:5432/x?sslmode=require", 1)
    assert database.shared
    assert "geheim" not in database.name
    assert "ssl=require" in database.name
