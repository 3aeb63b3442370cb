"""What a message costs, beside echo bots in the same run: ``python -m benchmarks.cost``.

Each bot is a process against the same small server. Measured: messages a second with the queue
full, CPU of the process for each of them, memory when idle and at the end, seconds from the start
to the first answer. Figures of one machine mean little; their ratios do.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.echo_bots import NAMES
from benchmarks.fake_api import TOKEN
from bot.store.sealing import new_key

ROOT = Path(__file__).resolve().parent.parent
TEXT = "bruise after botox 2 days ago"
LONG = (
    "i had botox in my forehead and around the eyes five days ago and since yesterday my left "
    "eyelid is drooping a bit and i have a dull headache but no fever and i can see fine is this"
)


@dataclass(frozen=True)
class Cost:
    """Of one bot."""

    rate: float
    cpu: float
    """Milliseconds for a message."""
    idle: float
    busy: float
    """Resident memory in MiB."""
    start: float
    """Seconds to the first answer."""


def ask(address: str, path: str, **query: object) -> Any:
    """Something of the server."""
    url = f"{address}/{path}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)["result"]


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The small server as a process."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.fake_api"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def command(name: str, address: str, folder: str) -> tuple[list[str], dict[str, str]]:
    """How a bot is started."""
    env = {**os.environ, "XDG_CACHE_HOME": f"{folder}/cache", "AFTERCARE_LOG": "json"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: pip compiles what it installs
    env["PYTHONPYCACHEPREFIX"] = f"{folder}/bytecode"
    if not name.startswith("aftercare"):
        return [sys.executable, "-m", "benchmarks.echo_bots", name, address], env
    data = tempfile.mkdtemp(dir=folder)
    env |= {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": address, "XDG_DATA_HOME": data}
    if "store" in name:
        env["AFTERCARE_KEY"] = new_key()
    return [sys.executable, "-m", "benchmarks.unpaced", "run"], env


def measure(name: str, count: int, text: str, folder: str) -> Cost:
    """One bot. Each message is of another chat: those that wait in one chat share an answer."""
    with server() as address:
        words, env = command(name, address, folder)
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - no real file
            ask(address, "load", count=1, chats=1, text=text)
            began = time.perf_counter()
            process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=nowhere, stderr=nowhere)
            try:
                bot = psutil.Process(process.pid)
                start = wait(address, 1) - began
                time.sleep(2)
                idle = bot.memory_info().rss / 2**20
                ask(address, "load", count=200, chats=200, text=text)  # warm
                wait(address, 201)
                time.sleep(1)
                ask(address, "clear")
                before = bot.cpu_times()
                ask(address, "load", count=count, chats=count, text=text)
                wait(address, count)
                time.sleep(0.5)
                after, state = bot.cpu_times(), ask(address, "state")
                used = after.user + after.system - before.user - before.system
                busy = bot.memory_info().rss / 2**20
            finally:
                process.terminate()
                process.wait(15)
    rate = (count - 1) / (state["last"] - state["first"])
    return Cost(rate, used / count * 1000, idle, busy, start)


def wait(address: str, count: int) -> float:
    """Until so many are answered; returns the time."""
    end = time.perf_counter() + 300
    while time.perf_counter() < end:
        if ask(address, "state")["answered"] >= count:
            return time.perf_counter()
        time.sleep(0.02)
    raise TimeoutError(f"{ask(address, 'state')['answered']} of {count}")


def main() -> None:
    """Print the table, and the ratios that are asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=2000)
    arguments.add_argument("--rounds", type=int, default=1)
    given = arguments.parse_args()
    bots = [(name, TEXT) for name in (*NAMES, "aftercare", "aftercare with store")]
    bots.append(("aftercare with store, 40 words", LONG))
    found: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in bots:  # compiles the bytecode and the knowledge
            measure(name, 10, text, folder)
        print(f"{'bot':32} {'msg/s':>7} {'ms CPU':>7} {'idle MiB':>9} {'then':>6} {'start s':>8}")
        for name, text in bots:
            costs = [measure(name, given.messages, text, folder) for _ in range(given.rounds)]
            cost = found[name] = min(costs, key=lambda c: c.cpu)
            print(
                f"{name:32} {cost.rate:7.0f} {cost.cpu:7.2f} {cost.idle:9.0f} {cost.busy:6.0f} "
                f"{cost.start:8.2f}",
                flush=True,
            )
    stock, whole = found["stock"], found["aftercare with store"]
    fastest = max(found[name].rate for name in NAMES)
    print(f"\nAftercare with store to the stock echo bot: {whole.rate / stock.rate:.2f}")
    print(f"Aftercare with store to the fastest echo bot: {whole.rate / fastest:.2f}")


if __name__ == "__main__":
    main()
