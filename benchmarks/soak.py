"""Half an hour of steady traffic: memory and delays. ``python -m benchmarks.soak --minutes 30``.

Messages of many chats, so many a second; every chat writes anew after a while, and new chats keep
coming. Told each minute: answered, p50 and p99 of the delay, memory; at the end the slope of the
memory by least squares over the second half.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import tempfile
import time

import psutil

from benchmarks.cost import ROOT, ask, command, server, wait

TEXTS = (
    "bruise after botox 2 days ago",
    "my lip filler is lumpy on one side",
    "headache since yesterday, is that normal",
    "can i drink wine tonight",
    "eyelid feels heavy",
)


def main() -> None:
    """Run it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--rate", type=float, default=30, help="messages a second")
    arguments.add_argument("--chats", type=int, default=20_000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, server() as address:
        words, env = command("aftercare with store", address, folder)
        process = subprocess.Popen(
            words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        bot = psutil.Process(process.pid)
        try:
            ask(address, "load", count=100, chats=100, text=TEXTS[0])
            wait(address, 100)
            ask(address, "clear")
            points = soak(address, bot, given.minutes, given.rate, given.chats)
        finally:
            process.terminate()
            process.wait(15)
    half = points[len(points) // 2 :]
    slope = statistics.linear_regression([p[0] for p in half], [p[1] for p in half]).slope
    print(f"memory: {slope:+.3f} MiB a minute over the second half")


def soak(
    address: str, bot: psutil.Process, minutes: float, rate: float, chats: int
) -> list[tuple[float, float]]:
    """The traffic; returns minutes and MiB."""
    began = time.monotonic()
    sent, told = 0, began
    points, delays = [], []
    print(f"{'min':>5} {'sent':>7} {'answered':>8} {'p50 ms':>7} {'p99 ms':>7} {'MiB':>6}")
    while (now := time.monotonic()) < began + minutes * 60:
        due = int((now - began) * rate) - sent
        if due > 0:
            ask(address, "load", count=due, chats=chats, text=random.choice(TEXTS))
            sent += due
        if now - told >= min(60.0, minutes * 6):
            told = now
            state = ask(address, "state")
            delays = sorted(state["delays"])
            memory = bot.memory_info().rss / 2**20
            points.append(((now - began) / 60, memory))
            if delays:
                p50, p99 = (delays[int(len(delays) * q)] * 1000 for q in (0.5, 0.99))
                print(
                    f"{(now - began) / 60:5.1f} {sent:7} {state['answered']:8} {p50:7.0f} "
                    f"{p99:7.0f} {memory:6.0f}",
                    flush=True,
                )
        time.sleep(0.03)
    return points


if __name__ == "__main__":
    main()
