"""Updates by webhook: accepted (2xx) only after their replies are, so that a kill loses none."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from typing import Any

import telegram
from telegram import error

from bot.channels.health import Health
from bot.channels.logs import LOG
from bot.channels.metrics import Metrics
from bot.channels.telegram.client import QuietBot
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.incoming import ALLOWED, work_of
from bot.channels.telegram.sign_in import pause, present, sign_in
from bot.channels.web.outcome import Outcome
from bot.conversation.engine import Engine
from bot.store.store import Store

MOST = 200
"""Updates in hand from which on others are sent elsewhere (503)."""
PATIENCE = 50.0
"""Seconds that Telegram is kept waiting for a 2xx; it gives up after about 60. The work goes on,
and the update, when it comes again, is told its end."""
DRAIN = 5.5
"""Seconds that a stop waits for replies under way."""
TAKE_OVER = 15.0
"""Seconds between two looks for answers that nobody sends."""
CONNECTIONS = 100
"""Updates that Telegram may deliver at the same time; the most that it allows."""


def secret_of(token: str) -> str:
    """A secret for the webhook that all replicas know and nobody can guess."""
    return hashlib.blake2b(token.encode(), digest_size=24, person=b"aftercare-hook").hexdigest()


class Hook:
    """Takes updates that are handed in, and answers them."""

    def __init__(
        self,
        bot: QuietBot,
        engine: Engine,
        store: Store,
        url: str,
        secret: str,
        *,
        metrics: Metrics | None = None,
        health: Health | None = None,
        counts_gaps: bool = False,
    ) -> None:
        self._bot = bot
        self._store = store
        self._url, self._secret = url, secret
        self._metrics = metrics or Metrics()
        self.health = health or Health()
        self.health.webhook = True
        self.desk = Desk(
            engine,
            store,
            Delivery(bot, metrics=self._metrics),
            self._metrics,
            counts_gaps=counts_gaps,
        )
        self._me: telegram.User | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until ``stop``.

        Raises:
            error.InvalidToken, error.Forbidden: Telegram does not know the token.
        """
        self._me = await sign_in(self._bot, self._stopping, self.health)
        if self._me is not None and await self._set():
            beside = [
                asyncio.create_task(present(self._bot, self.desk.engine)),
                asyncio.create_task(self._take_over()),
            ]
            await self._stopping.wait()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
        await self.desk.drain(DRAIN)
        LOG.info("stopped, %d updates left for others", self.desk.waiting)

    def stop(self) -> None:
        """Take no more updates; answer what is under way, then end."""
        self.health.stopping = True
        self._stopping.set()

    async def _take_over(self) -> None:
        """Send what a process that is gone could not, be it a poller's or a replica's. All
        replicas look; whose turn the chat is sends it."""
        while True:
            for held in await self._store.held(dt.datetime.now(dt.UTC)):
                self.desk.take_held(held)
            await asyncio.sleep(TAKE_OVER)

    async def _set(self) -> bool:
        """Tell Telegram where we are; False if the stop comes first."""
        wait = 0.5
        while not self._stopping.is_set():
            try:
                await self._bot.set_webhook(
                    self._url,
                    secret_token=self._secret,
                    allowed_updates=list(ALLOWED),
                    max_connections=CONNECTIONS,
                )
            except error.TelegramError as failed:
                said = f": {failed}" if isinstance(failed, error.BadRequest) else ""
                LOG.warning(
                    "the webhook is not set (%s%s), trying again", type(failed).__name__, said
                )
                await pause(wait, self._stopping)
                wait = min(wait * 2, 30.0)
            else:
                LOG.info("Telegram delivers to the webhook")
                return True
        return False

    async def receive(self, data: dict[str, Any]) -> Outcome:
        """One update; ends when it is answered, or has to come again."""
        self.health.overloaded = self.desk.waiting >= MOST
        if self._stopping.is_set() or self._me is None or self.health.overloaded:
            return Outcome.LATER
        if not isinstance(data.get("update_id"), int):
            return Outcome.UNREADABLE
        self.health.heard()
        try:
            update = telegram.Update.de_json(data, self._bot)
            work = work_of(update, self._me)
        except Exception as failed:  # noqa: BLE001 - it would come again for ever
            LOG.error("update cannot be read: %s", type(failed).__name__)
            return Outcome.DONE
        if work is None:
            return Outcome.DONE
        self._metrics.updates.labels(work.kind).inc()
        future = self.desk.take(work)
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.shield(future)
        except (TimeoutError, asyncio.CancelledError):
            return Outcome.LATER
        return Outcome.DONE
