"""The worker over a store on a disk: what a kill no longer loses."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.telegram import delivery
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.worker import Worker
from bot.conversation.engine import Engine
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal, new_key
from tests.standin.server import TOKEN, BotApi, Fault

SIGN = "cant swallow my food since botox 3 days ago"
KEY = new_key()
Run = Callable[..., object]


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.05)


class Bot:
    """A worker that can be killed: its tasks end on the spot, its store with them."""

    def __init__(self, api: BotApi, engine: Engine, path: Path) -> None:
        self.store = DurableStore(Database(f"sqlite:///{path}", 1), Seal(KEY, 1))
        self.bot = make_bot(TOKEN, api.url, 64)
        self.worker = Worker(self.bot, engine, self.store, ledger=Ledger(0.4, 0.2), long_poll=1)

    async def start(self) -> None:
        await self.store.start()
        self.task = asyncio.create_task(self.worker.run())

    async def stop(self) -> None:
        self.worker.stop()
        await asyncio.wait_for(self.task, 12)
        await self.store.stop()
        await self.bot.shutdown()

    async def kill(self) -> None:
        running = list(self.worker.desk._running)
        for task in (self.task, *running, *self.store._tasks):
            task.cancel()
        self.worker._leads = False  # nothing is confirmed any more
        await asyncio.gather(self.task, *running, *self.store._tasks, return_exceptions=True)
        await self.store._database.close()
        await self.bot.shutdown()


@asynccontextmanager
async def bot(api: BotApi, engine: Engine, path: Path) -> AsyncIterator[Bot]:
    found = Bot(api, engine, path)
    await found.start()
    yield found
    await found.stop()


async def empty(api: BotApi) -> None:
    for _ in range(500):
        if not api.updates:
            return
        await asyncio.sleep(0.01)
    pytest.fail("never confirmed")


async def test_a_chat_is_remembered_over_a_restart_and_forgotten_for_good(
    api: BotApi, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite3"
    async with bot(api, engine, path):
        api.say("bruise after botox yesterday")
        await api.wait_for(1)
        await empty(api)
    async with bot(api, engine, path):
        api.say("dull headache")
        assert "botulinum" in (await api.wait_for(2))[1]
        api.say("/forget")
        await api.wait_for(3)
        await empty(api)
    async with bot(api, engine, path):
        api.say("dull headache")
        assert "botulinum" not in (await api.wait_for(4))[3].split("Get help")[0]


async def test_an_answer_that_is_set_aside_is_sent_by_the_next_process(
    api: BotApi, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite3"
    first = Bot(api, engine, path)
    await first.start()
    api.faults["sendMessage"].extend(Fault(500, chat=1) for _ in range(100_0))
    api.say(SIGN, chat=1)
    api.say("/privacy", chat=1)
    await empty(api)  # confirmed, though nothing has arrived
    assert api.texts(1) == []
    await first.kill()
    assert "swallow my food" not in path.read_bytes().decode("latin-1")
    api.faults.clear()
    async with bot(api, engine, path):
        one, two = await api.wait_for(2, chat=1)
        assert one.startswith("🔴")
        assert "never store" in two
    async with bot(api, engine, path):
        await asyncio.sleep(0.5)
    assert len(api.texts(1)) == 2, "released"


async def test_a_store_that_cannot_hold_keeps_the_update_unconfirmed(
    api: BotApi, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError

    async with bot(api, engine, tmp_path / "a.sqlite3") as found:
        monkeypatch.setattr(found.store._database, "hold", full)
        api.slow[1] = 1.5
        api.say(SIGN, chat=1)
        await asyncio.sleep(1.2)
        assert len(api.updates) == 1
        await api.wait_for(1)
        await empty(api)


async def test_an_update_that_comes_again_after_a_kill_is_not_answered_again(
    api: BotApi, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite3"
    first = Bot(api, engine, path)
    await first.start()
    number = api.say(SIGN)
    await api.wait_for(1)
    for _ in range(200):
        if first.store._kept and not first.store.unwritten:
            break
        await asyncio.sleep(0.01)
    message = api.message(text=SIGN)
    await first.kill()
    api.updates.clear()
    api.updates.append({"update_id": number, "message": message})
    async with bot(api, engine, path):
        await empty(api)
        api.say("/help", chat=2)
        await api.wait_for(1, chat=2)
    assert len(api.texts(1)) == 1


async def test_a_blocked_chat_is_not_held(api: BotApi, engine: Engine, tmp_path: Path) -> None:
    async with bot(api, engine, tmp_path / "a.sqlite3") as found:
        api.blocked.add(1)
        api.say(SIGN, chat=1)
        await empty(api)
        assert await found.store.held(dt.datetime.now(dt.UTC)) == []
