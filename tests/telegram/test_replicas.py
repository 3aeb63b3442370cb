"""Several processes on one PostgreSQL: any may take any update, none is lost, none doubled."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import signal
from asyncio.subprocess import Process

import httpx
import pytest

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal, new_key
from bot.store.store import Held
from tests.postgres import Postgres
from tests.standin.ports import free_port
from tests.standin.proxy import Proxy
from tests.standin.server import TOKEN, BotApi, Fault
from tests.telegram.test_process import end, start, until


async def ready(port: int) -> dict[str, object]:
    for _ in range(1500):
        try:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
        except httpx.TransportError:
            await asyncio.sleep(0.02)
            continue
        if answer.status_code == 200:
            return dict(answer.json())
        await asyncio.sleep(0.02)
    pytest.fail("never ready")


async def count(port: int, name: str) -> float:
    async with httpx.AsyncClient() as client:
        page = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    rows = [line.split() for line in page.splitlines() if line.startswith(name)]
    return sum(float(row[-1]) for row in rows)


async def test_three_replicas_behind_a_load_balancer(api: BotApi, postgres: Postgres) -> None:
    """Order within each chat, every message answered once; then one is killed in mid-work."""
    address, key = postgres.database(), new_key()
    ports = [free_port() for _ in range(3)]
    proxy = Proxy([f"http://127.0.0.1:{port}" for port in ports])
    url = f"{await proxy.start()}/hook"
    api.connections = 40

    async def replica(port: int) -> Process:
        more = {"DATABASE_URL": address, "AFTERCARE_KEY": key, "HOST": "127.0.0.1"}
        return await start(api, TOKEN, "--webhook", url, "--port", str(port), **more)

    replicas = [await replica(port) for port in ports]
    try:
        for port in ports:
            assert (await ready(port))["role"] == "webhook"
        chats = range(1, 21)
        for command in ("/help", "/privacy", "/sources"):
            for chat in chats:
                api.say(command, chat=chat)
        for chat in chats:
            first, second, third = await api.wait_for(3, chat=chat, seconds=20)
            assert "typos are fine" in first.lower()
            assert "never store" in second
            assert "public question" in third
        await until(lambda: not api.updates)
        shares = [await count(port, "aftercare_updates_total{") for port in ports]
        assert all(share > 0 for share in shares), shares

        for chat in chats:  # what one replica learns, the next one knows
            api.say("bruise after botox yesterday", chat=chat)
        for chat in chats:
            await api.wait_for(4, chat=chat, seconds=20)
        await until(lambda: not api.updates)
        for chat in chats:
            api.say("dull headache", chat=chat)
        await until(lambda: not api.updates)
        assert all("botulinum" in api.texts(chat)[-1] for chat in chats)

        before = {chat: len(api.texts(chat)) for chat in chats}
        for chat in chats:
            api.slow[chat] = 0.8
            api.say("/help", chat=chat)
        await asyncio.sleep(0.5)
        replicas[0].send_signal(signal.SIGKILL)
        for chat in chats:
            await api.wait_for(before[chat] + 1, chat=chat, seconds=25)
        await until(lambda: not api.updates)
        repeats = [len(api.texts(chat)) - before[chat] - 1 for chat in chats]
        assert max(repeats) <= 1, "at most one for each chat in hand at the kill"
        assert sum(repeats) < 20, "only those of the one that was killed"
    finally:
        logs = [
            await end(process, 15) if process.returncode is None else "" for process in replicas
        ]
        await proxy.stop()
    assert [process.returncode for process in replicas[1:]] == [0, 0]
    assert "bruise after" not in "".join(logs)
    assert all(json.loads(line) for log in logs for line in log.splitlines())


async def test_answers_that_a_dead_process_could_not_send_are_taken_over(
    api: BotApi, postgres: Postgres, engine: Engine
) -> None:
    """A poller held them and is gone. One replica tries, is killed, and the other sends: once."""
    address, key, chats = postgres.database(), new_key(), range(1, 6)
    bot = int(TOKEN.partition(":")[0])
    store = DurableStore(Database(address, bot), Seal(key, bot))
    await store.start()
    now = dt.datetime.now(dt.UTC)
    turn = Conversation(engine).respond(Incoming("command", "privacy"), Session(), now)
    for chat in chats:
        assert await store.hold(Held(500 + chat, chat, turn.replies))
        api.faults["sendMessage"].extend(Fault(500, chat=chat) for _ in range(1000))
    ports = [free_port(), free_port()]
    more = {"DATABASE_URL": address, "AFTERCARE_KEY": key, "HOST": "127.0.0.1"}

    async def replica(port: int) -> Process:
        url = f"http://127.0.0.1:{port}/hook"
        process = await start(api, TOKEN, "--webhook", url, "--port", str(port), **more)
        await ready(port)
        return process

    first = await replica(ports[0])
    await until(lambda: tried(api) == set(chats))
    second = await replica(ports[1])
    try:
        first.send_signal(signal.SIGKILL)
        await first.wait()
        api.faults.clear()
        for chat in chats:
            assert "never store" in (await api.wait_for(1, chat=chat, seconds=25))[0]
        while await store.held(dt.datetime.now(dt.UTC)):
            await asyncio.sleep(0.05)
        third = await replica(ports[0])
        await end(third, signal.SIGTERM)
    finally:
        await end(second, signal.SIGTERM)
        await store.stop()
    assert [len(api.texts(chat)) for chat in chats] == [1] * 5


def tried(api: BotApi) -> set[int]:
    """The chats that something was sent to."""
    return {int(data["chat_id"]) for method, data in api.calls if method == "sendMessage"}


async def test_a_spare_poller_takes_over_from_a_killed_one(api: BotApi, postgres: Postgres) -> None:
    more = {"DATABASE_URL": postgres.database(), "AFTERCARE_KEY": new_key(), "HOST": "127.0.0.1"}
    ports = [free_port(), free_port()]
    first = await start(api, TOKEN, "--port", str(ports[0]), **more)
    assert (await ready(ports[0]))["role"] == "polling"
    second = await start(api, TOKEN, "--port", str(ports[1]), **more)
    try:
        await until_role(ports[1], "spare")
        api.say("/start dysport")
        await api.wait_for(1, seconds=15)
        await until(lambda: not api.updates)
        first.send_signal(signal.SIGKILL)
        api.say("/help")
        assert "typos are fine" in (await api.wait_for(2, seconds=15))[1].lower()
        await until_role(ports[1], "polling")
    finally:
        log = await end(second, 15)
        await end(first, 15) if first.returncode is None else None
    assert len(api.texts()) == 2
    assert "another process polls; this one waits" in log
    conflicts = [line for line in log.splitlines() if "another instance polls" in line]
    assert len(conflicts) <= 1


async def until_role(port: int, role: str) -> None:
    for _ in range(500):
        if (await ready(port))["role"] == role:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"never {role}")
