"""kill -9 at every step of an update: answered after the next start, at most twice."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from bot.store.sealing import new_key
from tests.conftest import ROOT
from tests.standin.server import TOKEN, BotApi
from tests.telegram.test_process import end, start, until

SIGN = "cant swallow my food since botox 3 days ago"
DYING = """
import os, signal, sys
from bot.cli import main
import {module} as module
owner, name, when = {owner!r}, {name!r}, {when!r}
target = getattr(module, owner)
real = getattr(target, name)
def die():
    os.kill(os.getpid(), signal.SIGKILL)
if {coroutine}:
    async def dying(*a, **k):
        if when == "before":
            die()
        result = await real(*a, **k)
        die()
else:
    def dying(*a, **k):
        if when == "before":
            die()
        result = real(*a, **k)
        die()
setattr(target, name, dying)
main()
"""
STEPS = {
    "taken": ("bot.channels.telegram.worker", "Worker", "_take", "after", False),
    "session read": ("bot.channels.telegram.desk", "Desk", "_open", "after", True),
    "answer worked out": ("bot.channels.telegram.desk", "Desk", "_turn", "after", False),
    "accepted by Telegram": ("bot.channels.telegram.delivery", "Delivery", "send", "after", True),
    "session written": ("bot.store.durable", "DurableStore", "put", "after", True),
    "noted as done": ("bot.store.durable", "DurableStore", "close", "after", True),
    "in the database": ("bot.store.durable", "DurableStore", "_flush_now", "after", True),
    "before confirmation": ("bot.channels.telegram.ledger", "Ledger", "finish", "before", False),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_at_any_step_loses_nothing(api: BotApi, tmp_path: Path, step: str) -> None:
    module, owner, name, when, coroutine = STEPS[step]
    program = DYING.format(module=module, owner=owner, name=name, when=when, coroutine=coroutine)
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api.url,
        "AFTERCARE_KEY": new_key(),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite3'}",
    }
    api.say(SIGN)
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, "run",
        cwd=ROOT, env={**os.environ, **settings}, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(dying.communicate(), 30)
    assert dying.returncode == -9, out.decode()
    process = await start(api, **{k: v for k, v in settings.items() if not k.startswith("TELE")})
    await api.wait_for(1, seconds=20)
    await until(lambda: not api.updates)
    log = await end(process, 15)
    assert len(api.texts()) <= 2
    if step == "in the database":
        assert len(api.texts()) == 1, "known as done"
    assert "swallow my" not in log
