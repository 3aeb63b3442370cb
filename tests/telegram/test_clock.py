"""The clock of the machine jumps, by hours and days, in both directions: answers go on."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.health import Health
from bot.channels.telegram import run
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.worker import Worker
from bot.conversation.engine import Engine
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal, new_key
from tests.standin.server import TOKEN, BotApi


class Clock:
    """The machine's clock, set wrong."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wrong = dt.timedelta()
        real_time, real = time.time, dt.datetime
        clock = self

        class Shifted(real):  # type: ignore[misc, valid-type]
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
                return real.now(tz) + clock.wrong

        monkeypatch.setattr(dt, "datetime", Shifted)
        monkeypatch.setattr(time, "time", lambda: real_time() + clock.wrong.total_seconds())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
async def worker(
    api: BotApi, engine: Engine, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Worker]:
    """A worker with its store, its sweep and its reminders, all of which look often."""
    monkeypatch.setattr(run, "REMIND", 0.05)
    monkeypatch.setattr(run, "SWEEP", 0.05)
    store = DurableStore(Database(f"sqlite:///{tmp_path / 'a'}", 123456), Seal(new_key(), 123456))
    await store.start()
    health = Health()
    bot = make_bot(TOKEN, api.url, 64)
    found = Worker(bot, engine, store, long_poll=1, health=health)
    tasks = [asyncio.create_task(work) for work in (
        found.run(), run._sweep(store), run._remind(store, found.desk, health),
    )]  # fmt: skip
    yield found
    found.stop()
    await asyncio.wait_for(tasks[0], 12)
    for task in tasks[1:]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await store.stop()
    await bot.shutdown()


async def said(api: BotApi, text: str) -> str:
    """The answer to a message; it must be the only one, and be confirmed."""
    before = len(api.texts())
    api.say(text)
    answer = (await api.wait_for(before + 1, seconds=15))[before]
    for _ in range(1000):
        if not api.updates:
            break
        await asyncio.sleep(0.01)
    assert not api.updates, "confirmed: what is done is told apart without the clock"
    assert len(api.texts()) == before + 1
    assert not re.search(r"day -\d|-\d+ (day|hour)", answer)
    return answer


async def test_hours_back_and_forth_forget_nothing(
    api: BotApi, worker: Worker, clock: Clock
) -> None:
    await said(api, "bruise after botox yesterday")
    for hours in (5, -10, 30, -30, 0):
        clock.wrong = dt.timedelta(hours=hours)
        assert "botulinum" in await said(api, "dull headache")


async def test_a_red_flag_is_one_in_any_year(api: BotApi, worker: Worker, clock: Clock) -> None:
    for days in (-20_000, 20_000, 0, -3, 3):
        clock.wrong = dt.timedelta(days=days)
        answer = await said(api, "cant swallow my food since botox 3 days ago")
        assert answer.startswith("🔴 EMERGENCY")


async def test_expiry_goes_by_the_clock_that_is_shown(
    api: BotApi, worker: Worker, clock: Clock
) -> None:
    await said(api, "bruise after botox yesterday")
    clock.wrong = dt.timedelta(days=4)
    assert "botulinum" not in (await said(api, "dull headache")).split("Get help")[0]
    clock.wrong = dt.timedelta()
    assert await said(api, "/help")


async def test_a_reminder_is_sent_once_whatever_the_clock_does(
    api: BotApi, worker: Worker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await said(api, "bruise after botox yesterday")
    now = dt.datetime.now(dt.UTC)
    await worker._store.remind(1, now + dt.timedelta(hours=1), "check_in")
    await asyncio.sleep(0.3)
    assert len(api.texts()) == 1, "not yet"
    for hours in (2, -5, 3, 0, 2):
        clock.wrong = dt.timedelta(hours=hours)
        await asyncio.sleep(0.3)
    assert len(api.texts()) == 2
