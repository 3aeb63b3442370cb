"""Messages from many chats, a bot that is killed at random, and how many were never answered.

``python -m benchmarks.crash`` sends 10,000 messages from 500 chats through the real process
against the stand-in of the Bot API, with kill -9 at random every second: by polling, by webhook
with three replicas on one PostgreSQL, and with the library's own polling loop, for comparison.

Kills spare nobody: they come at any moment of a run, one a second on average whatever the bot does
just then, also while it starts. Every message of a chat names another day, and so does its answer,
so each answer is told apart: none can stand in for another one.

A chat is *in flight* at a kill if the process that dies was handed a message of it which is not
confirmed yet. The server (by webhook, the load balancer) knows that exactly. A chat may see one
repeat for each kill at which it was in flight, and no other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.store.sealing import new_key
from tests.standin.ports import free_port
from tests.standin.proxy import Proxy
from tests.standin.server import TOKEN, BotApi

ROOT = Path(__file__).resolve().parent.parent
WORDS = "bruise after botox {day} days ago"
_DAY = re.compile(r"botulinum toxin, day (\d+)|(\d+) days ago")
TICK = 0.02
STOCK = """
import asyncio, sys
from telegram.ext import ApplicationBuilder, MessageHandler, filters
async def answer(update, _):
    await asyncio.sleep(0.05)
    await update.message.reply_text(update.message.text)
