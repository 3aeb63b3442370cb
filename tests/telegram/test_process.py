"""The worker as a process: killed, stopped, started again; nothing lost, nothing leaked."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable

import pytest

from tests.conftest import ROOT
from tests.standin.server import TOKEN, BotApi, Fault

STARTED: list[Process] = []
"""By the test that runs."""


async def start(api: BotApi, token: str = TOKEN, *arguments: str, **more: str) -> Process:
    env = {**os.environ, "TELEGRAM_TOKEN": token, "TELEGRAM_API_URL": api.url, **more}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", *arguments,
        cwd=ROOT, env=env, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    STARTED.append(process)
    return process


async def until(true: Callable[[], bool]) -> None:
    for _ in range(750):
        if true():
            return
        await asyncio.sleep(0.02)
    pytest.fail("did not come to pass in 15 s")


async def end(process: Process, number: int) -> str:
    process.send_signal(number)
    out, _ = await asyncio.wait_for(process.communicate(), 15)
    return out.decode()


async def test_kill_in_the_middle_loses_no_message(api: BotApi) -> None:
    chats = range(1, 21)
    for chat in chats:
        api.slow[chat] = 0.05 * chat
        api.say("bruise after botox 2 days ago", chat=chat)
    process = await start(api)
    await api.wait_for(1, chat=4, seconds=15)
    log = await end(process, signal.SIGKILL)
    answered = [chat for chat in chats if api.texts(chat)]
    assert 0 < len(answered) < 20
    api.slow.clear()
    process = await start(api)
    for chat in chats:
        await api.wait_for(1, chat=chat, seconds=15)
    await until(lambda: not api.updates)
    log += await end(process, signal.SIGTERM)
    assert process.returncode == 0
    assert max(len(api.texts(chat)) for chat in chats) <= 2
    assert TOKEN not in log
    assert "stand-in-token" not in log
    assert "bruise" not in log


async def test_sigterm_answers_what_is_under_way_and_confirms_it(api: BotApi) -> None:
    api.slow[1] = 1.0
    process = await start(api)
    api.say("bruise")
    await until(lambda: any(method == "sendMessage" for method, _ in api.calls))
    await end(process, signal.SIGTERM)
    assert process.returncode == 0
    assert len(api.texts()) == 1
    assert not api.updates


async def test_a_refused_token_ends_with_a_remedy_and_without_the_token(api: BotApi) -> None:
    process = await start(api, token="999:wrong-token-wrong-token")
    out, _ = await asyncio.wait_for(process.communicate(), 15)
    assert process.returncode == 2
    assert "BotFather" in out.decode()
    assert "wrong-token" not in out.decode()


async def test_telegram_down_at_the_start_is_waited_for(api: BotApi) -> None:
    api.faults["getMe"].extend([Fault(502), Fault(cut=True)])
    process = await start(api)
    api.say("bruise")
    await api.wait_for(1, seconds=15)
    await end(process, signal.SIGTERM)
