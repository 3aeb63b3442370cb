"""Sends replies until Telegram has accepted them, or has said that it never will."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

os.environ.setdefault("PTB_TIMEDELTA", "true")  # periods as timedelta, the library's new form

from telegram import error

from bot.channels.logs import LOG, who
from bot.channels.metrics import Metrics
from bot.channels.telegram.client import Markup, QuietBot
from bot.channels.telegram.pace import Pace
from bot.content.levels import Level
from bot.reply.render import html_messages, plain_messages
from bot.reply.reply import Reply

SIDE_BY_SIDE = 64
"""Calls to Telegram at the same time. Waiting for the next attempt takes no place."""
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
GIVE_UP = 24 * 3600.0
"""Seconds after which an answer is worth nothing any more; Telegram keeps updates as long."""
_UNREACHABLE = (
    "chat not found",
    "user is deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights",
    "topic_closed",
)


class Delivery:
    """Carries replies to one bot's chats."""

    def __init__(
        self,
        bot: QuietBot,
        side_by_side: int = SIDE_BY_SIDE,
        metrics: Metrics | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._bot = bot
        self._metrics = metrics or Metrics()
        self._pace = pace or Pace()
        self._slots = asyncio.Semaphore(side_by_side)

    async def send(self, chat: int, reply: Reply, tapped: int | None = None) -> bool:
        """Send a reply; ``tapped`` is the message whose button asked for it.

        A reply that edits takes its place, if that message is still there. False if the chat
        cannot be reached for good (blocked, deleted).

        What Telegram refuses as it is goes out plainer, from the beginning: words that come
        twice do no harm, words that are missing may.

        Raises:
            error.InvalidToken: Telegram does not know the token any more.
        """
        await self._pace.take(chat, urgent=reply.level is Level.EMERGENCY)
        markup = _markup(reply)
        if reply.edits and tapped is not None:
            edited = await self._edit(chat, tapped, reply, markup)
            if edited is not None:
                return edited
        sent = await self._all(chat, html_messages(reply), "HTML", markup)
        if sent is None:
            sent = await self._all(chat, plain_messages(reply), None, markup)
        if sent is None and markup is not None:
            sent = await self._all(chat, plain_messages(reply), None, None)
        return bool(sent)

    async def _edit(
        self,
        chat: int,
        message: int,
        reply: Reply,
        markup: Markup | None,
    ) -> bool | None:
        """True edited, False the chat is gone, None the reply has to be sent as a new message."""
        texts = html_messages(reply)
        if len(texts) != 1:
            return None

        async def call() -> None:
            await self._bot.edit(chat, message, texts[0], markup)

        try:
            return await self._persist(call, who(chat))
        except error.Forbidden:
            LOG.info("chat %s has blocked the bot", who(chat))
            return False
        except error.ChatMigrated:
            return None
        except error.BadRequest as bad:
            # tapped twice: it says already what it should; else it is too old, or deleted
            return True if "message is not modified" in str(bad).lower() else None

    async def _all(
        self,
        chat: int,
        texts: list[str],
        mode: str | None,
        markup: Markup | None,
    ) -> bool | None:
        """True accepted, False the chat is gone, None Telegram refuses the message as it is."""
        for number, text in enumerate(texts, 1):
            last = number == len(texts)
            sent = await self._one(chat, text, mode, markup if last else None)
            if not sent:
                return sent
        return True

    async def _one(
        self,
        chat: int,
        text: str,
        mode: str | None,
        markup: Markup | None,
    ) -> bool | None:
        async def call() -> None:
            await self._bot.say(chat, text, mode, markup)

        try:
            return await self._persist(call, who(chat))
        except error.ChatMigrated as moved:
            return await self._one(moved.new_chat_id, text, mode, markup)
        except error.Forbidden:
            LOG.info("chat %s has blocked the bot", who(chat))
            return False
        except error.BadRequest as bad:
            said = str(bad).lower()
            if any(reason in said for reason in _UNREACHABLE):
                LOG.info("chat %s cannot be reached", who(chat))
                return False
            LOG.error("a message was refused: %s", str(bad).partition('"')[0][:80])
            return None

    async def receipt(self, callback: str) -> None:
        """Tell Telegram that a tap has arrived. An old or unknown tap is no fault."""
        try:
            async with self._slots:
                await self._bot.answer_callback_query(callback)
        except error.TelegramError as failed:
            LOG.debug("receipt of a tap failed: %s", type(failed).__name__)

    async def _persist(self, call: Callable[[], Awaitable[object]], name: str) -> bool:
        """Call until it succeeds or fails for good; waits grow, and flood limits are kept.

        Raises:
            error.Forbidden, error.BadRequest, error.ChatMigrated, error.InvalidToken: for good.
        """
        wait = FIRST_WAIT
        end = time.monotonic() + GIVE_UP
        while time.monotonic() < end:
            try:
                async with self._slots:
                    await call()
            except error.RetryAfter as limited:
                self._metrics.retries.labels("flood limit").inc()
                await asyncio.sleep(seconds(limited) + 0.05)
            except (error.Forbidden, error.BadRequest, error.ChatMigrated, error.InvalidToken):
                raise
            except error.TelegramError as failed:
                self._metrics.retries.labels(type(failed).__name__).inc()
                LOG.warning("chat %s: %s, trying again", name, type(failed).__name__)
                await asyncio.sleep(wait * (0.5 + random.random()))  # noqa: S311 - jitter
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                return True
        LOG.error("chat %s: given up", name)
        return False


def seconds(limited: error.RetryAfter) -> float:
    """How long Telegram asks to wait."""
    after = limited.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _markup(reply: Reply) -> Markup | None:
    if not reply.buttons:
        return None
    rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in reply.buttons]
    return {"inline_keyboard": rows}
