"""The Procfile's processes, started as a platform does: by a shell, with what docs/operate.md names.

Nothing else stands in their environment, and they are stopped as a platform stops them.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import pytest

from bot.store.sealing import new_key
from tests.conftest import ROOT
from tests.standin.ports import free_port
from tests.standin.server import TOKEN, BotApi
from tests.telegram.test_replicas import ready

STOP = 8.0
"""Seconds in which a stop must end; platforms kill after 10."""


def commands() -> dict[str, str]:
    """Name and command of each line."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line.strip())


def documented() -> set[str]:
    """The variables in the first table of docs/operate.md."""
    table = (ROOT / "docs" / "operate.md").read_text().partition("\n## ")[0]
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", table, re.MULTILINE)
    return {name for row in rows for name in re.findall("[A-Z_]+", row)}


async def launch(name: str, home: Path, **settings: str) -> Process:
    """A line of the Procfile."""
    assert settings.keys() <= documented()
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    env = {"PATH": path, "HOME": str(home), **settings}
    return await asyncio.create_subprocess_shell(
        commands()[name], cwd=ROOT, env=env, stdout=PIPE, stderr=STDOUT, start_new_session=True
    )


async def stop(process: Process) -> str:
    """SIGTERM to all of it."""
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGTERM)
    out, _ = await asyncio.wait_for(process.communicate(), STOP)
    assert time.monotonic() - began < STOP
    return out.decode()


@pytest.mark.parametrize("name", ["worker", "web"])
async def test_a_process_of_the_procfile_answers(api: BotApi, tmp_path: Path, name: str) -> None:
    port = free_port()
    settings = {
        "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "AFTERCARE_KEY": new_key(),
        "HOST": "127.0.0.1", "PORT": str(port),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
    }  # fmt: skip
    if name == "web":
        settings["WEBHOOK_URL"] = f"http://127.0.0.1:{port}/hook"
    process = await launch(name, tmp_path, **settings)
    assert (await ready(port))["role"] == ("webhook" if name == "web" else "polling")
    api.say("bruise after botox")
    await api.wait_for(1, seconds=15)
    log = await stop(process)
    assert '"stopped, 0 updates left' in log
    assert (tmp_path / ".local" / "share" / "aftercare" / "aftercare.sqlite3").exists()


async def test_web_without_an_address_says_what_is_missing(api: BotApi, tmp_path: Path) -> None:
    process = await launch("web", tmp_path, TELEGRAM_TOKEN=TOKEN, PORT=str(free_port()))
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert "WEBHOOK_URL" in out.decode()
    assert api.calls == [], "it does not poll in place of it"
