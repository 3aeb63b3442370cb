"""The process: what it is made of, its start with a self-check, its end."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from telegram import error

from bot.channels.health import Health
from bot.channels.logs import LOG, hush, name_chats_by, set_up
from bot.channels.metrics import Metrics
from bot.channels.reload import Watcher
from bot.channels.signals import on_stop
from bot.channels.telegram.client import make_bot
from bot.channels.telegram.delivery import SIDE_BY_SIDE
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.webhook import Hook, secret_of
from bot.channels.telegram.worker import Worker
from bot.config import TELEGRAM, Config
from bot.conversation.engine import Engine
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.leader import Alone, Leader, Leading
from bot.store.memory import MemoryStore
from bot.store.sealing import KeyFormatError, Seal
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.channels.web.serve import Served

SWEEP = 600.0
"""Seconds between two deletions of what has expired."""
REMIND = 15.0
"""Seconds between two looks for due reminders."""
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
OWN_PAGES = ("/healthz", "/readyz", "/metrics")
PORT = 8080
"""Where a webhook listens without PORT."""


class Runs(Protocol):
    """Polling or webhook."""

    desk: Desk

    def run(self) -> Awaitable[None]:
        """Work until ``stop``."""

    def stop(self) -> None:
        """End soon."""


class SetUpError(ValueError):
    """A setting with which we must not start; the text says what to write."""


def run_bot(config: Config, engine: Engine) -> int:
    """Run until SIGTERM or SIGINT.

    Exit codes: 0 after a stop, 2 for a setting or token that is refused, 1 for a fault of ours.
    """
    assert config.token is not None
    set_up([*config.secrets(), secret_of(config.token)], json_lines=config.json_log)
    hush()
    if config.keys:
        name_chats_by(config.keys.split(",")[0].strip())
    try:
        return asyncio.run(_main(config, engine))
    except SetUpError as wrong:
        LOG.error("%s", wrong)
        return 2
    except Exception as failed:  # noqa: BLE001 - a traceback may hold the token or a message
        LOG.critical("stopped by a fault: %s", type(failed).__name__, exc_info=True)
        return 1


async def _main(config: Config, engine: Engine) -> int:
    assert config.token is not None
    asyncio.get_running_loop().set_exception_handler(_log_type)
    check_settings(config)
    store, leading = _store(config)
    for line in self_check(config, engine, store):
        LOG.log(logging.WARNING if line.startswith(("MISSING", "WRONG")) else logging.INFO, line)
    metrics, health = Metrics(), Health()
    bot = make_bot(config.token, config.api_url, SIDE_BY_SIDE)
    gaps = config.counts_gaps
    runs: Runs
    hook = None
    if config.webhook_url:
        secret = config.webhook_secret or secret_of(config.token)
        taker = Hook(
            bot,
            engine,
            store,
            config.webhook_url,
            secret,
            metrics=metrics,
            health=health,
            counts_gaps=gaps,
        )
        hook = (urlsplit(config.webhook_url).path or "/", secret, taker.receive)
        runs = taker
    else:
        runs = Worker(
            bot,
            engine,
            store,
            leading=leading,
            metrics=metrics,
            health=health,
            counts_gaps=gaps,
        )

    def refresh() -> None:
        health.oldest = runs.desk.oldest()
        metrics.waiting.set(runs.desk.waiting)
        metrics.age.set(health.oldest)
        metrics.polled.set(health.poll_age)
        metrics.store_up.set(store.healthy)
        metrics.store_failures.set(getattr(store, "failures", 0))

    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(bot.shutdown)
        if isinstance(store, DurableStore):
            stack.push_async_callback(store.stop)
            await store.start()
        if config.port is not None or hook is not None:
            served = _served(config, health, metrics, refresh, hook)
            stack.push_async_callback(served.stop)
            await served.start()
            LOG.info("listening at port %d", served.port)
        on_stop(runs.stop)

        def use(edited: Engine) -> None:
            edited.clinics = engine.clinics
            runs.desk.use(edited)

        watcher = Watcher(config.knowledge, use, metrics, cache=config.cache)
        await stack.enter_async_context(_beside(watcher.run()))
        await stack.enter_async_context(_beside(_sweep(store)))
        await stack.enter_async_context(_beside(_remind(store, runs.desk, health)))
        try:
            await runs.run()
        except (error.InvalidToken, error.Forbidden):
            remedy = "Ask @BotFather for the right one, and set TELEGRAM_TOKEN to it."
            if config.api_url != TELEGRAM:
                remedy += " Or is TELEGRAM_API_URL not a Bot API server?"
            LOG.error("The token is refused. %s", remedy)
            return 2
    return 0


def check_settings(config: Config) -> None:
    """Look at the form of what is set; whether it is right, only Telegram knows.

    Raises:
        SetUpError: a setting that can never work.
    """
    if not TOKEN.fullmatch(config.token or ""):
        raise SetUpError(
            "TELEGRAM_TOKEN is no token: it is digits, a colon, then letters and digits. Copy it "
            "from @BotFather as it is, without quotes or spaces"
        )
    api = urlsplit(config.api_url)
    if api.scheme not in ("http", "https") or not api.hostname:
        raise SetUpError("TELEGRAM_API_URL must begin with https:// or http://, then the server")
    if config.webhook_url is not None:
        where = urlsplit(config.webhook_url)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise SetUpError("WEBHOOK_URL must be a whole address: https://bot.example.org/hook")
        if where.path in OWN_PAGES:
            raise SetUpError(f"WEBHOOK_URL must not end in {where.path}, which is a page of ours")
    if config.webhook_secret and not SECRET.fullmatch(config.webhook_secret):
        raise SetUpError("WEBHOOK_SECRET may hold 1 to 256 letters, digits, _ and -, nothing else")


def _store(config: Config) -> tuple[Store, Leading]:
    if not config.keys:
        return MemoryStore(), Alone()
    try:
        database = Database(config.database, config.bot)
        seal = Seal(config.keys, config.bot)
    except KeyFormatError as wrong:
        raise SetUpError(str(wrong)) from None
    except ValueError as wrong:
        raise SetUpError(str(wrong)) from None
    leading: Leading = Leader(database, config.bot) if database.shared else Alone()
    return DurableStore(database, seal), leading


def _served(
    config: Config, health: Health, metrics: Metrics, refresh: Callable[[], None], hook: Any
) -> Served:
    # 5 MiB that a bot which polls, and shows no health page, does without
    from bot.channels.web.app import make_app  # noqa: PLC0415
    from bot.channels.web.serve import Served  # noqa: PLC0415

    app = make_app(health, metrics, refresh, hook=hook)
    try:
        return Served(app, config.host, PORT if config.port is None else config.port)
    except OSError as taken:
        raise SetUpError(
            f"PORT {config.port or PORT} cannot be used ({os.strerror(taken.errno or 0)}); "
            "set another one"
        ) from None


def self_check(config: Config, engine: Engine, store: Store) -> list[str]:
    """What is configured, and what is missing with its remedy."""
    knowledge = engine.knowledge
    lines = [
        (
            f"knowledge {knowledge.edition}: {len(knowledge.topics)} topics, "
            f"{len(knowledge.red_flags)} red flags, from {config.knowledge}"
        ),
        f"Bot API at {urlsplit(config.api_url).hostname}, bot {config.bot}",
    ]
    if config.clinics is not None:
        lines.append(f"{len(engine.clinics)} clinics that links may name, from {config.clinics}")
    if isinstance(store, MemoryStore):
        lines.append(
            "MISSING AFTERCARE_KEY: sessions and reminders are in memory only and end with this "
            "process. Remedy: run 'aftercare key' once, and set AFTERCARE_KEY to what it prints"
        )
    else:
        name = Database(config.database, config.bot).name
        count = sum(1 for key in (config.keys or "").split(",") if key.strip())
        lines.append(f"store {name}, sealed with the newest of {count} keys")
    if config.counts_gaps:
        lines.append(
            "what is asked and not known is counted (AFTERCARE_GAPS), and /privacy tells so; "
            "'aftercare gaps' lists what five chats have asked"
        )
    elif config.gaps:
        lines.append(
            "AFTERCARE_GAPS without AFTERCARE_KEY: nothing is counted, for nothing could be sealed"
        )
    if config.webhook_url:
        where = urlsplit(config.webhook_url)
        lines.append(f"webhook at {where.hostname}{where.path}, listening at {config.port or PORT}")
        if where.scheme != "https":
            lines.append("WRONG WEBHOOK_URL: Telegram delivers only to https addresses")
        if config.webhook_secret is None:
            lines.append("webhook secret made from the token; WEBHOOK_SECRET sets another one")
        if isinstance(store, MemoryStore):
            lines.append(
                "with several replicas, set AFTERCARE_KEY and DATABASE_URL=postgresql://...: "
                "without a shared store an update may be answered twice"
            )
    else:
        lines.append("long polling; WEBHOOK_URL or --webhook would have Telegram deliver")
        if config.port is None:
            lines.append("no health page: set PORT to have /healthz, /readyz and /metrics")
    return lines


async def _sweep(store: Store) -> None:
    while True:
        try:
            await store.sweep(dt.datetime.now(dt.UTC))
        except Exception as failed:  # noqa: BLE001 - the answers never wait for the store
            LOG.error("expired sessions are not deleted: %s", type(failed).__name__)
        await asyncio.sleep(SWEEP)


async def _remind(store: Store, desk: Desk, health: Health) -> None:
    while not health.stopping:
        await asyncio.sleep(REMIND)
        if health.spare or health.heard_at is None:
            continue
        try:
            for reminder in await store.due(dt.datetime.now(dt.UTC)):
                desk.take_reminder(reminder)
        except Exception as failed:  # noqa: BLE001 - they are due the next time as well
            LOG.error("reminders cannot be read: %s", type(failed).__name__)


@contextlib.asynccontextmanager
async def _beside(work: Any) -> AsyncIterator[None]:
    """Something that runs as long as the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _log_type(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Errors that nobody awaits: their type only, for their text may be a person's."""
    LOG.error("in the background: %s", type(context.get("exception")).__name__)
