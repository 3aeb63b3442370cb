"""Channels, inline queries, groups that move, people who block: asked for or not, and answered or not."""

from __future__ import annotations

import pytest

from tests.standin.server import BotApi

pytestmark = pytest.mark.usefixtures("worker")


async def nothing_but(api: BotApi, texts: int) -> None:
    """One more message is answered, and nothing else has been said or done."""
    api.say("/help")
    assert len(await api.wait_for(texts + 1)) == texts + 1
    methods = {method for method, _ in api.calls}
    assert methods <= {
        "getMe", "getUpdates", "sendMessage", "setMyCommands", "setMyDescription",
        "setMyShortDescription",
    }  # fmt: skip


async def test_inline_queries_and_channels_are_not_even_asked_for(api: BotApi) -> None:
    api.say("bruise after botox")
    await api.wait_for(1)
    asked = [data["allowed_updates"] for method, data in api.calls if method == "getUpdates"]
    assert asked
    assert all(set(kinds) == {"message", "edited_message", "callback_query"} for kinds in asked)


async def test_what_comes_all_the_same_is_passed_over(api: BotApi) -> None:
    person = {"id": 7, "is_bot": False, "first_name": "Pat"}
    post = api.message(chat=-100, kind="channel", text="lip went white")
    api.push(message=api.message(chat=-5, kind="group", migrate_to_chat_id=-1005))
    api.push(message=api.message(chat=-5, kind="group", new_chat_members=[person]))
    api.push(message=api.message(chat=-100, kind="channel", text="lip went white"))
    api.push(edited_message=post | {"edit_date": 1})
    await nothing_but(api, 0)
    assert api.texts(-5) == []
    assert api.texts(-100) == []
    assert api.texts(-1005) == []


async def test_a_group_that_moved_is_answered_in_its_new_place(api: BotApi) -> None:
    api.moved[-5] = -1005
    api.say("/help", chat=-5, kind="group")
    assert "Typos are fine" in (await api.wait_for(1, chat=-1005))[0]
    assert api.texts(-5) == []


async def test_who_blocked_the_bot_and_comes_back_is_not_asked_for_what_was_said(
    api: BotApi,
) -> None:
    api.say("botox 3 days ago, headache")
    await api.wait_for(1)
    api.blocked.add(1)
    api.say("it is getting worse")
    api.say("/help", chat=2)
    await api.wait_for(1, chat=2)
    api.blocked.clear()
    api.say("and now i see double")
    answer = (await api.wait_for(2))[1]
    assert answer.startswith("🟠")
    assert "after botulinum toxin, day 3" in answer
