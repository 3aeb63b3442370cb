"""The stand-in keeps the protocol, so that the worker's tests mean something."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.standin.server import TOKEN, BotApi, Fault

Answer = dict[str, Any]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Caller:
    """Calls methods as a client does."""

    def __init__(self, api: BotApi, http: aiohttp.ClientSession) -> None:
        self.api, self.http = api, http

    async def __call__(self, method: str, **data: Any) -> Answer:
        async with self.http.post(f"{self.api.url}/bot{TOKEN}/{method}", json=data) as answer:
            body: Answer = await answer.json()
            assert body["ok"] == (answer.status == 200)
            return body

    async def ids(self, **data: Any) -> list[int]:
        body = await self("getUpdates", **data)
        return [update["update_id"] for update in body["result"]]


@pytest.fixture
def call(api: BotApi, http: aiohttp.ClientSession) -> Caller:
    return Caller(api, http)


async def test_wrong_token_and_unknown_method(
    api: BotApi, http: aiohttp.ClientSession, call: Caller
) -> None:
    async with http.get(f"{api.url}/bot1:wrong/getMe") as answer:
        assert answer.status == 401
    assert (await call("getMee"))["error_code"] == 404
    assert (await call("getMe"))["result"]["username"] == "aftercare_bot"


async def test_only_a_higher_offset_confirms(api: BotApi, call: Caller) -> None:
    first, second, third = (api.say(text) for text in "abc")
    assert await call.ids() == [first, second, third]
    assert await call.ids(offset=first) == [first, second, third]
    assert await call.ids(offset=second, limit=1) == [second]
    assert await call.ids(offset=-1) == [third]
    assert await call.ids(offset=third + 1, timeout=0) == []
    assert not api.updates


async def test_asking_again_at_once_with_one_offset_yields_one_update(
    api: BotApi, call: Caller
) -> None:
    first = api.say("a")
    second = api.say("b")
    assert await call.ids(offset=first) == [first, second]
    assert await call.ids(offset=first) == [first]
    await asyncio.sleep(0.5)
    assert await call.ids(offset=first) == [first, second]


async def test_a_hundred_updates_at_most(api: BotApi, call: Caller) -> None:
    for _ in range(120):
        api.say("a")
    assert len(await call.ids(limit=1000)) == 100


async def test_a_long_poll_ends_when_something_comes(api: BotApi, call: Caller) -> None:
    poll = asyncio.create_task(call.ids(timeout=20))
    await asyncio.sleep(0.05)
    number = api.say("a")
    assert await asyncio.wait_for(poll, 2) == [number]


async def test_a_new_poll_ends_the_one_before_with_409(call: Caller) -> None:
    older = asyncio.create_task(call("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(call("getUpdates", timeout=20))
    assert (await older)["error_code"] == 409
    newer.cancel()


@pytest.mark.parametrize("form", ["json", "form", "multipart", "query"])
async def test_every_way_of_giving_parameters(
    api: BotApi, http: aiohttp.ClientSession, form: str
) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    data = {"chat_id": "7", "text": "hello", "reply_markup": json.dumps(markup)}
    arguments: dict[str, Any] = {
        "json": {"json": data | {"reply_markup": markup}},
        "form": {"data": data},
        "multipart": {"data": aiohttp.FormData(data, default_to_multipart=True)},
        "query": {"params": data},
    }[form]
    async with http.post(f"{api.url}/bot{TOKEN}/sendMessage", **arguments) as answer:
        assert answer.status == 200
    assert api.messages[7][0]["buttons"] == markup["inline_keyboard"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": ""}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
    ],
)
async def test_messages_that_are_refused(call: Caller, fields: Answer, error: str) -> None:
    body = await call("sendMessage", **({"chat_id": 1} | fields))
    assert body["error_code"] == 400
    assert error in body["description"]


async def test_markup_does_not_count_as_length(call: Caller) -> None:
    text = f"<b>{'&amp;' * 4096}</b>"
    assert (await call("sendMessage", chat_id=1, text=text, parse_mode="HTML"))["ok"]


@pytest.mark.parametrize("data", ["", "é" * 33])
async def test_buttons_carry_1_to_64_bytes(call: Caller, data: str) -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    body = await call("sendMessage", chat_id=1, text="a", reply_markup=markup)
    assert "BUTTON_DATA_INVALID" in body["description"]


async def test_keyboards_have_a_limit_and_unknown_modes_are_refused(call: Caller) -> None:
    row = [{"text": "x", "callback_data": "y"}] * 9
    wide = await call("sendMessage", chat_id=1, text="a", reply_markup={"inline_keyboard": [row]})
    assert "reply markup is too long" in wide["description"]
    odd = await call("sendMessage", chat_id=1, text="a", parse_mode="Wiki")
    assert "unsupported parse_mode" in odd["description"]


async def test_edits(api: BotApi, call: Caller) -> None:
    number = (await call("sendMessage", chat_id=1, text="a"))["result"]["message_id"]
    same = await call("editMessageText", chat_id=1, message_id=number, text="a")
    assert "message is not modified" in same["description"]
    assert (await call("editMessageText", chat_id=1, message_id=number, text="b"))["ok"]
    none = await call("editMessageText", chat_id=1, message_id=99, text="b")
    assert "message to edit not found" in none["description"]
    unnamed = await call("editMessageText", chat_id=1, text="b")
    assert "identifier is not specified" in unnamed["description"]
    api.delete()
    gone = await call("editMessageText", chat_id=1, message_id=number, text="c")
    assert "message to edit not found" in gone["description"]
    api.blocked.add(1)
    blocked = await call("editMessageText", chat_id=1, message_id=number, text="c")
    assert blocked["error_code"] == 403


async def test_taps_grow_old(api: BotApi, call: Caller) -> None:
    await call("sendMessage", chat_id=1, text="a")
    api.tap("x")
    api.tap("y")
    new, old = api.callbacks
    api.callbacks[old] -= 15 * 60 + 1
    assert (await call("answerCallbackQuery", callback_query_id=new))["ok"]
    for key in (old, "unknown"):
        body = await call("answerCallbackQuery", callback_query_id=key)
        assert "query is too old" in body["description"]


@pytest.mark.parametrize(
    ("method", "data", "ok"),
    [
        ("setMyCommands", {"commands": [{"command": "start", "description": "Begin"}]}, True),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "Begin"}]}, False),
        ("setMyCommands", {"commands": [{"command": "start", "description": ""}]}, False),
        ("setMyDescription", {"description": "x" * 512}, True),
        ("setMyDescription", {"description": "x" * 513}, False),
        ("setMyShortDescription", {"short_description": "x" * 121}, False),
        ("sendChatAction", {"chat_id": 1, "action": "typing"}, True),
        ("sendChatAction", {"chat_id": 1, "action": "dancing"}, False),
    ],
)
async def test_limits(call: Caller, method: str, data: Answer, ok: bool) -> None:
    assert (await call(method, **data))["ok"] is ok


async def test_flood_control_names_the_wait(api: BotApi, call: Caller) -> None:
    api.pause_per_chat = 1.0
    assert (await call("sendMessage", chat_id=1, text="a"))["ok"]
    body = await call("sendMessage", chat_id=1, text="a")
    assert (body["error_code"], body["parameters"]) == (429, {"retry_after": 1})
    assert (await call("sendMessage", chat_id=2, text="a"))["ok"]


async def test_faults_on_demand(api: BotApi, call: Caller) -> None:
    api.faults["sendMessage"].extend(
        [Fault(500, chat=2), Fault(502, "down", delay=0.1), Fault(cut=True, after_work=True)]
    )
    begin = time.monotonic()
    assert (await call("sendMessage", chat_id=1, text="a"))["error_code"] == 502
    assert time.monotonic() - begin >= 0.1
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=1, text="a")
    assert api.texts() == ["a"]
    assert (await call("sendMessage", chat_id=2, text="a"))["error_code"] == 500
    assert (await call("sendMessage", chat_id=2, text="a"))["ok"]
