"""The stand-in's webhook: secret, order, retries, and no polling beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.standin.server import TOKEN, BotApi


class Receiver:
    """A bot's address that answers as told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[int, str | None]] = []
        self.open = asyncio.Event()
        """Cleared: it takes updates, and answers when this is set again."""
        self.open.set()

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.got.append((update["update_id"], secret))
        await self.open.wait()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    bot = Receiver()
    app = web.Application()
    app.router.add_post("/hook", bot.handle)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield bot, f"http://127.0.0.1:{server.port}/hook"
    await server.close()


async def call(api: BotApi, method: str, **data: str) -> dict[str, object]:
    async with (
        ClientSession() as session,
        session.post(f"{api.url}/bot{TOKEN}/{method}", json=data) as response,
    ):
        answer: dict[str, object] = await response.json()
        return answer


async def test_an_update_comes_again_until_it_is_accepted_and_in_order(
    api: BotApi, receiver: tuple[Receiver, str]
) -> None:
    bot, url = receiver
    bot.answers = [500, 503, 200]
    first, second = api.say("one"), api.say("two")
    assert (await call(api, "setWebhook", url=url, secret_token="s3cret"))["ok"]
    await until(lambda: not api.updates)
    assert bot.got == [(n, "s3cret") for n in (first, first, first, second)]


async def until(true: Callable[[], bool]) -> None:
    for _ in range(300):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("did not come to pass")


async def test_the_same_webhook_set_again_hands_out_nothing_anew(
    api: BotApi, receiver: tuple[Receiver, str]
) -> None:
    """Each replica sets it at its start, while others are at work ("Webhook is already set")."""
    bot, url = receiver
    bot.open.clear()
    first = api.say("one")
    await call(api, "setWebhook", url=url, secret_token="s")
    await until(lambda: bool(bot.got))
    assert (await call(api, "setWebhook", url=url, secret_token="s"))["ok"]
    second = api.say("two")
    bot.open.set()
    await until(lambda: not api.updates)
    assert bot.got == [(first, "s"), (second, "s")]


async def test_another_webhook_gets_what_is_under_way(
    api: BotApi, receiver: tuple[Receiver, str]
) -> None:
    bot, url = receiver
    bot.open.clear()
    first = api.say("one")
    await call(api, "setWebhook", url=url, secret_token="old")
    await until(lambda: bool(bot.got))
    assert (await call(api, "setWebhook", url=url, secret_token="new"))["ok"]
    bot.open.set()
    await until(lambda: not api.updates)
    assert bot.got == [(first, "old"), (first, "new")]


async def test_polling_is_refused_while_a_webhook_is_set(
    api: BotApi, receiver: tuple[Receiver, str]
) -> None:
    await call(api, "setWebhook", url=receiver[1])
    assert (await call(api, "getUpdates"))["error_code"] == 409
    await call(api, "deleteWebhook")
    assert (await call(api, "getUpdates"))["ok"]


@pytest.mark.parametrize(
    "data", [{"url": "ftp://x"}, {"url": "https://x", "secret_token": "no spaces"}]
)
async def test_a_bad_webhook_is_refused(api: BotApi, data: dict[str, str]) -> None:
    assert (await call(api, "setWebhook", **data))["error_code"] == 400
