"""Limits on sending: kept without waiting for a refusal, and never in the way of danger."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.pace import Pace, Rate
from tests.standin.server import BotApi


class Sending:
    """Messages that want to go out, by a clock that is turned by hand."""

    def __init__(self, pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pace, self.now, self.sent = pace, 1000.0, 0
        self._tasks: list[asyncio.Task[None]] = []
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)

    async def send(self, chat: int, count: int = 1, *, urgent: bool = False) -> int:
        """Hand over messages; returns how many have gone out by now, of all."""

        async def one() -> None:
            await self.pace.take(chat, urgent=urgent)
            self.sent += 1

        self._tasks += [asyncio.create_task(one()) for _ in range(count)]
        return await self.after(0)

    async def after(self, seconds: float) -> int:
        """Turn the clock; returns how many have gone out by now."""
        self.now += seconds
        for _ in range(50):
            await asyncio.sleep(0)
        return self.sent

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def test_a_burst_is_free_then_one_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    sending = Sending(Pace(Rate(1.0, 3), Rate(1000.0, 1000)), monkeypatch)
    assert await sending.send(1, 5) == 3
    assert await sending.send(2) == 4, "another chat is not slowed"
    assert await sending.after(1.01) == 5
    assert await sending.after(1.01) == 6
    await sending.after(10)
    assert await sending.send(1, 3) == 9
    await sending.end()


async def test_all_chats_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    sending = Sending(Pace(Rate(1.0, 10), Rate(10.0, 20)), monkeypatch)
    for chat in range(30):
        await sending.send(chat)
    assert sending.sent == 20
    assert await sending.after(0.501) == 25
    assert await sending.after(0.501) == 30
    await sending.end()


async def test_danger_waits_for_nobody_but_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    sending = Sending(Pace(Rate(1.0, 2), Rate(10.0, 20)), monkeypatch)
    assert await sending.send(1, urgent=True) == 1
    assert await sending.send(1, 3) == 2, "the first one was counted"
    assert await sending.send(1, urgent=True) == 3, "it overtakes those that wait"
    await sending.end()


async def test_silent_chats_are_not_counted_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    sending = Sending(Pace(Rate(1.0, 3), Rate(10_000.0, 10_000), full=100), monkeypatch)
    for chat in range(100):
        await sending.send(chat)
    await sending.after(2)
    await sending.send(1, 3)
    for chat in range(200, 220):
        await sending.send(chat)
    assert sending.pace.counted == 21, "the chat that still writes, and the new ones"
    assert await sending.send(1) == 123, "who writes too much is still held back"
    await sending.end()


@pytest.mark.usefixtures("worker")
async def test_a_red_flag_in_a_flood_is_answered_before_the_rest(api: BotApi) -> None:
    api.slow[1] = 0.1
    api.say("/help")
    await asyncio.sleep(0.05)
    for _ in range(20):
        api.say("/about")
    api.say("i cannot breathe")
    texts = await api.wait_for(4)
    assert any(text.startswith("🔴") for text in texts)
    assert len(await api.wait_for(22)) == 22, "slowed, and none is lost"
