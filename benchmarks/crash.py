"""Messages from many chats, a bot that is killed at random, and how many were never answered.

``python -m benchmarks.crash`` sends 10,000 messages from 500 chats through the real process
against the stand-in of the Bot API, with kill -9 about every second: by polling, by webhook with
three replicas on one PostgreSQL, and with the library's own polling loop, for comparison.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot.store.sealing import new_key
from tests.standin.proxy import Proxy
from tests.standin.server import TOKEN, BotApi

ROOT = Path(__file__).resolve().parent.parent
WORDS = "/help"
"""One message of the bot each, so that answers can be counted."""
STOCK = """
import asyncio, sys
from telegram.ext import ApplicationBuilder, MessageHandler, filters
async def answer(update, _):
    await asyncio.sleep(0.05)
    await update.message.reply_text("answer")
builder = ApplicationBuilder().token(sys.argv[1]).base_url(sys.argv[2] + "/bot")
bot = builder.concurrent_updates(32).connection_pool_size(64).pool_timeout(60).build()
bot.add_handler(MessageHandler(filters.ALL, answer))
bot.run_polling(bootstrap_retries=-1)
"""


@dataclass
class Result:
    """Of one run."""

    name: str
    messages: int
    unanswered: int = 0
    repeats: int = 0
    kills: int = 0
    seconds: float = 0.0
    in_hand: int = 0
    """Chats with a message in hand, summed over the kills: the most repeats there may be.
    Telegram hands out a hundred at most before the first of them is confirmed."""

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.messages} messages, {self.kills} kills, "
            f"{self.unanswered} unanswered, {self.repeats} repeats "
            f"(at most {self.in_hand} may be), {self.seconds:.0f} s"
        )


@dataclass
class Harness:
    """One bot of several processes, killed and started again."""

    api: BotApi
    commands: list[list[str]]
    env: dict[str, str]
    gap: float
    """Seconds between two kills, on average; None of the processes is spared."""
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0
    in_hand: int = 0

    def start(self, number: int) -> None:
        """Start one process."""
        self.processes[number] = subprocess.Popen(
            self.commands[number], cwd=ROOT, env={**os.environ, **self.env},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    async def killing(self) -> None:
        """Kill one at random, start it again, for ever."""
        while True:
            await asyncio.sleep(random.uniform(0.5, 1.5) * self.gap)
            if self.api.sent_since_kill == 0:
                continue  # a bot that is killed before it is up can answer nobody
            number = random.randrange(len(self.commands))
            self.processes[number].send_signal(signal.SIGKILL)
            self.processes[number].wait()
            self.kills += 1
            self.in_hand += min(100, len({_chat(update) for update in self.api.updates}))
            self.api.sent_since_kill = 0
            self.start(number)

    def end(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            process.kill()
            process.wait()


class Counting(BotApi):
    """Knows whether anything was sent since the last kill."""

    sent_since_kill = 0

    async def do_sendMessage(self, data: dict[str, object]) -> dict[str, object]:  # noqa: N802
        """See the base class."""
        self.sent_since_kill += 1
        return await super().do_sendMessage(data)


def _chat(update: dict[str, dict[str, dict[str, int]]]) -> int:
    return update["message"]["chat"]["id"]


async def run(
    name: str, harness: Harness, messages: int, chats: int, patience: float, pace: float
) -> Result:
    """Send, kill, count. Ends when all is answered, or nothing has happened for long."""
    api = harness.api
    began = time.monotonic()
    for number in range(len(harness.commands)):
        harness.start(number)
    while not any(method == "getMe" for method, _ in api.calls):
        await asyncio.sleep(0.05)
    killing = asyncio.create_task(harness.killing())
    said: dict[int, int] = dict.fromkeys(range(1, chats + 1), 0)
    try:
        for number in range(messages):
            chat = 1 + number % chats
            said[chat] += 1
            api.say(WORDS, chat=chat)
            if number % 20 == 19:
                await asyncio.sleep(20 / pace)
            while len(api.updates) > 2 * chats:
                await asyncio.sleep(0.05)
        killing_until = time.monotonic() + 3
        moved, last = time.monotonic(), -1
        while time.monotonic() < moved + patience:
            sent = sum(len(texts) for texts in api.messages.values())
            if sent != last:
                moved, last = time.monotonic(), sent
            if not api.updates and all(len(api.messages[c]) >= n for c, n in said.items()):
                break
            if time.monotonic() > killing_until:
                killing.cancel()
            await asyncio.sleep(0.05)
    finally:
        killing.cancel()
        harness.end()
    result = Result(name, messages, kills=harness.kills, in_hand=harness.in_hand)
    result.unanswered = sum(max(0, n - len(api.messages[c])) for c, n in said.items())
    result.repeats = sum(max(0, len(api.messages[c]) - n) for c, n in said.items())
    result.seconds = time.monotonic() - began
    return result


async def polling(
    messages: int,
    chats: int,
    gap: float,
    *,
    stock: bool = False,
    patience: float = 20,
    pace: float = 2000,
) -> Result:
    """One poller; Aftercare's or the library's."""
    api = Counting()
    await api.start()
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "AFTERCARE_KEY": new_key(),
            "XDG_DATA_HOME": folder,
        }  # fmt: skip
        command = [sys.executable, "-m", "bot", "run"]
        if stock:
            command = [sys.executable, "-c", STOCK, TOKEN, api.url]
        name = "the library's own loop" if stock else "Aftercare, polling"
        try:
            return await run(
                name, Harness(api, [command], env, gap), messages, chats, patience, pace
            )
        finally:
            await api.stop()


async def webhook(
    messages: int, chats: int, gap: float, address: str, replicas: int = 3, pace: float = 2000
) -> Result:
    """Replicas on one PostgreSQL behind a load balancer."""
    api = Counting()
    api.connections = 100
    await api.start()
    ports = []
    for _ in range(replicas):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            ports.append(taken.getsockname()[1])
    proxy = Proxy([f"http://127.0.0.1:{port}" for port in ports])
    url = f"{await proxy.start()}/hook"
    env = {
        "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "AFTERCARE_KEY": new_key(),
        "DATABASE_URL": address, "HOST": "127.0.0.1",
    }  # fmt: skip
    commands = [
        [sys.executable, "-m", "bot", "run", "--webhook", url, "--port", str(port)]
        for port in ports
    ]
    name = f"Aftercare, webhook, {replicas} replicas"
    try:
        return await run(name, Harness(api, commands, env, gap), messages, chats, 60, pace)
    finally:
        await proxy.stop()
        await api.stop()


def main() -> None:
    """Run all three."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=10_000)
    arguments.add_argument("--chats", type=int, default=500)
    arguments.add_argument("--gap", type=float, default=1.0, help="seconds between kills")
    given = arguments.parse_args()
    size = (given.messages, given.chats, given.gap)
    print(asyncio.run(polling(*size)), flush=True)
    from tests.postgres import Postgres  # noqa: PLC0415 - a server is started only here

    server = Postgres()
    try:
        print(asyncio.run(webhook(*size, server.database())), flush=True)
    finally:
        server.remove()
    print(asyncio.run(polling(*size, stock=True)), flush=True)


if __name__ == "__main__":
    main()
