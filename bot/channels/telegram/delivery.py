"""Sends replies until Telegram has accepted them, or has said that it never will."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

os.environ.setdefault("PTB_TIMEDELTA", "true")  # periods as timedelta, the library's new form

import telegram
from telegram import error

from bot.channels.telegram.logs import LOG, who
from bot.reply.render import html_messages, plain_messages
from bot.reply.reply import Reply

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
_NO_PREVIEW = telegram.LinkPreviewOptions(is_disabled=True)


class Delivery:
    """Carries replies to one bot's chats."""

    def __init__(self, bot: telegram.Bot) -> None:
        self._bot = bot

    async def send(self, chat: int, reply: Reply) -> bool:
        """Send a reply; False if the chat cannot be reached for good (blocked, deleted)."""
        markup = _markup(reply)
        messages = html_messages(reply)
        for number, text in enumerate(messages):
            last = number == len(messages) - 1
            sent = await self._one(chat, text, "HTML", markup if last else None)
            if sent is None:  # Telegram cannot read our markup: the words still go out
                LOG.error("reply without markup: Telegram could not parse it")
                for plain in plain_messages(reply)[number:]:
                    sent = await self._one(chat, plain, None, None)
                return bool(sent)
            if not sent:
                return False
        return True

    async def _one(
        self,
        chat: int,
        text: str,
        mode: str | None,
        markup: telegram.InlineKeyboardMarkup | None,
    ) -> bool | None:
        """True accepted, False never, None the markup cannot be parsed."""

        async def call() -> object:
            return await self._bot.send_message(
                chat,
                text,
                parse_mode=mode,
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
            )

        try:
            await persist(call, who(chat))
        except error.ChatMigrated as moved:
            return await self._one(moved.new_chat_id, text, mode, markup)
        except error.Forbidden:
            LOG.info("chat %s has blocked the bot", who(chat))
            return False
        except error.BadRequest as bad:
            if mode is not None and "parse" in str(bad).lower():
                return None
            LOG.error("chat %s cannot be answered: %s", who(chat), bad)
            return False
        return True

    async def receipt(self, callback: str) -> None:
        """Tell Telegram that a tap has arrived. An old or unknown tap is no fault."""
        try:
            await self._bot.answer_callback_query(callback)
        except error.TelegramError as failed:
            LOG.debug("receipt of a tap failed: %s", type(failed).__name__)


async def persist(call: Callable[[], Awaitable[object]], name: str) -> None:
    """Call until it succeeds or fails for good; waits grow, and flood limits are kept.

    Raises:
        error.Forbidden, error.BadRequest, error.ChatMigrated, error.InvalidToken: for good.
    """
    wait = FIRST_WAIT
    while True:
        try:
            await call()
        except error.RetryAfter as limited:
            after = limited.retry_after
            seconds = after.total_seconds() if isinstance(after, timedelta) else float(after)
            await asyncio.sleep(seconds + 0.05)
        except (error.Forbidden, error.BadRequest, error.ChatMigrated, error.InvalidToken):
            raise
        except error.TelegramError as failed:
            LOG.warning("chat %s: %s, trying again", name, type(failed).__name__)
            await asyncio.sleep(wait * (0.5 + random.random()))  # noqa: S311 - jitter
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            return


def _markup(reply: Reply) -> telegram.InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return telegram.InlineKeyboardMarkup(
        [
            [telegram.InlineKeyboardButton(b.label, callback_data=b.data) for b in row]
            for row in reply.buttons
        ]
    )
