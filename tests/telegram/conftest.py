"""A stand-in server and a worker that talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.telegram.client import make_bot
from bot.channels.telegram.worker import Worker
from bot.conversation.engine import Engine
from bot.store.memory import MemoryStore
from tests.standin.server import TOKEN, BotApi


@pytest.fixture
async def api(api: BotApi, engine: Engine) -> AsyncIterator[BotApi]:
    """A stand-in; at the end every message that it was sent must close with the disclaimer."""
    yield api
    disclaimer = engine.knowledge.wording["en"].disclaimer
    for messages in api.messages.values():
        for message in messages:
            assert message["text"].endswith(disclaimer)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """A test that fails half-way leaves no process behind."""
    yield
    from tests.telegram.test_process import STARTED

    for process in STARTED:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
    STARTED.clear()


@pytest.fixture
async def worker(api: BotApi, engine: Engine) -> AsyncIterator[Worker]:
    """A running worker."""
    bot = make_bot(TOKEN, api.url, 64)
    running = Worker(bot, engine, MemoryStore(), long_poll=1)
    task = asyncio.create_task(running.run())
    yield running
    running.stop()
    await asyncio.wait_for(task, 12)
    await bot.shutdown()
