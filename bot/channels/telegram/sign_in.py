"""The first words with Telegram: who are we, and what the bot says of itself."""

from __future__ import annotations

import asyncio

import telegram
from telegram import error

from bot.channels.health import Health
from bot.channels.logs import LOG
from bot.channels.telegram import presence
from bot.conversation.engine import Engine

LONGEST_WAIT = 30.0


async def sign_in(
    bot: telegram.Bot, stopping: asyncio.Event, health: Health
) -> telegram.User | None:
    """Learn the bot's name; None if the stop comes first. Telegram out of reach is waited for.

    Raises:
        error.InvalidToken, error.Forbidden: Telegram does not know the token.
    """
    wait = 0.5
    while not stopping.is_set():
        health.alive()
        call = asyncio.create_task(bot.initialize())
        stop = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({call, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                return None
            call.result()
        except (error.InvalidToken, error.Forbidden):
            raise
        except error.TelegramError as failed:
            LOG.warning("Telegram is not reachable (%s), trying again", type(failed).__name__)
            await pause(wait, stopping)
            wait = min(wait * 2, LONGEST_WAIT)
        else:
            health.heard()
            LOG.info("signed in as @%s", bot.bot.username)
            return bot.bot
        finally:
            for waiting in (call, stop):
                waiting.cancel()
            await asyncio.gather(call, stop, return_exceptions=True)
    return None


async def present(bot: telegram.Bot, engine: Engine) -> None:
    """Set commands and descriptions; the bot works without them."""
    try:
        await presence.present(bot, engine.knowledge)
    except Exception as failed:  # noqa: BLE001 - never a reason not to answer
        LOG.warning("commands and description are not set: %s", type(failed).__name__)


async def pause(seconds: float, *events: asyncio.Event) -> None:
    """Wait, but not past any of the events."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
