"""A reply that takes the place of a message: done, done already, and no longer possible."""

from __future__ import annotations

import pytest

from tests.standin.server import BotApi, Fault

pytestmark = pytest.mark.usefixtures("worker")


async def asks_for_a_reminder(api: BotApi) -> None:
    api.say("botox 2 days ago, bruise")
    await api.wait_for(1)
    api.tap_label("Remind me to check again")
    await api.wait_for(2)


async def settled(api: BotApi, calls: int) -> None:
    """Wait until the edits have been tried, then for the reply to one more message."""
    said = len(api.texts())
    api.say("/help")
    assert "Typos" in (await api.wait_for(said + 1))[-1]
    assert [m for m, _ in api.calls].count("editMessageText") == calls


async def test_the_question_becomes_its_answer(api: BotApi) -> None:
    await asks_for_a_reminder(api)
    api.tap_label("In 4 hours")
    await settled(api, 1)
    assert "I will write once, in 4 hours" in api.texts()[1]
    labels = [b["text"] for row in api.messages[1][1]["buttons"] for b in row]
    assert labels == ["Cancel the reminder"]


async def test_tapped_twice_says_nothing_twice(api: BotApi) -> None:
    await asks_for_a_reminder(api)
    api.tap_label("In 4 hours")
    api.tap_label("In 4 hours")
    await settled(api, 2)
    assert len(api.texts()) == 3


async def test_a_message_that_is_gone_is_sent_anew(api: BotApi) -> None:
    await asks_for_a_reminder(api)
    api.tap_label("In 4 hours")
    api.delete()
    await api.wait_for(2)
    assert "I will write once, in 4 hours" in api.texts()[1]


async def test_a_failing_server_is_asked_again(api: BotApi) -> None:
    await asks_for_a_reminder(api)
    api.faults["editMessageText"].append(Fault(502))
    api.tap_label("In 4 hours")
    await settled(api, 2)
    assert "I will write once" in api.texts()[1]


async def test_an_old_tap_is_answered_all_the_same(api: BotApi) -> None:
    api.say("botox 2 days ago, bruise")
    await api.wait_for(1)
    api.tap_label("Why this advice?")
    api.callbacks.clear()
    assert "Why this advice?" in (await api.wait_for(2))[1]


async def test_a_button_of_an_earlier_talk_says_that_it_is_old(api: BotApi) -> None:
    api.say("botox 2 days ago, bruise")
    await api.wait_for(1)
    api.say("/new")
    await api.wait_for(2)
    api.tap_label("None of these")
    assert "earlier talk" in (await api.wait_for(3))[2]


async def test_blocked_and_unblocked(api: BotApi) -> None:
    api.blocked.add(1)
    api.say("bruise")
    api.say("ping", chat=2)
    await api.wait_for(1, chat=2)
    api.blocked.clear()
    api.say("/start")
    assert "Hello" in (await api.wait_for(1))[0]
