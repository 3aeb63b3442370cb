"""Updates by webhook: 2xx only after the reply, 503 when it cannot be, each answered once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa

from bot.channels.metrics import Metrics
from bot.channels.telegram import delivery, webhook
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.webhook import Hook, secret_of
from bot.channels.web.app import SECRET_HEADER, make_app
from bot.channels.web.serve import Served
from bot.conversation.engine import Engine
from bot.store import durable
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.memory import MemoryStore
from bot.store.sealing import Seal, new_key
from bot.store.store import Store
from tests.postgres import Postgres
from tests.standin.server import TOKEN, BotApi, Fault

SIGN = "cant swallow my food since botox 3 days ago"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.05)


class Running:
    """A bot that the stand-in delivers to."""

    def __init__(self, api: BotApi, engine: Engine, store: Store | None = None) -> None:
        self.bot = make_bot(TOKEN, api.url, 64)
        self.metrics = Metrics()
        self.hook = Hook(
            self.bot, engine, store or MemoryStore(), "", secret_of(TOKEN), metrics=self.metrics
        )
        app = make_app(
            self.hook.health, self.metrics, hook=("/hook", secret_of(TOKEN), self.hook.receive)
        )
        self.served = Served(app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.served.port}/hook"
        self.hook._url = self.url

    async def post(self, update: object) -> int:
        async with httpx.AsyncClient() as client:
            headers = {SECRET_HEADER: secret_of(TOKEN)}
            return (await client.post(self.url, json=update, headers=headers)).status_code


@pytest.fixture
async def running(api: BotApi, engine: Engine) -> AsyncIterator[Running]:
    api.connections = 20
    found = Running(api, engine)
    await found.served.start()
    task = asyncio.create_task(found.hook.run())
    while api.webhook is None:
        await asyncio.sleep(0.01)
    yield found
    found.hook.stop()
    await asyncio.wait_for(task, 12)
    await found.served.stop()
    await found.bot.shutdown()


async def empty(api: BotApi) -> None:
    for _ in range(500):
        if not api.updates:
            return
        await asyncio.sleep(0.01)
    pytest.fail("never confirmed")


async def test_a_message_is_answered_and_then_confirmed(api: BotApi, running: Running) -> None:
    api.slow[1] = 0.5
    api.say(SIGN)
    await asyncio.sleep(0.3)
    assert len(api.updates) == 1, "not confirmed before its reply"
    assert (await api.wait_for(1))[0].startswith("🔴")
    await empty(api)


async def test_order_in_a_chat_and_nobody_waits_for_a_slow_one(
    api: BotApi, running: Running
) -> None:
    api.slow[1] = 1.0
    api.say("bruise", chat=1)
    for chat in range(2, 12):
        for command in ("/help", "/privacy"):
            api.say(command, chat=chat)
    for chat in range(2, 12):
        first, second = await api.wait_for(2, chat=chat, seconds=0.9)
        assert "typos are fine" in first.lower()
        assert "never store" in second
    assert api.texts(1) == []
    await api.wait_for(1, chat=1)


async def test_what_comes_twice_is_answered_once(api: BotApi, running: Running) -> None:
    api.slow[1] = 0.3
    update = {"update_id": 5, "message": api.message(text=SIGN)}
    codes = await asyncio.gather(*(running.post(update) for _ in range(5)))
    assert codes == [200] * 5
    assert await running.post(update) == 200
    assert len(api.texts(1)) == 1


async def test_what_comes_to_two_replicas_is_answered_once_if_the_store_can_be_asked(
    api: BotApi, engine: Engine, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it cannot be asked both answer, rather than none, and both count it."""
    address, key = postgres.database(), new_key()
    stores = [DurableStore(Database(address, 1), Seal(key, 1)) for _ in range(2)]
    replicas = [Running(api, engine, store) for store in stores]
    tasks = []
    for store, replica in zip(stores, replicas, strict=True):
        await store.start()
        await replica.served.start()
        tasks.append(asyncio.create_task(replica.hook.run()))
        while replica.hook._me is None:
            await asyncio.sleep(0.01)

    async def without_store(update: int) -> list[float | None]:
        """Both are given it; how often each of them has answered without the store so far."""
        data = {"update_id": update, "message": api.message(text=SIGN)}
        assert await asyncio.gather(*(replica.post(data) for replica in replicas)) == [200, 200]
        name = "aftercare_without_store_total"
        return [replica.metrics.registry.get_sample_value(name) for replica in replicas]

    monkeypatch.setattr(durable, "PATIENCE", 20.0)
    assert await without_store(1) == [0, 0]
    assert len(api.texts(1)) == 1
    monkeypatch.setattr(durable, "PATIENCE", 0.1)
    locking = Database(address, 1)
    async with locking.engine.begin() as connection:
        await connection.execute(sa.text("LOCK TABLE turns IN ACCESS EXCLUSIVE MODE"))
        assert await without_store(2) == [1, 1]
    assert len(api.texts(1)) == 3
    await locking.close()
    for store, replica, task in zip(stores, replicas, tasks, strict=True):
        replica.hook.stop()
        await asyncio.wait_for(task, 12)
        await replica.served.stop()
        await replica.bot.shutdown()
        await store.stop()


