"""Knowledge edited, broken and half-written while people write: nobody's answer is lost or late."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from bot.channels.metrics import Metrics
from bot.channels.reload import Watcher
from bot.channels.telegram.worker import Worker
from tests.standin.server import BotApi

CHATS = 12
LOOK = 0.3
BEHIND = 6
"""Answers by which a chat may be behind the one that is farthest."""


class People:
    """Each writes again when the last message is answered, for as long as it takes."""

    def __init__(self, api: BotApi) -> None:
        self.api = api
        self.said: Counter[int] = Counter()
        self.quiet = False
        self.behind = 0

    async def run(self) -> None:
        await asyncio.gather(*(self._one(chat) for chat in range(1, CHATS + 1)))

    async def _one(self, chat: int) -> None:
        while not self.quiet:
            self.said[chat] += 1
            self.api.say("bruise after botox 2 days ago", chat=chat)
            await self.api.wait_for(self.said[chat], chat=chat, seconds=30)
            self.behind = max(self.behind, max(self.said.values()) - self.said[chat])
            await asyncio.sleep(0.02)

    @property
    def answers(self) -> int:
        return sum(len(messages) for messages in self.api.messages.values())


class Reloads:
    """What came of the edits."""

    def __init__(self, metrics: Metrics, people: People) -> None:
        self.metrics, self.people = metrics, people

    def count(self, result: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "aftercare_reloads_total", {"result": result}
        )
        return value or 0.0

    async def wait(self, result: str, count: int) -> int:
        """Until so many had this result; returns the answers that went out meanwhile."""
        before = self.people.answers
        for _ in range(6000):
            if self.count(result) == count:
                return self.people.answers - before
            await asyncio.sleep(0.01)
        pytest.fail(f"never {result}")


async def test_nobody_notices(api: BotApi, worker: Worker, knowledge_copy: Path) -> None:
    people = People(api)
    metrics = Metrics()
    reloads = Reloads(metrics, people)
    watcher = asyncio.create_task(
        Watcher(knowledge_copy, worker.desk.use, metrics, look=LOOK).run()
    )
    writing = asyncio.create_task(people.run())
    wording = knowledge_copy / "wording" / "en.yaml"
    good = wording.read_text()
    engine = worker.desk.engine
    try:
        await asyncio.sleep(2 * LOOK)
        wording.write_text(good.replace("disclaimer:", "disclaimre:", 1))
        assert await reloads.wait("refused", 1) > 0
        assert worker.desk.engine is engine, "the last good version stays"

        edited = good + "# an edit\n"
        for part in range(1, 9):  # an editor that writes slowly, from nothing
            wording.write_text(edited[: len(edited) * part // 8])
            await asyncio.sleep(LOOK / 2)
        assert await reloads.wait("taken", 1) > CHATS, "answers go out while it is compiled"
        assert reloads.count("refused") == 1, "half a file is not read"
        assert worker.desk.engine is not engine
        answered = people.answers
        while people.answers < answered + CHATS:
            await asyncio.sleep(0.01)
    finally:
        people.quiet = True
        watcher.cancel()
        await asyncio.gather(watcher, return_exceptions=True)
    await asyncio.wait_for(writing, 30)
    assert {chat: len(api.texts(chat)) for chat in people.said} == dict(people.said)
    assert people.behind <= BEHIND