builder = ApplicationBuilder().token(sys.argv[1]).base_url(sys.argv[2] + "/bot")
bot = builder.concurrent_updates(32).connection_pool_size(64).pool_timeout(60).build()
bot.add_handler(MessageHandler(filters.ALL, answer))
bot.run_polling(bootstrap_retries=-1)
"""


@dataclass(frozen=True)
class Load:
    """What is sent, and when the bot is killed."""

    messages: int = 10_000
    chats: int = 500
    pace: float = 2000.0
    """Messages a second, as long as no more than two of each chat wait."""
    gap: float | None = 1.0
    """Seconds between two kills on average (a Poisson process); None: only ``replies`` counts."""
    replies: tuple[int, ...] = ()
    """Kill after so many replies since the last kill: the same in every run, on any machine."""
    early: bool = False
    """People write, and kills fall, while the processes still start for the first time."""
    patience: float = 30.0
    """Seconds without any reply after which what is missing counts as unanswered."""


@dataclass(frozen=True)
class Result:
    """Of one run."""

    name: str
    messages: int
    unanswered: int
    waiting: int
    """Those of them that are not confirmed: they are not lost, the harness has given up."""
    repeats: int
    in_flight: int
    """Chats in flight, summed over the kills: the most repeats there may be."""
    too_often: int
    """Repeats in a chat beyond one for each kill at which it was in flight."""
    kills: int
    serving: int
    """Kills of a process that had messages in hand; the others were still starting or idle."""
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.messages} messages, {self.kills} kills in {self.seconds:.0f} s "
            f"({self.serving} with messages in hand), {self.unanswered} unanswered "
            f"({self.waiting} of them still waiting), "
            f"{self.repeats} repeats ({self.in_flight} chats were in flight at the kills; "
            f"{self.too_often} repeats beyond one for each)"
        )


class Counting(BotApi):
    """Knows what it has handed out and what was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.handed: set[int] = set()
        """Updates that the poller was given since the last kill."""
        self.answered: Counter[tuple[int, int]] = Counter()
        """Answers by chat and day."""
        self.replies = 0
        """Since the last kill."""
        self.replied = asyncio.Event()

    async def do_getUpdates(self, data: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        """See the base class."""
        batch = await super().do_getUpdates(data)
        self.handed |= {update["update_id"] for update in batch}
        return batch

    async def do_sendMessage(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """See the base class."""
        sent = await super().do_sendMessage(data)
        day = _DAY.search(sent["text"])
        assert day is not None, sent["text"]
        self.answered[sent["chat"]["id"], int(day[1] or day[2])] += 1
        self.replies += 1
        self.replied.set()
        return sent

    def waiting(self) -> set[tuple[int, int]]:
        """Messages that are not confirmed, by chat and day."""
        said = [update["message"] for update in self.updates]
        return {(message["chat"]["id"], int(message["text"].split()[3])) for message in said}

    def in_flight(self, handed: set[int]) -> set[int]:
        """The chats of those of the updates that are not confirmed."""
        return {u["message"]["chat"]["id"] for u in self.updates if u["update_id"] in handed}


@dataclass
class Harness:
    """One bot of several processes, killed and started again."""

    api: Counting
    commands: list[list[str]]
    env: dict[str, str]
    handed: Callable[[int], set[int]]
    """The updates that a process was given since it was last killed."""
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0
    serving: int = 0
    in_flight: Counter[int] = field(default_factory=Counter)
    """By chat, at how many kills it was in flight."""

    def start(self, number: int) -> None:
        """Start one process."""
        self.processes[number] = subprocess.Popen(
            self.commands[number], cwd=ROOT, env={**os.environ, **self.env},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    async def started(self) -> None:
        """Wait until all processes have signed in.

        Raises:
            RuntimeError: one has ended instead.
        """
        while sum(method == "getMe" for method, _ in self.api.calls) < len(self.commands):
            for number, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"process {number} ended with {process.returncode}")
            await asyncio.sleep(0.02)

    def kill(self, number: int) -> None:
        """Kill one, count what it had in hand, start it again."""
        self.processes[number].send_signal(signal.SIGKILL)
        self.processes[number].wait()
        handed = self.handed(number)
        chats = self.api.in_flight(handed)
        handed.clear()
        self.in_flight.update(chats)
        self.kills += 1
        self.serving += bool(chats)
        self.api.replies = 0
        self.start(number)

    async def killing(self, load: Load) -> None:
        """Kill as the load says."""
        for count in load.replies:
            while self.api.replies < count:
                self.api.replied.clear()
                await self.api.replied.wait()
            self.kill(max(range(len(self.commands)), key=self._in_hand))
        while load.gap is not None:
            await asyncio.sleep(random.expovariate(1 / load.gap))
            self.kill(random.randrange(len(self.commands)))

    def _in_hand(self, number: int) -> int:
        return len(self.api.in_flight(self.handed(number)))

    def end(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            process.kill()
            process.wait()


async def run(name: str, harness: Harness, load: Load) -> Result:
    """Send, kill, count. Ends when all is answered, or nothing has happened for long."""
    api = harness.api
    for number in range(len(harness.commands)):
        harness.start(number)
    try:
        if not load.early:
            await harness.started()
    except BaseException:
        harness.end()
        raise
    began = time.monotonic()
    killing = asyncio.create_task(harness.killing(load))
    asked = [(1 + n % load.chats, 1 + n // load.chats) for n in range(load.messages)]
    try:
        await asyncio.gather(write(api, asked, load.pace), harness.started())
        moved, last = time.monotonic(), -1
        while time.monotonic() < moved + (load.patience if api.updates else load.patience / 3):
            if killing.done():
                killing.result()
            if (sent := api.answered.total()) != last:
                moved, last = time.monotonic(), sent
            if not api.updates and len(api.answered) == load.messages:
                break
            await asyncio.sleep(0.02)
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        harness.end()
    unanswered = set(asked) - api.answered.keys()
    repeats = Counter[int]()
    for (chat, _), count in api.answered.items():
        repeats[chat] += count - 1
    return Result(
        name,
        load.messages,
        unanswered=len(unanswered),
        waiting=len(unanswered & api.waiting()),
        repeats=repeats.total(),
        in_flight=harness.in_flight.total(),
        too_often=sum(max(0, n - harness.in_flight[chat]) for chat, n in repeats.items()),
        kills=harness.kills,
        serving=harness.serving,
        seconds=time.monotonic() - began,
    )


async def write(api: Counting, asked: list[tuple[int, int]], pace: float) -> None:
    """Say it all, each chat in its order. No more than two wait in a chat: of more the bot makes
    one answer, and that could not be counted."""
    left: dict[int, deque[int]] = {}
    for chat, day in asked:
        left.setdefault(chat, deque()).append(day)
    while left:
        waiting = Counter(update["message"]["chat"]["id"] for update in api.updates)
        ready = [chat for chat in left if waiting[chat] < 2]
        for chat in ready[: max(1, int(pace * TICK))]:
            api.say(WORDS.format(day=left[chat].popleft()), chat=chat)
            if not left[chat]:
                del left[chat]
        await asyncio.sleep(TICK)


@contextlib.asynccontextmanager
async def serving(api: Counting) -> AsyncIterator[None]:
    """The stand-in, for the length of the block."""
    await api.start()
    try:
        yield
    finally:
        await api.stop()


async def polling(load: Load, *, stock: bool = False) -> Result:
    """One poller; Aftercare's or the library's."""
    api = Counting()
    async with serving(api):
        with tempfile.TemporaryDirectory() as folder:
            env = {
                "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "AFTERCARE_KEY": new_key(),
                "XDG_DATA_HOME": folder,
            }  # fmt: skip
            if stock:
                name, command = "the library's own loop", ["-c", STOCK, TOKEN, api.url]
            else:
                name, command = "Aftercare, polling", ["-m", "bot", "run"]
                compile_knowledge(env)
            harness = Harness(api, [[sys.executable, *command]], env, lambda _: api.handed)
            return await run(name, harness, load)


async def webhook(load: Load, address: str, replicas: int = 3) -> Result:
    """Replicas on one PostgreSQL behind a load balancer."""
    api = Counting()
    api.connections = 100
    ports = [free_port() for _ in range(replicas)]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    proxy = Proxy(addresses)
    async with serving(api):
        url = f"{await proxy.start()}/hook"
        env = {
            "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "AFTERCARE_KEY": new_key(),
            "DATABASE_URL": address, "HOST": "127.0.0.1",
        }  # fmt: skip
        commands = [
            [sys.executable, "-m", "bot", "run", "--webhook", url, "--port", str(port)]
            for port in ports
        ]
        compile_knowledge(env)
        harness = Harness(api, commands, env, lambda number: proxy.handed[addresses[number]])
        try:
            return await run(f"Aftercare, webhook, {replicas} replicas", harness, load)
        finally:
            await proxy.stop()


def compile_knowledge(env: dict[str, str]) -> None:
    """As an installation does at its first start; later ones read the cache."""
    command = [sys.executable, "-m", "bot", "ask", "bruise"]
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL
    )


def main() -> None:
    """Run all three."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=10_000)
    arguments.add_argument("--chats", type=int, default=500)
    arguments.add_argument("--gap", type=float, default=1.0, help="seconds between kills")
    arguments.add_argument("--early", action="store_true", help="write while they still start")
    arguments.add_argument("--only", choices=("polling", "webhook", "stock"))
    given = arguments.parse_args()
    load = Load(given.messages, given.chats, gap=given.gap, early=given.early)
    if given.only in (None, "polling"):
        print(asyncio.run(polling(load)), flush=True)
    if given.only in (None, "webhook"):
        from tests.postgres import Postgres  # noqa: PLC0415 - a server is started only here

        server = Postgres()
        try:
            print(asyncio.run(webhook(load, server.database())), flush=True)
        finally:
            server.remove()
    if given.only in (None, "stock"):
        print(asyncio.run(polling(load, stock=True)), flush=True)


if __name__ == "__main__":
    main()
