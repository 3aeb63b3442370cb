"""Half an hour of steady traffic: memory and delays. ``python -m benchmarks.soak --minutes 30``.

Messages of many chats, so many a second; every chat writes anew after a while, and new chats keep
coming. Told each minute, of that minute: answered, p50 and p99 of the delay, memory. At the end
p50, p99 and the longest delay of the whole run, and the slope of the memory by least squares after
the warm-up. ``--out FILE`` writes all of it as JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.cost import ROOT, ask, command, server, wait

TEXTS = (
    "bruise after botox 2 days ago",
    "my lip filler is lumpy on one side",
    "headache since yesterday, is that normal",
    "can i drink wine tonight",
    "eyelid feels heavy",
)
WARM_UP = 0.2
"""Share of the run that the slope leaves out: caches fill, the store grows to its size."""


@dataclass(frozen=True)
class Minute:
    """What was measured in one interval; delays in milliseconds, memory in MiB."""

    minute: float
    sent: int
    answered: int
    p50: float
    p99: float
    memory: float
    cpu: float
    """Share of one core, in percent."""


@dataclass(frozen=True)
class Soak:
    """Of a whole run."""

    rate: float
    chats: int
    minutes: list[Minute]
    sent: int
    unanswered: int
    p50: float
    p99: float
    longest: float
    slope: float
    """MiB a minute, by least squares over the minutes after the warm-up."""


def main() -> None:
    """Run it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--rate", type=float, default=30, help="messages a second")
    arguments.add_argument("--chats", type=int, default=20_000)
    arguments.add_argument("--out", type=Path, help="write the figures to this JSON file")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, server() as address:
        words, env = command("aftercare with store", address, folder)
        process = subprocess.Popen(
            words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            ask(address, "load", count=100, chats=100, text=TEXTS[0])
            wait(address, 100)
            ask(address, "clear")
            found = soak(
                address, psutil.Process(process.pid), given.minutes, given.rate, given.chats
            )
        finally:
            process.terminate()
            process.wait(15)
    print(
        f"\n{found.sent} sent, {found.unanswered} unanswered; p50 {found.p50:.0f} ms, "
        f"p99 {found.p99:.0f} ms, longest {found.longest:.0f} ms; "
        f"memory {found.slope:+.3f} MiB a minute after the first {WARM_UP:.0%}"
    )
    if given.out is not None:
        given.out.write_text(json.dumps(asdict(found), indent=1) + "\n")


def soak(address: str, bot: psutil.Process, minutes: float, rate: float, chats: int) -> Soak:
    """The traffic."""
    began = told = time.monotonic()
    interval = min(60.0, minutes * 6)
    sent = answered = seen = 0
    found: list[Minute] = []
    delays: list[float] = []
    used = cpu(bot)
    print(
        f"{'min':>5} {'sent':>7} {'answered':>8} {'p50 ms':>7} {'p99 ms':>7} "
        f"{'MiB':>6} {'CPU %':>6}"
    )
    while (now := time.monotonic()) < began + minutes * 60:
        due = int((now - began) * rate) - sent
        if due > 0:
            ask(address, "load", count=due, chats=chats, text=random.choice(TEXTS))
            sent += due
        if now - told >= interval:
            state = ask(address, "state")
            delays = [delay * 1000 for delay in state["delays"]]
            fresh, seen = delays[seen:], len(delays)
            before, used = used, cpu(bot)
            minute = Minute(
                round((now - began) / 60, 2), sent, state["answered"] - answered,
                quantile(fresh, 0.5), quantile(fresh, 0.99),
                round(bot.memory_info().rss / 2**20, 2),
                round((used - before) / (now - told) * 100, 1),
            )  # fmt: skip
            told, answered = now, state["answered"]
            found.append(minute)
            print(
                f"{minute.minute:5.1f} {sent:7} {minute.answered:8} {minute.p50:7.1f} "
                f"{minute.p99:7.1f} {minute.memory:6.1f} {minute.cpu:6.1f}",
                flush=True,
            )
        time.sleep(0.03)
    end = time.monotonic() + 30
    while (state := ask(address, "state"))["answered"] < sent and time.monotonic() < end:
        time.sleep(0.1)
    delays = [delay * 1000 for delay in state["delays"]]
    return Soak(
        rate, chats, found, sent, sent - state["answered"],
        quantile(delays, 0.5), quantile(delays, 0.99), max(delays, default=0.0), slope(found),
    )  # fmt: skip


def slope(minutes: Sequence[Minute]) -> float:
    """MiB a minute after the warm-up; 0 if there is too little of it."""
    kept = minutes[int(len(minutes) * WARM_UP) :]
    if len(kept) < 2:
        return 0.0
    return statistics.linear_regression([m.minute for m in kept], [m.memory for m in kept]).slope


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many are not above; 0 without any."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) if ordered else 0.0


def cpu(bot: psutil.Process) -> float:
    """Seconds of CPU that it has used."""
    times = bot.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
