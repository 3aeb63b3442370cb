"""Stuck chats, refused messages, foreign webhooks, faults of ours: nobody is left without a word."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from collections.abc import AsyncIterator

import pytest

from bot.channels.logs import Redacting, who
from bot.channels.telegram import delivery, worker
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.presence import long_description, sentences
from bot.channels.telegram.worker import Worker
from bot.conversation.engine import Engine
from bot.reply.reply import Reply
from bot.store.memory import MemoryStore
from tests.standin.server import TOKEN, BotApi, Fault

SIGN = "cant swallow my food since botox 3 days ago"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.05)


@pytest.fixture
async def impatient(api: BotApi, engine: Engine) -> AsyncIterator[Worker]:
    """A worker with little patience, so that a test need not wait for it."""
    bot = make_bot(TOKEN, api.url, 64)
    running = Worker(bot, engine, MemoryStore(), ledger=Ledger(1.0, 0.3), long_poll=3)
    task = asyncio.create_task(running.run())
    yield running
    running.stop()
    await asyncio.wait_for(task, 12)
    await bot.shutdown()


async def test_who_writes_after_a_stuck_chat_is_answered(api: BotApi, worker: Worker) -> None:
    api.slow[1] = 3.0
    api.say("bruise", chat=1)
    await asyncio.sleep(0.3)
    for chat in range(2, 5):
        api.say(SIGN, chat=chat)
        began = time.monotonic()
        await api.wait_for(1, chat=chat)
        assert time.monotonic() - began < 1.2
    assert api.texts(1) == []
    assert len(api.updates) == 4, "nothing is confirmed past the stuck one"


async def test_a_stuck_chat_does_not_keep_back_what_is_behind_a_hundred(
    api: BotApi, impatient: Worker
) -> None:
    api.slow[1] = 3.0
    for chat in range(1, 131):
        api.say("/help", chat=chat)
    for chat in range(2, 131):
        await api.wait_for(1, chat=chat, seconds=4)
    assert api.texts(1) == []
    assert len(await api.wait_for(1, chat=1)) == 1, "set aside, but still sent"


async def test_a_chat_that_never_works_keeps_its_order_and_blocks_no_slot(
    api: BotApi, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.4)
    for chat in range(1, 71):
        api.faults["sendMessage"].append(Fault(500, chat=chat))
        api.say("/help", chat=chat)
        api.say("/privacy", chat=chat)
    api.say(SIGN, chat=99)
    await api.wait_for(1, chat=99)
    for chat in range(1, 71):
        first, second = await api.wait_for(2, chat=chat)
        assert "typos are fine" in first.lower()
        assert "never store" in second


@pytest.mark.parametrize("where", ["gone", "blocked"])
async def test_an_unreachable_chat_is_confirmed_and_left(
    api: BotApi, worker: Worker, where: str
) -> None:
    getattr(api, where).add(1)
    api.say("bruise")
    for _ in range(300):
        if not api.updates:
            break
        await asyncio.sleep(0.01)
    assert not api.updates
    assert sum(method == "sendMessage" for method, _ in api.calls) == 1


async def test_a_group_that_has_moved_is_answered_where_it_is_now(
    api: BotApi, worker: Worker
) -> None:
    api.moved[-5] = -1005
    api.say("/help", chat=-5, kind="group")
    assert await api.wait_for(1, chat=-1005)


async def test_buttons_that_are_refused_do_not_take_the_words_with_them(
    api: BotApi, worker: Worker
) -> None:
    for _ in range(2):
        api.faults["sendMessage"].append(Fault(400, "Bad Request: BUTTON_DATA_INVALID"))
    api.say("bruise after botox")
    await api.wait_for(1)
    assert api.messages[1][0]["buttons"] == []


async def test_a_reply_that_cannot_be_written_is_apologised_for(
    api: BotApi, worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, calls = delivery.html_messages, 0

    def broken(reply: Reply) -> list[str]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise KeyError("secret words of a person")
        return real(reply)

    monkeypatch.setattr(delivery, "html_messages", broken)
    api.say("secret words of a person")
    assert "Something went wrong" in (await api.wait_for(1))[0]
    api.say(SIGN)
    assert (await api.wait_for(2))[1].startswith("🔴")
    assert "secret words" not in caplog.text


async def test_a_foreign_webhook_is_removed(api: BotApi, worker: Worker) -> None:
    await api.do_setWebhook({"url": "http://127.0.0.1:9/hook"})
    api.say("bruise")
    assert await api.wait_for(1)
    assert api.webhook is None


async def test_one_refusal_of_the_token_is_survived(api: BotApi, worker: Worker) -> None:
    api.faults["getUpdates"].append(Fault(401, "Unauthorized"))
    api.faults["sendMessage"].append(Fault(401, "Unauthorized"))
    api.say("bruise")
    assert await api.wait_for(1)


async def test_a_revoked_token_ends_the_worker(
    api: BotApi, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setattr(worker, "ASK_AGAIN", 0.0)
    bot = make_bot(TOKEN, api.url, 64)
    running = Worker(bot, engine, MemoryStore())
    monkeypatch.setattr(worker, "pause", lambda *_: asyncio.sleep(0.01))
    task = asyncio.create_task(running.run())
    await asyncio.sleep(0.2)
    api.token = "123456:another"
    api.say("bruise")
    with pytest.raises(worker.error.InvalidToken):
        await asyncio.wait_for(task, 5)
    await bot.shutdown()
    assert len(api.updates) == 1, "left for the next start"


async def test_flood_control_is_kept(api: BotApi, worker: Worker) -> None:
    api.pause_per_chat = 0.5
    for command in ("/help", "/privacy"):
        api.say(command)
    texts = await api.wait_for(2)
    assert "never store" in texts[1]


def test_no_line_of_the_log_holds_the_token() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Redacting([TOKEN]))
    log = logging.getLogger("tests.telegram.redacting")
    log.propagate = False
    log.addHandler(handler)
    try:
        raise ValueError(f"POST https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError:
        log.exception("failed with %s", TOKEN.replace(":", "%3A"))
    assert "[hidden]" in out.getvalue()
    assert TOKEN not in out.getvalue()
    assert "stand-in-token" not in out.getvalue()


def test_a_chat_in_the_log_cannot_be_told() -> None:
    assert who(4711) == who(4711) != who(4712)
    assert "4711" not in who(4711)


def test_descriptions_end_with_a_sentence(engine: Engine) -> None:
    short = sentences(engine.knowledge.wording["en"].disclaimer, 120)
    assert 20 < len(short) <= 120
    assert short.endswith(".")
    long = long_description(engine.knowledge.wording["en"])
    assert len(long) <= 512
    assert long.endswith(engine.knowledge.wording["en"].disclaimer)
    assert sentences("one two", 3) == "one"
