"""What a turn asks for beside its replies: reminders that fire once, counters that add up."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.metrics import Metrics
from bot.channels.telegram import wishes
from bot.channels.telegram.worker import Worker
from bot.conversation.conversation import Conversation, Incoming, Turn
from bot.conversation.session import Session
from bot.store.memory import MemoryStore
from bot.store.store import Reminder
from tests.standin.server import BotApi, Fault

NOW = dt.datetime.now(dt.UTC)


def turn(**fields: Any) -> Any:
    return SimpleNamespace(**{"session": Session(), "replies": (), **fields})


def remind(self: Conversation, reminder_id: str, session: Session, now: dt.datetime) -> Turn:
    assert reminder_id == "check"
    return self.respond(Incoming("command", "help"), session, now)


async def test_a_turn_sets_cancels_and_counts() -> None:
    store, metrics = MemoryStore(), Metrics()
    asked = [
        turn(reminder=SimpleNamespace(id="check", due=NOW), feedback="helpful"),
        turn(feedback="helpful"),
        turn(),
    ]
    for one in asked:
        for wish in wishes.of(one):
            await wishes.fulfil(wish, 7, store, metrics)
    assert await store.counts() == {"helpful": 2}
    assert await store.due(NOW) == [Reminder(7, "check", NOW)]
    await store.remind(7, NOW, "check")
    (cancelled,) = wishes.of(turn(reminder=SimpleNamespace(id="check", due=None)))
    await wishes.fulfil(cancelled, 7, store, metrics)
    assert await store.due(NOW) == []


async def test_a_due_reminder_is_sent_after_what_is_under_way(
    api: BotApi, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conversation, "remind", remind, raising=False)
    api.slow[1] = 0.3
    api.say("/privacy")
    while worker.desk.waiting == 0:
        await asyncio.sleep(0.01)
    worker.desk.take_reminder(Reminder(1, "check", NOW))
    first, second = await api.wait_for(2)
    assert "never store" in first
    assert "typos are fine" in second.lower()


async def test_a_reminder_survives_a_failed_send_and_a_blocked_chat_ends_it(
    api: BotApi, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conversation, "remind", remind, raising=False)
    api.faults["sendMessage"].append(Fault(500))
    api.blocked.add(2)
    for chat in (1, 2):
        worker.desk.take_reminder(Reminder(chat, "check", NOW))
    assert len(await api.wait_for(1)) == 1
    api.say("/help", chat=3)
    await api.wait_for(1, chat=3)
    assert api.texts(2) == []
