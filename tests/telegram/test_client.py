"""The HTTP client: faults as the library knows them, and no token in any of their words."""

from __future__ import annotations

import socket
import traceback
from collections.abc import AsyncIterator

import pytest
import telegram
from telegram import error

from bot.channels.telegram import client
from bot.channels.telegram.client import QuietBot, make_bot
from tests.standin.server import TOKEN, BotApi, Fault


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[QuietBot]:
    found = make_bot(TOKEN, api.url, 4)
    yield found
    await found.shutdown()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(500), error.NetworkError),
        (Fault(502, garbage=True), error.NetworkError),
        (Fault(garbage=True), error.TelegramError),
        (Fault(cut=True), error.NetworkError),
        (Fault(401, "Unauthorized"), error.InvalidToken),
        (Fault(403, "Forbidden: bot was blocked by the user"), error.Forbidden),
        (Fault(400, "Bad Request: x"), error.BadRequest),
        (Fault(409, "Conflict"), error.Conflict),
        (Fault(429, parameters={"retry_after": 3}), error.RetryAfter),
    ],
    ids=str,
)
async def test_faults_are_the_librarys_and_hold_no_token(
    api: BotApi, bot: QuietBot, fault: Fault, kind: type[error.TelegramError],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    api.faults["getMe"].append(fault)
    with pytest.raises(kind) as caught:
        await bot.get_me()
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert "stand-in-token" not in told
    assert (await bot.get_me()).username == "aftercare_bot"


async def test_too_slow_is_timed_out(
    api: BotApi, bot: QuietBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "CONNECT", 0.1)
    api.faults["getMe"].append(Fault(delay=1.0))
    with pytest.raises(error.TimedOut):
        await bot.get_me(read_timeout=0.1)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no-such-name.invalid"])
async def test_out_of_reach_is_a_network_error_without_the_address(address: str) -> None:
    bot = make_bot(TOKEN, address, 4)
    with pytest.raises(error.NetworkError) as caught:
        await bot.get_me()
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    await bot.shutdown()


async def test_dns_gone_at_first_is_no_matter_later(
    api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = make_bot(TOKEN, api.url.replace("127.0.0.1", "localhost"), 4)
    real, calls = socket.getaddrinfo, 0

    def failing(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls <= 2:
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", failing)
    for _ in range(2):
        with pytest.raises(error.NetworkError):
            await bot.get_me()
    assert (await bot.get_me()).username == "aftercare_bot"
    await bot.shutdown()


async def test_a_file_goes_out_as_a_form(api: BotApi, bot: QuietBot) -> None:
    with pytest.raises(error.InvalidToken):  # the stand-in knows no such method: 404
        await bot.send_document(1, telegram.InputFile(b"x", filename="card.txt"), caption="c")
    method, data = api.calls[-1]
    assert (method, data["caption"], data["chat_id"]) == ("sendDocument", "c", "1")


async def test_what_is_no_update_costs_the_others_nothing(
    api: BotApi, bot: QuietBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def odd(_: object) -> list[object]:
        return ["words", None, [1], {}, {"update_id": "x"}, {"update_id": 7}]

    monkeypatch.setattr(api, "do_getUpdates", odd)
    assert await bot.raw_updates(None, 0) == [{"update_id": 7}]


def test_no_token_in_the_repr(bot: QuietBot) -> None:
    assert "stand-in" not in repr(bot) + str(bot)
