"""Started where no name can be resolved: the process waits, says so, and answers once it can."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx

from bot.store.sealing import new_key
from tests.conftest import ROOT
from tests.standin.ports import free_port
from tests.standin.server import TOKEN, BotApi
from tests.telegram.test_replicas import ready

NAMELESS = """
import os, socket, sys
from bot.cli import main
real = socket.getaddrinfo
def resolve(host, *rest, **named):
    if host == "localhost" and not os.path.exists(sys.argv[-1]):
        raise socket.gaierror(-3, "Temporary failure in name resolution")
    return real(host, *rest, **named)
socket.getaddrinfo = resolve
main(args=sys.argv[1:-1])
"""


async def test_no_names_at_the_start(api: BotApi, tmp_path: Path) -> None:
    port, there = free_port(), tmp_path / "names work"
    api.say("bruise after botox")
    settings = {
        "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url.replace("127.0.0.1", "localhost"),
        "AFTERCARE_KEY": new_key(), "DATABASE_URL": f"sqlite:///{tmp_path / 'a'}",
        "HOST": "127.0.0.1", "PORT": str(port),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", NAMELESS, "run", str(there),
        cwd=ROOT, env={**os.environ, **settings}, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    async with httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
        assert answer.json()["faults"] == ["Telegram has not answered yet"]
        alive = await client.get(f"http://127.0.0.1:{port}/healthz")
        assert alive.status_code == 200, "to start it anew would not help"
    await asyncio.sleep(1.0)  # a few tries
    assert api.calls == []
    there.touch()
    await ready(port)
    await api.wait_for(1, seconds=20)
    process.send_signal(signal.SIGTERM)
    out, _ = await asyncio.wait_for(process.communicate(), 15)
    assert process.returncode == 0
    assert "Telegram is not reachable (NetworkError), trying again" in out.decode()
    assert TOKEN not in out.decode()
