"""Minimal echo bots, the yardstick: ``python -m benchmarks.echo_bots NAME ADDRESS``."""

from __future__ import annotations

import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from benchmarks.fake_api import TOKEN
from bot.channels.telegram.client import AiohttpRequest

NAMES = ("stock", "stock, 32 at once", "aiohttp, 32 at once")


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    assert update.message is not None
    await update.message.reply_text(update.message.text or "")


def build(name: str, address: str) -> Application[Any, Any, Any, Any, Any, Any]:
    """The library's application: its own client or ours, one update at a time or many."""
    builder: Any = ApplicationBuilder().token(TOKEN).base_url(f"{address}/bot")
    if "32" in name:
        builder = builder.concurrent_updates(32)
    if name.startswith("aiohttp"):
        builder = builder.request(AiohttpRequest(68)).get_updates_request(AiohttpRequest(2))
    elif "32" in name:
        builder = builder.connection_pool_size(68).pool_timeout(60)
    found: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    found.add_handler(MessageHandler(filters.TEXT, echo))
    return found


if __name__ == "__main__":
    build(sys.argv[1], sys.argv[2]).run_polling(poll_interval=0, bootstrap_retries=5)
