"""The worker against the stand-in server, over HTTP."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram import delivery
from bot.channels.telegram.worker import Worker
from bot.conversation.conversation import Conversation
from tests.standin.server import BotApi, Fault, Json

pytestmark = pytest.mark.usefixtures("worker")
SIGN = "cant swallow my food since botox 3 days ago"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT", 0.05)


async def test_a_danger_sign_is_the_first_line(api: BotApi) -> None:
    api.say(SIGN)
    (text,) = await api.wait_for(1)
    assert text.startswith("🔴 EMERGENCY")
    assert api.messages[1][0]["buttons"] == []


async def test_an_unknown_treatment_is_asked_for_and_remembered(api: BotApi) -> None:
    api.say("dull headache, 2 days after")
    await api.wait_for(1)
    api.tap_label("Botulinum toxin")
    assert "botulinum toxin" in (await api.wait_for(2))[1]
    api.say("headache")
    assert "after botulinum toxin" in (await api.wait_for(3))[2]


async def test_forget_wipes_the_session(api: BotApi) -> None:
    api.say("bruise after botox")
    await api.wait_for(1)
    api.say("/forget")
    assert "deleted everything" in (await api.wait_for(2))[1]
    api.say("headache")
    assert "botulinum" not in (await api.wait_for(3))[2].split("Get help")[0]


@pytest.mark.parametrize("command", ["start", "help", "privacy", "sources", "about", "nonsense"])
async def test_every_command_is_answered(api: BotApi, command: str) -> None:
    api.say(f"/{command}")
    assert await api.wait_for(1)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}, "pictures"),
        ({"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}}, "recordings"),
        ({"sticker": {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1,
                      "height": 1, "is_animated": False, "is_video": False}}, "words only"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "your location"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "words only"),
    ],
)  # fmt: skip
async def test_what_is_not_text_is_answered_kindly(
    api: BotApi, fields: dict[str, object], part: str
) -> None:
    api.push(message=api.message(**fields))
    assert part in (await api.wait_for(1))[0]


async def test_the_caption_of_a_photo_is_read_first(api: BotApi) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    api.push(message=api.message(photo=photo, caption="lip went white after filler today"))
    first, second = await api.wait_for(2)
    assert first.startswith("🔴")
    assert "pictures" in second


async def test_an_edited_message_is_judged_again(api: BotApi) -> None:
    api.say("botox yesterday, bruise")
    await api.wait_for(1)
    api.push(edited_message=api.message(text=SIGN) | {"edit_date": 1})
    assert (await api.wait_for(2))[1].startswith("🔴")


async def test_groups_are_answered_only_when_addressed(api: BotApi) -> None:
    api.say("my lips are swollen", chat=-5, kind="group")
    api.say("@aftercare_bot bruise after botox", chat=-5, kind="group")
    await api.wait_for(1, chat=-5)
    api.say("ping")
    await api.wait_for(1)
    assert len(api.texts(-5)) == 1


async def test_other_updates_are_passed_over(api: BotApi) -> None:
    api.push(poll={"id": "1"})
    api.push(message=api.message(new_chat_title="x"))
    api.say("bruise")
    assert len(await api.wait_for(1)) == 1


async def test_an_update_that_cannot_be_read_costs_nobody_else_an_answer(api: BotApi) -> None:
    api.push(message={"message_id": "x", "chat": 3})
    api.push(callback_query={"id": 5})
    api.say(SIGN)
    assert len(await api.wait_for(1)) == 1
    for _ in range(300):
        if not api.updates:
            return
        await asyncio.sleep(0.01)
    pytest.fail("never confirmed")


async def test_order_is_kept_within_a_chat(api: BotApi) -> None:
    for command in ("/help", "/privacy", "/sources", "/about"):
        api.say(command)
    texts = await api.wait_for(4)
    assert ["typos are fine" in texts[0].lower(), "never store" in texts[1],
            "public question" in texts[2], "open software" in texts[3]] == [True] * 4  # fmt: skip


async def test_a_slow_chat_holds_up_nobody(api: BotApi) -> None:
    api.slow[1] = 1.5
    api.say("bruise", chat=1)
    for chat in range(2, 12):
        api.say("bruise", chat=chat)
    for chat in range(2, 12):
        await api.wait_for(1, chat=chat, seconds=1.4)
    assert api.texts(1) == []
    await api.wait_for(1, chat=1)


async def test_a_blocked_chat_is_given_up_and_the_next_message_answered(api: BotApi) -> None:
    api.blocked.add(1)
    api.say("bruise", chat=1)
    api.say("bruise", chat=2)
    await api.wait_for(1, chat=2)
    api.blocked.clear()
    api.say("headache", chat=1)
    assert len(await api.wait_for(1, chat=1)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500, "Internal Server Error"),
        Fault(502, garbage=True),
        Fault(garbage=True),
        Fault(cut=True),
        Fault(429, "Too Many Requests: retry after 1", parameters={"retry_after": 1}),
    ],
    ids=["500", "502 garbage", "garbage", "cut", "429"],
)
async def test_a_failed_send_is_repeated_until_it_arrives(api: BotApi, fault: Fault) -> None:
    api.faults["sendMessage"].append(fault)
    api.say(SIGN)
    assert (await api.wait_for(1))[0].startswith("🔴")


async def test_a_send_that_fails_after_delivery_may_repeat_but_is_not_lost(api: BotApi) -> None:
    api.faults["sendMessage"].append(Fault(500, after_work=True))
    api.say(SIGN)
    assert len(await api.wait_for(2)) == 2


@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(409, "Conflict: terminated by other getUpdates request"),
     Fault(cut=True), Fault(garbage=True), Fault(429, parameters={"retry_after": 1})],
    ids=["500", "409", "cut", "garbage", "429"],
)  # fmt: skip
async def test_polling_goes_on_after_a_fault(api: BotApi, fault: Fault) -> None:
    api.faults["getUpdates"].append(fault)
    api.say(SIGN)
    assert await api.wait_for(1)


async def test_markup_that_cannot_be_parsed_goes_out_as_plain_text(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "html_messages", lambda reply: ["<b>broken"])
    api.say(SIGN)
    assert (await api.wait_for(1))[0].startswith("🔴 EMERGENCY")


async def test_an_error_of_ours_is_told_and_logged_without_the_text(
    api: BotApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret words of a person")

    monkeypatch.setattr(Conversation, "_text", broken)
    api.say("secret words of a person")
    assert "Something went wrong" in (await api.wait_for(1))[0]
    assert "RuntimeError" in caplog.text
    assert "secret words" not in caplog.text


async def test_an_old_tap_is_answered_and_its_receipt_may_fail(api: BotApi) -> None:
    api.say("bruise")
    await api.wait_for(1)
    api.callbacks.clear()
    api.tap("gone:1")
    api.callbacks.clear()
    assert "earlier talk" in (await api.wait_for(2))[1]


async def test_commands_and_descriptions_are_set(api: BotApi) -> None:
    def told(method: str) -> dict[str | None, Json]:
        return {data.get("language_code"): data for name, data in api.calls if name == method}

    languages = {None, "en", "de", "es", "fr", "it", "pt", "ru", "tr"}
    for _ in range(400):
        if told("setMyShortDescription").keys() == languages:
            break
        await asyncio.sleep(0.01)
    commands, long = told("setMyCommands"), told("setMyDescription")
    short = told("setMyShortDescription")
    assert commands.keys() == long.keys() == short.keys() == languages
    names = [command["command"] for command in commands["en"]["commands"]]
    assert {"forget", "privacy", "country"} <= set(names)
    assert {c["description"] for c in commands["es"]["commands"]} >= {"Idioma", "Empezar"}
    for language in languages:
        assert [c["command"] for c in commands[language]["commands"]] == names
        assert "911" in long[language]["description"], "the whole disclaimer"
        assert short[language]["short_description"].endswith(".")
    assert "Solo con fines educativos" in short["es"]["short_description"]


async def test_updates_are_confirmed_after_their_replies(api: BotApi) -> None:
    api.slow[1] = 1.5
    number = api.say("bruise")
    polls = 0
    while not api.texts():
        await asyncio.sleep(0.05)
        asked = [int(d.get("offset", 0)) for m, d in api.calls if m == "getUpdates"]
        polls = max(polls, len(asked))
        if not api.texts():
            assert max(asked, default=0) <= number
            assert [update["update_id"] for update in api.updates] == [number]
    assert polls > 1
    for _ in range(300):
        if not api.updates:
            return
        await asyncio.sleep(0.01)
    pytest.fail("never confirmed")


async def test_with_nothing_in_hand_nothing_is_old(worker: Worker) -> None:
    assert worker.desk.oldest() == 0
