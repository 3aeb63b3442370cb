"""What was asked and is not known: by chats that nobody can name, unreadable below five of them."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.conversation.gaps import Gap
from bot.conversation.session import Session
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.gap_book import GapBook
from bot.store.gaps import KEPT_WEEKS, WEEK, Asked, begin_of, week_of
from bot.store.sealing import Seal, new_key
from tests.store.conftest import KEY, Opener

NOW = dt.datetime.now(dt.UTC)
THIS_WEEK = week_of(NOW.timestamp())
WORD = Gap("word", "zorblex")
PAIR = Gap.pair("fever", "tattoo_removal")


def test_a_week_begins_on_monday() -> None:
    monday = dt.datetime(2026, 11, 23, tzinfo=dt.UTC).timestamp()
    assert week_of(monday) == week_of(monday + WEEK - 1) == week_of(monday - 1) + 1
    assert begin_of(week_of(monday + 12_345)) == monday


async def written(store: DurableStore) -> None:
    """Wait until all is written: a deletion waits for it."""
    assert await store.forget(999_999)


async def asked(store: DurableStore, keys: str = KEY, bot: int = 1) -> list[Asked]:
    await written(store)
    return GapBook(Seal(keys, bot)).asked(await store._database.gaps() or [])


async def rows(store: DurableStore) -> int:
    await written(store)
    return len(await store._database.gaps() or [])


async def test_four_chats_are_not_enough_and_five_are(opened: Opener) -> None:
    store = await opened()
    for chat in (1, 2, 3, 4, 4, 4, 1):
        store.note(chat, [WORD, PAIR])
        await written(store)
    assert await rows(store) == 8, "each chat once"
    assert await asked(store) == []
    store.note(5, [WORD])
    assert await asked(store) == [Asked(WORD, 5, THIS_WEEK)]
    store.note(5, [PAIR])
    store.note(6, [PAIR])
    assert await asked(store) == [Asked(PAIR, 6, THIS_WEEK), Asked(WORD, 5, THIS_WEEK)]


async def test_several_processes_count_together(opened: Opener) -> None:
    stores = [await opened() for _ in range(3)]
    for chat in range(6):
        stores[chat % 3].note(chat, [WORD])
    stores[0].note(1, [WORD])  # the same chat, at another process
    for store in stores:
        await written(store)
    assert await asked(stores[0]) == [Asked(WORD, 6, THIS_WEEK)]


async def test_forget_takes_the_chats_part_out(opened: Opener) -> None:
    store = await opened()
    for chat in range(1, 6):
        store.note(chat, [WORD, PAIR])
    assert len(await asked(store)) == 2
    assert await store.forget(3)
    assert await asked(store) == [], "four are left, and what they asked cannot be read again"
    assert await rows(store) == 8
    for chat in (1, 2, 4, 5):
        assert await store.forget(chat)
    assert await rows(store) == 0


async def test_forget_reaches_what_is_not_written_yet(opened: Opener) -> None:
    store = await opened()
    store.note(1, [WORD])
    assert await store.forget(1)
    assert await rows(store) == 0


async def test_forget_reaches_it_in_another_process_and_under_an_old_key(opened: Opener) -> None:
    first = await opened()
    first.note(1, [WORD])
    await written(first)
    await first.stop()
    second = await opened(f"{new_key()},{KEY}")
    second.note(1, [PAIR])
    await written(second)
    assert await rows(second) == 2
    assert await second.forget(1)
    assert await rows(second) == 0


async def test_another_bot_counts_apart(opened: Opener) -> None:
    first, second = await opened(bot=1), await opened(bot=2)
    for chat in range(1, 5):
        first.note(chat, [WORD])
    second.note(5, [WORD])
    await written(second)
    assert await asked(first) == []
    assert await second.forget(1)
    assert await rows(first) == 4


async def test_what_was_counted_goes_after_eight_weeks(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await opened()
    store.note(1, [WORD])
    await written(store)
    last = NOW + dt.timedelta(seconds=WEEK * (KEPT_WEEKS - 1))
    await store.sweep(last)
    assert await rows(store) == 1
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + WEEK * (KEPT_WEEKS - 1))
    store.note(1, [WORD])  # asked again: the weeks begin anew
    await written(store)
    await store.sweep(last + dt.timedelta(seconds=WEEK))
    assert await rows(store) == 1
    await store.sweep(last + dt.timedelta(seconds=WEEK * KEPT_WEEKS))
    assert await rows(store) == 0


async def test_rows_of_a_key_that_is_gone_are_deleted(opened: Opener) -> None:
    first = await opened()
    first.note(1, [WORD])
    await written(first)
    await first.stop()
    both = await opened(f"{new_key()},{KEY}")
    await both.sweep(NOW)
    assert await rows(both) == 1
    new = await opened(new_key())
    await new.sweep(NOW)
    assert await rows(new) == 0, "nobody could read them, and no /forget find them"


async def test_a_gap_counted_under_two_keys_is_listed_once(opened: Opener) -> None:
    old = await opened()
    for chat in range(6):
        old.note(chat, [WORD])
    await written(old)
    keys = f"{new_key()},{KEY}"
    new = await opened(keys)
    for chat in range(5):
        new.note(chat, [WORD])
    assert await asked(new, keys) == [Asked(WORD, 6, THIS_WEEK)]


async def test_a_table_that_fails_harms_nothing_else(
    opened: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    store = await opened()
    async with store._database.engine.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE gaps RENAME TO gone"))
        await connection.execute(sa.text("CREATE TABLE gaps AS SELECT * FROM gone"))
    store.note(1, [WORD])
    await store.put(1, Session(("laser",), seen=NOW))
    store.count("helpful")
    await written(store)
    assert "gaps are not counted" in caplog.text
    assert "zorblex" not in caplog.text
    assert store.healthy
    assert await store.counts() == {"helpful": 1}
    assert await rows(store) == 0


async def test_a_database_that_fails_is_waited_for(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.durable.REST", 0.05)
    store = await opened()
    real = store._database.write

    async def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(store._database, "write", broken)
    store.note(1, [WORD])
    store.note(2, [WORD])
    await asyncio.sleep(0.1)
    assert not await store.forget(2)
    monkeypatch.setattr(store._database, "write", real)
    await asyncio.sleep(0.2)
    assert await rows(store) == 1, "the other's; what was forgotten meanwhile is not written"


async def test_nobody_fills_the_disk(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.durable.MAX_GAPS", 10)
    store = await opened()
    await store.sweep(NOW)
    for number in range(30):
        store.note(1, [Gap("word", f"zorb{number}")])
    assert await rows(store) == 10
    await store.sweep(NOW)
    store.note(2, [WORD])
    assert await rows(store) == 10


async def test_without_consent_not_a_row(opened: Opener) -> None:
    store = await opened()
    await store.put(1, Session(("laser",), seen=NOW))
    await store.close(1, 5, done=True)
    store.count("helpful")
    await written(store)
    await store.sweep(NOW)
    assert await store._database.gaps() == []


# -- the raw file ----------------------------------------------------------------------------------


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


FIXED = "QWZ0ZXJjYXJlIHRlc3RzIHVzZSB0aGlzIG9uZSBrZXk="


async def test_the_raw_file_tells_no_word_no_chat_no_order_and_no_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = DurableStore(Database(f"sqlite:///{folder / 'a.sqlite3'}", 1), Seal(FIXED, 1))
    await store.start()
    chat = 777000777
    sentence = ["zorblex", "blixomar", "quandarix", "plomtard", "frimble"]
    for word in sentence:
        store.note(chat, [Gap("word", word)])
        await written(store)
    store.note(chat, [PAIR])
    await written(store)
    await store.stop()
    bytes_ = raw(folder)
    for secret in (*sentence, "tattoo", "fever", str(chat)):
        assert secret.encode() not in bytes_
    with sqlite3.connect(folder / "a.sqlite3") as file:
        found = file.execute("SELECT item, mark, share, value, week FROM gaps").fetchall()
        columns = {row[1] for row in file.execute("PRAGMA table_info(gaps)")}
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            file.execute("SELECT rowid FROM gaps")
    file.close()
    assert columns == {"bot", "item", "mark", "stamp", "share", "value", "week"}
    items = [row[0] for row in found]
    assert items == sorted(items), "they lie by their keyed names, not as they were asked"
    book = GapBook(Seal(FIXED, 1))
    told = [book.row(chat, Gap("word", word), THIS_WEEK).item for word in sentence]
    assert [item for item in items if item in told] != told
    assert len({row[1] for row in found}) == len(found), "no two rows name the chat alike"
    assert len({len(row[3]) for row in found}) == 1, "no length of a word"
    assert {row[4] for row in found} == {THIS_WEEK}
    seal = Seal(FIXED, 1)
    for row in found:
        assert seal._fernet.extract_timestamp(row[3]) == begin_of(THIS_WEEK)
        inner = seal.open(row[3])
        assert inner is not None
        assert int.from_bytes(_decoded(inner)[1:9]) == begin_of(THIS_WEEK)


def _decoded(token: bytes) -> bytes:
    import base64

    return base64.urlsafe_b64decode(token)


async def test_not_even_the_key_opens_what_four_chats_asked(opened: Opener) -> None:
    store = await opened()
    for chat in range(4):
        store.note(chat, [WORD])
    await written(store)
    seal = Seal(KEY, 1)
    kept = await store._database.gaps()
    assert kept
    for row in kept:
        inner = seal.open(row.value)
        assert inner is not None
        assert b"zorblex" not in inner
        assert seal.open(inner) is None


async def test_forget_leaves_no_byte_of_it_in_the_raw_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = DurableStore(Database(f"sqlite:///{folder / 'a.sqlite3'}", 1), Seal(KEY, 1))
    await store.start()
    for number in range(60):
        for chat in (1, 2):
            store.note(chat, [Gap("word", f"zorblex{chr(97 + number % 26)}{number}")])
        await written(store)
    book = GapBook(Seal(KEY, 1))
    kept = await store._database.gaps()
    assert kept
    listed = [(row.item, row.mark, row.stamp) for row in kept]
    own = set(book.marks_of([1], listed))
    mine = [row for row in kept if (row.item, row.mark) in own]
    others = [row for row in kept if (row.item, row.mark) not in own]
    assert len(mine) == len(others) == 60
    before = raw(folder)
    assert all(row.mark.encode() in before and row.value in before for row in mine)
    assert await store.forget(1)
    left = raw(folder)
    for row in mine:
        assert row.mark.encode() not in left
        assert row.value not in left
        assert row.share not in left
    assert all(row.mark.encode() in left for row in others)
    await store.stop()
