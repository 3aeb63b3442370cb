"""Somebody who floods: everything is read, several are answered with one reply, danger at once."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.channels.telegram import together
from bot.channels.telegram.incoming import Work
from bot.content.levels import Level
from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from tests.standin.server import BotApi, Fault

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


def works(*texts: str) -> list[Work]:
    return [Work(number, 1, (Incoming("text", text),)) for number, text in enumerate(texts, 1)]


def test_plain_words_are_joined_and_others_are_not(engine: Engine) -> None:
    conversation = Conversation(engine)
    three = works("i had botox", "3 days ago", "and a headache")
    assert together.joinable(conversation, three) == 3
    assert together.joinable(conversation, three[:2]) == 0, "two are answered one by one"
    for other in (
        Incoming("text", "none of these"),
        Incoming("text", "2 and 3"),
        Incoming("text", "x", edited=True),
        Incoming("text", "x", forwarded=True),
        Incoming("text", "x", public=True),
        Incoming("command", "new"),
        Incoming("button", "c:why"),
        Incoming("photo"),
    ):
        assert together.joinable(conversation, [*three, Work(9, 1, (other,)), *three]) == 3
    assert together.joinable(conversation, [Work(9, 1, (Incoming("photo"),)), *three]) == 0
    assert together.joinable(conversation, works(*["a bruise"] * 30)) == together.MOST
    long = works(*["bruise " * 500] * 5)
    joined = together.joinable(conversation, long)
    assert sum(len(work.incoming[0].text) for work in long[:joined]) <= together.CHARS


def test_together_never_asks_for_less_than_one_of_them_alone(engine: Engine) -> None:
    conversation = Conversation(engine)
    turn = together.answer(
        conversation, works("i had botox", "3 days ago", "my eyelid droops"), Session(), NOW
    )
    assert turn is not None
    assert turn.replies[0].level is Level.CONTACT_CLINIC
    # read as one sentence this would be a denial of what stands alone in the second message
    for texts in (("i have no", "chest pain", "after my botox"), ("no", "i see double", "botox")):
        turn = together.answer(conversation, works(*texts), Session(), NOW)
        alone = together.answer(conversation, works(texts[1]), Session(), NOW)
        assert alone is not None
        level = alone.replies[0].level
        assert turn is None or turn.replies[0].level.rank >= level.rank  # type: ignore[union-attr]


@pytest.mark.usefixtures("worker")
async def test_a_flood_gets_one_answer_to_what_waits(api: BotApi) -> None:
    api.slow[1] = 0.3
    api.say("/help")
    await asyncio.sleep(0.1)
    for text in ("i had filler in my lips", "it was yesterday", "a small bruise", "and swelling"):
        api.say(text)
    _, answer = await api.wait_for(2)
    assert "a bruise" in answer
    assert "after filler, day 1" in answer
    await confirmed(api)
    assert len(api.texts()) == 2


@pytest.mark.usefixtures("worker")
async def test_danger_among_many_is_answered_first_and_the_rest_is_read(api: BotApi) -> None:
    api.slow[1] = 0.3
    api.say("/help")
    await asyncio.sleep(0.1)
    for text in (
        "hey i had botox",
        "3 days ago",
        "i have a headache",
        "i cannot breathe",
        "so scared",
    ):
        api.say(text)
    texts = await api.wait_for(3)
    assert texts[1].startswith("🔴 EMERGENCY")
    assert "a headache" in texts[2]
    await confirmed(api)
    assert len(api.texts()) == 3


@pytest.mark.usefixtures("worker")
async def test_danger_that_only_all_of_them_tell_is_found(api: BotApi) -> None:
    api.slow[1] = 0.3
    api.say("/help")
    await asyncio.sleep(0.1)
    for text in ("hey i had filler", "yesterday", "so scared", "my lip is white"):
        api.say(text)
    assert (await api.wait_for(2))[1].startswith("🔴 EMERGENCY")


@pytest.mark.usefixtures("worker")
async def test_what_is_answered_together_is_confirmed_only_after_the_answer(api: BotApi) -> None:
    api.slow[1] = 0.2
    api.say("/help")
    await asyncio.sleep(0.1)
    api.faults["sendMessage"].append(Fault(502))
    first = api.say("i had filler in my lips")
    for text in ("it was yesterday", "a small bruise"):
        api.say(text)
    await api.wait_for(1)
    while len(api.texts()) < 2:
        assert all(u["update_id"] in range(first - 1, first + 3) for u in api.updates)
        assert any(u["update_id"] >= first for u in api.updates), "not answered, so not confirmed"
        await asyncio.sleep(0.02)
    await confirmed(api)


async def confirmed(api: BotApi) -> None:
    for _ in range(400):
        if not api.updates:
            return
        await asyncio.sleep(0.01)
    pytest.fail("never confirmed")