async def test_who_waits_too_long_is_told_to_come_again(
    api: BotApi, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "PATIENCE", 0.2)
    api.slow[1] = 0.6
    update = {"update_id": 5, "message": api.message(text=SIGN)}
    assert await running.post(update) == 503
    await api.wait_for(1)
    assert await running.post(update) == 200
    assert len(api.texts(1)) == 1


async def test_overload_is_503_and_not_ready(
    api: BotApi, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "MOST", 1)
    api.slow[1] = 0.5
    first = asyncio.create_task(running.post({"update_id": 5, "message": api.message(text=SIGN)}))
    while not running.hook.desk.waiting:
        await asyncio.sleep(0.01)
    second = {"update_id": 6, "message": api.message(chat=2, text=SIGN)}
    assert await running.post(second) == 503
    assert "overloaded" in running.hook.health.unready()
    assert await first == 200
    assert await running.post(second) == 200


async def test_a_stop_finishes_what_is_under_way_and_takes_no_more(
    api: BotApi, running: Running
) -> None:
    api.slow[1] = 0.5
    first = asyncio.create_task(running.post({"update_id": 5, "message": api.message(text=SIGN)}))
    while not running.hook.desk.waiting:
        await asyncio.sleep(0.01)
    running.hook.stop()
    assert await running.post({"update_id": 6, "message": api.message(chat=2, text=SIGN)}) == 503
    assert await first == 200


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ({"update_id": "x"}, 400),
        ({}, 400),
        ({"update_id": 1}, 200),
        ({"update_id": 1, "message": {"message_id": 3}}, 200),
        ({"update_id": 1, "poll": {"id": "1"}}, 200),
    ],
)
async def test_what_is_no_message_is_not_asked_for_again(
    api: BotApi, running: Running, update: object, status: int
) -> None:
    assert await running.post(update) == status


async def test_a_webhook_that_cannot_be_set_is_set_later(api: BotApi, engine: Engine) -> None:
    api.faults["setWebhook"].append(Fault(500))
    found = Running(api, engine)
    await found.served.start()
    task = asyncio.create_task(found.hook.run())
    api.say(SIGN)
    await api.wait_for(1)
    found.hook.stop()
    await asyncio.wait_for(task, 12)
    await found.served.stop()
    await found.bot.shutdown()


def test_the_secret_is_one_that_telegram_allows_and_not_the_token() -> None:
    import re

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret_of(TOKEN))
    assert secret_of(TOKEN) != secret_of(TOKEN + "x")
    assert TOKEN not in secret_of(TOKEN)
