"""The long-polling worker: at least once, in order within a chat, chats side by side.

The library's own loop confirms a batch before it is worked on, so a kill loses what is left of
it. Here an update is confirmed only after its reply was accepted, so a kill loses none. A reply may
come twice: a send that timed out may have arrived, and a kill may fall between a reply and the
note of it in the store.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import telegram
from telegram import error

from bot.channels.health import Health
from bot.channels.logs import LOG
from bot.channels.metrics import Metrics
from bot.channels.telegram.client import QuietBot
from bot.channels.telegram.delivery import Delivery, seconds
from bot.channels.telegram.desk import Desk
from bot.channels.telegram.incoming import work_of
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.sign_in import pause, present, sign_in
from bot.conversation.engine import Engine
from bot.store.leader import Alone, Leading
from bot.store.store import Store

DRAIN = 5.5
"""Seconds that a stop waits for replies under way."""
CONFIRM = 1.0
"""Seconds that a stop waits for the last confirmation."""
LONG_POLL = 25
"""Seconds for which Telegram holds an empty answer back."""
ASK_AGAIN = 0.7
"""Seconds between two polls with one offset. Within 0.5 s of the last one the server hands out a
single update (telegram-bot-api, ``process_get_updates_query``): with one slow chat that would be
the slow chat's, over and over, and nobody else's would be seen."""
LEADING = 5.0
"""Seconds between two questions whether this process still polls."""
WAITING = 1.0
"""The same for a spare that waits for its turn."""
RIVAL = 3.0
"""Seconds for which messages must lie there before a poller that was sent away polls again. Twice
as long each time, for another one that is only slow looks the same."""
RIVAL_AT_MOST = 60.0
RIVAL_LOOK = 0.5
"""Seconds between two looks whether any lie there."""
REFUSALS = 3
"""The token is taken for revoked after so many refusals in a row; a proxy may err once."""

T = TypeVar("T")


class Worker:
    """Takes updates from one bot and answers them."""

    def __init__(
        self,
        bot: QuietBot,
        engine: Engine,
        store: Store,
        *,
        ledger: Ledger | None = None,
        long_poll: int = LONG_POLL,
        leading: Leading | None = None,
        metrics: Metrics | None = None,
        health: Health | None = None,
        counts_gaps: bool = False,
    ) -> None:
        self._bot = bot
        self._store = store
        self._metrics = metrics or Metrics()
        self.health = health or Health()
        self.desk = Desk(
            engine,
            store,
            Delivery(bot, metrics=self._metrics),
            self._metrics,
            counts_gaps=counts_gaps,
        )
        self._ledger = ledger or Ledger()
        self._leading = leading or Alone()
        self._leads = False
        self._leads_at = float("-inf")
        self._long_poll = long_poll
        self._done = asyncio.Event()
        self._stopping = asyncio.Event()
        self._asked: int | None = None
        self._asked_at = float("-inf")
        self._wait = 0.5
        self._refusals = 0
        self._rival = RIVAL

    # -- life -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until ``stop``.

        Raises:
            error.InvalidToken, error.Forbidden: Telegram does not know the token.
        """
        me = await sign_in(self._bot, self._stopping, self.health)
        if me is None:
            return
        presenting = asyncio.create_task(present(self._bot, self.desk.engine))
        patience = 0.0
        try:
            while not self._stopping.is_set():
                self.health.alive()
                if await self._our_turn():
                    await self._poll_once(me)
            patience = DRAIN
        finally:
            self.health.stopping = True
            presenting.cancel()
            await asyncio.gather(presenting, return_exceptions=True)
            await self._drain(patience)

    def stop(self) -> None:
        """Take no more updates; answer what is under way, then end."""
        self.health.stopping = True
        self._stopping.set()

    async def _our_turn(self) -> bool:
        """Whether this process polls. Asked now and then; a spare waits here."""
        now = time.monotonic()
        if self._leads and now - self._leads_at < LEADING:
            return True
        leads = await self._leading.leads()
        self._leads_at = time.monotonic()
        if leads and not self._leads:
            self._ledger = self._ledger.fresh()
            self._asked = None
            for held in await self._store.held(dt.datetime.now(dt.UTC)):
                self.desk.take_held(held)
        self._leads = leads
        self.health.spare = not leads
        if not leads:
            await pause(WAITING, self._stopping)
        return leads

    async def _drain(self, patience: float) -> None:
        await self.desk.drain(patience)
        offset = self._ledger.offset()
        if self._leads and offset != self._asked:  # confirm what is done, so nothing comes twice
            try:
                async with asyncio.timeout(CONFIRM):
                    await self._bot.raw_updates(offset, 0, limit=1)
            except (error.TelegramError, TimeoutError):
                LOG.warning("the last confirmation failed; some answers may come twice")
        await self._leading.resign()
        if self._ledger.lost:
            LOG.error("%d answers could not be sent and are lost", self._ledger.lost)
        LOG.info("stopped, %d updates left for the next start", self._ledger.waiting)

    # -- taking -----------------------------------------------------------------------------

    async def _poll_once(self, me: telegram.User) -> None:
        await self._set_aside()
        offset = self._ledger.offset()
        early = self._asked_at + ASK_AGAIN - time.monotonic()
        if offset == self._asked and early > 0:
            self._done.clear()
            await pause(early, self._stopping, self._done)
            return
        self._asked, self._asked_at = offset, time.monotonic()
        try:
            updates = await self._or_stop(self._bot.raw_updates(offset, self._long_poll))
        except error.TelegramError as failed:
            self._ledger.outage(time.monotonic())
            await self._poll_failed(failed)
            return
        self.health.heard()
        self._wait, self._refusals = 0.5, 0
        if updates is None:
            return
        new = set(self._ledger.received(offset, [update["update_id"] for update in updates]))
        for update in updates:
            if update["update_id"] in new:
                self._take(update, me)

    async def _set_aside(self) -> None:
        """What holds back the others for too long is kept in the store, then confirmed.

        If the store cannot keep it, it is confirmed only when messages of others are kept back
        by it: their danger counts as much, and it is lost only if a kill follows before it is sent.
        """
        late = self._ledger.late(time.monotonic())
        if not late:
            return
        safe = await self.desk.hold(late)
        self._ledger.set_aside(safe, safe=True)
        rest = [number for number in late if number not in safe]
        if rest and self._ledger.crowded:
            self._ledger.set_aside(rest, safe=False)
        self._metrics.aside.set(self._ledger.aside)

    async def _poll_failed(self, failed: error.TelegramError) -> None:
        """Wait as the failure asks for.

        Raises:
            error.InvalidToken: Telegram does not know the token any more.
        """
        self._asked = None
        if isinstance(failed, error.RetryAfter):
            await pause(seconds(failed), self._stopping)
            return
        if isinstance(failed, error.InvalidToken):
            self._refusals += 1
            if self._refusals >= REFUSALS:
                raise failed
        if isinstance(failed, error.Conflict) and "webhook is active" in str(failed):
            LOG.warning("a webhook was set for this bot; it is removed, because we poll")
            try:
                await self._bot.delete_webhook()
            except error.TelegramError as refused:
                LOG.warning("the webhook is not removed: %s", type(refused).__name__)
        elif isinstance(failed, error.Conflict):
            await self._let_another_poll()
            return
        else:
            LOG.warning("polling failed (%s), trying again", type(failed).__name__)
        await pause(self._wait, self._stopping)
        self._wait = min(self._wait * 2, 10.0)

    async def _let_another_poll(self) -> None:
        """Whoever began last polls; the other waits here. To ask for updates would end its poll in
        turn, and both would answer the same messages. So we ask only how many lie there: with a
        poller that lives they do not lie for long."""
        LOG.warning("another instance polls with this token; waiting for it to end")
        self.health.spare = True
        lying = time.monotonic()
        while time.monotonic() - lying < self._rival and not self._stopping.is_set():
            self.health.alive()
            await pause(RIVAL_LOOK, self._stopping)
            try:
                left = (await self._bot.get_webhook_info()).pending_update_count
            except error.TelegramError:
                continue
            self.health.heard()
            if not left:
                lying = time.monotonic()
        self._rival = min(self._rival * 2, RIVAL_AT_MOST)
        self.health.spare = False

    def _take(self, update: dict[str, Any], me: telegram.User) -> None:
        number, ledger = update["update_id"], self._ledger
        ledger.take(number, time.monotonic())
        try:
            work = work_of(telegram.Update.de_json(update, self._bot), me)
        except Exception as failed:  # noqa: BLE001 - an odd update must not stop the others
            LOG.error("update cannot be read: %s", type(failed).__name__)
            work = None
        if work is None:
            ledger.finish(number)
            return
        self._metrics.updates.labels(work.kind).inc()

        def finished(future: asyncio.Future[None]) -> None:
            if not future.cancelled():
                ledger.finish(number)
                self._done.set()

        self.desk.take(work).add_done_callback(finished)

    # -- waiting -----------------------------------------------------------------------------

    async def _or_stop(self, call: Coroutine[Any, Any, T]) -> T | None:
        """The result of a call, or None if the stop comes first."""
        task = asyncio.create_task(call)
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for waiting in (task, stop):
                waiting.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)
