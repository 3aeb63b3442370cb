"""HTTP for the Telegram library over aiohttp.

The library's own client (httpx) spends 2 to 9 ms of CPU on a message and gets slower the more
calls are under way; this one a fraction of it, whatever their number (``benchmarks/cost.py``).
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import telegram
from telegram import error
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.incoming import ALLOWED

CONNECT = 10.0
READ = 15.0
"""Seconds for a connection, and for an answer."""


class AiohttpRequest(BaseRequest):
    """One pool of connections. No exception of it holds an address: the token is in there."""

    __slots__ = ("_limit", "_session")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds for an answer where the caller names none."""
        return READ

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(
                limit=self._limit, ttl_dns_cache=60, keepalive_timeout=50
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
                auto_decompress=True,
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See the base class.

        Raises:
            error.TimedOut: no answer in time; it may have been carried out all the same.
            error.NetworkError: no connection, or cut off.
        """
        del write_timeout, connect_timeout, pool_timeout
        if self._session is None:
            await self.initialize()
        assert self._session is not None
        patience = read_timeout if isinstance(read_timeout, int | float) else READ
        body, headers = _body(request_data)
        try:
            async with (
                asyncio.timeout(patience + CONNECT),
                self._session.request(
                    method, url, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                return response.status, await response.read()
        except TimeoutError:
            raise error.TimedOut from None
        except (aiohttp.ClientError, OSError, ValueError) as failed:
            raise error.NetworkError(type(failed).__name__) from None


def _body(data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if data is None:
        return None, {}
    if not data.contains_files:
        return data.json_payload, {"Content-Type": "application/json"}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}


Markup = dict[str, Any]
"""Buttons under a message, as Telegram takes them."""
_NO_PREVIEW = {"is_disabled": True}


class QuietBot(telegram.Bot):
    """The library's bot, whose ``repr`` would print the token."""

    def __repr__(self) -> str:
        return "QuietBot[token=[hidden]]"

    async def say(self, chat: int, text: str, mode: str | None, markup: Markup | None) -> None:
        """``send_message`` of plain values, the answer not read: the library's objects for buttons
        and for an answer that nobody needs cost 0.5 ms."""
        message = {"chat_id": chat, "text": text, "parse_mode": mode, "reply_markup": markup}
        await self._post("sendMessage", message | {"link_preview_options": _NO_PREVIEW})

    async def edit(self, chat: int, message: int, text: str, markup: Markup | None) -> None:
        """``edit_message_text`` of a text in HTML, in the same way."""
        where = {"chat_id": chat, "message_id": message}
        what = {"text": text, "parse_mode": "HTML", "reply_markup": markup}
        await self._post("editMessageText", where | what | {"link_preview_options": _NO_PREVIEW})

    async def raw_updates(
        self, offset: int | None, timeout: int, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """``get_updates``, not read yet: one that cannot be must not cost the others, and those
        that are known already are not read again."""
        asked = {
            "offset": offset,
            "timeout": timeout,
            "limit": limit,
            "allowed_updates": list(ALLOWED),
        }
        found = await self._post("getUpdates", asked, read_timeout=READ + timeout)
        if not isinstance(found, list):
            raise error.NetworkError("no list of updates")
        return [
            update
            for update in found
            if isinstance(update, dict) and isinstance(update.get("update_id"), int)
        ]

    async def shutdown(self) -> None:
        """Close both pools; the library leaves them open if the bot never signed in."""
        await super().shutdown()
        for request in self._request:
            await request.shutdown()


def make_bot(token: str, api_url: str, side_by_side: int) -> QuietBot:
    """The bot on a server, with room for so many calls at once."""
    return QuietBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=AiohttpRequest(side_by_side + 4),
        get_updates_request=AiohttpRequest(2),
    )
