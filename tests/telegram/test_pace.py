"""Limits on sending: kept without waiting for a refusal, and never in the way of danger."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.pace import Pace, Rate
from tests.standin.server import BotApi


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_then_one_a_second() -> None:
    clock = Clock()
    pace = Pace(Rate(1.0, 3), Rate(1000.0, 1000), clock)
    waits = [pace.wait(1, urgent=False) for _ in range(5)]
    assert waits == pytest.approx([0, 0, 0, 1, 2])
    assert pace.wait(2, urgent=False) == 0, "another chat is not slowed"
    clock.now += 10
    assert pace.wait(1, urgent=False) == 0


def test_all_chats_together_have_a_limit() -> None:
    pace = Pace(Rate(1.0, 10), Rate(10.0, 20), Clock())
    waits = [pace.wait(chat, urgent=False) for chat in range(30)]
    assert waits[:20] == [0] * 20
    assert waits[29] == pytest.approx(1.0)


def test_danger_waits_for_nobody_but_counts() -> None:
    pace = Pace(Rate(1.0, 1), Rate(10.0, 20), Clock())
    assert pace.wait(1, urgent=False) == 0
    assert pace.wait(1, urgent=True) == 0
    assert pace.wait(1, urgent=False) == pytest.approx(2.0)


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
