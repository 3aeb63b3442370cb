"""The long-polling worker: at least once, in order within a chat, chats side by side.

The library's own loop confirms a batch before it is worked on, so a kill loses what is left of
it. Here an update is confirmed only after its reply was accepted, so a kill loses none. A reply may
come twice: a send that timed out may have arrived, and a kill may fall between a reply and its
confirmation. The one exception is an update whose reply cannot be sent for long; ``ledger`` tells.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

import telegram
from telegram import error
from telegram.request import HTTPXRequest

from bot.channels.telegram.delivery import SIDE_BY_SIDE, Delivery, seconds
from bot.channels.telegram.incoming import ALLOWED, Work, work_of
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.logs import LOG, set_up, who
from bot.config import TELEGRAM, Config
from bot.conversation.conversation import Conversation, Incoming, Turn
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.compose import Audience
from bot.store.sessions import MemorySessions, Sessions

DRAIN = 6.0
"""Seconds that a stop waits for replies under way."""
CONFIRM = 1.5
"""Seconds that a stop waits for the last confirmation."""
LONG_POLL = 25
"""Seconds for which Telegram holds an empty answer back."""
ASK_AGAIN = 0.7
"""Seconds between two polls with one offset. Within 0.5 s of the last one the server hands out a
single update (telegram-bot-api, ``process_get_updates_query``): with one slow chat that would be
the slow chat's, over and over, and nobody else's would be seen."""
SWEEP = 600.0
"""Seconds between two deletions of expired sessions."""
REFUSALS = 3
"""The token is taken for revoked after so many refusals in a row; a proxy may err once."""

T = TypeVar("T")


class Worker:
    """Takes updates from one bot and answers them."""

    def __init__(
        self,
        bot: telegram.Bot,
        engine: Engine,
        sessions: Sessions,
        *,
        ledger: Ledger | None = None,
        long_poll: int = LONG_POLL,
    ) -> None:
        self._bot = bot
        self._engine = engine
        self._conversation = Conversation(engine)
        self._sessions = sessions
        self._ledger = ledger or Ledger()
        self._delivery = Delivery(bot)
        self._long_poll = long_poll
        self._queues: dict[int, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._done = asyncio.Event()
        self._stopping = asyncio.Event()
        self._asked: int | None = None
        self._asked_at = float("-inf")
        self._swept_at = time.monotonic()
        self._wait = 0.5
        self._refusals = 0

    # -- life -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until ``stop``.

        Raises:
            error.InvalidToken, error.Forbidden: Telegram does not know the token.
        """
        me = await self._sign_in()
        if me is None:
            return
        presenting = asyncio.create_task(self._present())
        patience = 0.0
        try:
            while not self._stopping.is_set():
                await self._poll_once(me)
                await self._sweep()
            patience = DRAIN
        finally:
            presenting.cancel()
            await asyncio.gather(presenting, return_exceptions=True)
            await self._drain(patience)

    def stop(self) -> None:
        """Take no more updates; answer what is under way, then end."""
        self._stopping.set()

    async def _sign_in(self) -> telegram.User | None:
        """Learn the bot's name; Telegram out of reach is no reason to give up."""
        wait = 0.5
        while not self._stopping.is_set():
            try:
                await self._or_stop(self._bot.initialize())
                if self._stopping.is_set():
                    return None
            except (error.InvalidToken, error.Forbidden):
                raise
            except error.TelegramError as failed:
                LOG.warning("Telegram is not reachable (%s), trying again", type(failed).__name__)
                await self._pause(wait)
                wait = min(wait * 2, 30.0)
            else:
                LOG.info("signed in as @%s", self._bot.bot.username)
                return self._bot.bot
        return None

    async def _present(self) -> None:
        """Set commands and descriptions; the bot works without them."""
        try:
            wording = self._engine.composer.wording(Audience())
            commands = [telegram.BotCommand(n, text) for n, text in wording.commands.items()]
            await self._bot.set_my_commands(commands)
            await self._bot.set_my_description(sentences(wording.disclaimer, 512))
            await self._bot.set_my_short_description(sentences(wording.disclaimer, 120))
        except Exception as failed:  # noqa: BLE001 - never a reason not to answer
            LOG.warning("commands and description are not set: %s", type(failed).__name__)

    async def _sweep(self) -> None:
        if time.monotonic() - self._swept_at < SWEEP:
            return
        self._swept_at = time.monotonic()
        try:
            await self._sessions.sweep(dt.datetime.now(dt.UTC))
        except Exception as failed:  # noqa: BLE001 - the answers never wait for the store
            LOG.error("expired sessions are not deleted: %s", type(failed).__name__)

    async def _drain(self, patience: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        offset = self._ledger.offset(time.monotonic())
        if offset != self._asked:  # confirm what is done, so that nothing comes twice
            confirm = self._bot.get_updates(offset=offset, limit=1, timeout=0)
            try:
                await asyncio.wait_for(confirm, CONFIRM)
            except (error.TelegramError, TimeoutError):
                LOG.warning("the last confirmation failed; some answers may come twice")
        if self._ledger.aside:
            LOG.error("%d answers could not be sent and are lost", self._ledger.aside)
        LOG.info("stopped, %d updates left for the next start", self._ledger.waiting)

    # -- taking -----------------------------------------------------------------------------

    async def _poll_once(self, me: telegram.User) -> None:
        now = time.monotonic()
        offset = self._ledger.offset(now)
        early = self._asked_at + ASK_AGAIN - now
        if offset == self._asked and early > 0:
            self._done.clear()
            await self._pause(early, self._done)
            return
        self._asked, self._asked_at = offset, now
        try:
            updates = await self._or_stop(
                self._bot.get_updates(
                    offset=offset, timeout=self._long_poll, allowed_updates=list(ALLOWED)
                )
            )
        except error.TelegramError as failed:
            self._ledger.outage(time.monotonic())
            await self._poll_failed(failed)
            return
        self._wait, self._refusals = 0.5, 0
        if updates is None:
            return
        new = set(self._ledger.received(offset, [update.update_id for update in updates]))
        for update in updates:
            if update.update_id in new:
                self._take(update, me)

    async def _poll_failed(self, failed: error.TelegramError) -> None:
        """Wait as the failure asks for.

        Raises:
            error.InvalidToken: Telegram does not know the token any more.
        """
        self._asked = None
        if isinstance(failed, error.RetryAfter):
            await self._pause(seconds(failed))
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
            LOG.warning("another instance polls with this token; waiting for it to end")
        else:
            LOG.warning("polling failed (%s), trying again", type(failed).__name__)
        await self._pause(self._wait)
        self._wait = min(self._wait * 2, 10.0)

    def _take(self, update: telegram.Update, me: telegram.User) -> None:
        self._ledger.take(update.update_id, time.monotonic())
        try:
            work = work_of(update, me)
        except Exception as failed:  # noqa: BLE001 - an odd update must not stop the others
            LOG.error("update cannot be read: %s", type(failed).__name__)
            work = None
        if work is None:
            self._ledger.finish(update.update_id)
            return
        queue = self._queues.get(work.chat)
        if queue is not None:
            queue.append(work)
            return
        self._queues[work.chat] = deque([work])
        task = asyncio.create_task(self._serve(work.chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- answering -----------------------------------------------------------------------------

    async def _serve(self, chat: int) -> None:
        """Answer a chat's updates one after the other, until there are none."""
        queue = self._queues[chat]
        while queue:
            try:
                await self._answer(queue[0])
            except error.InvalidToken:  # the polling finds out whether that is so
                LOG.error("Telegram refuses the token")
                await asyncio.sleep(1.0)
                continue
            except Exception as failed:  # noqa: BLE001 - the chat's next messages are served
                LOG.error("chat %s could not be answered: %s", who(chat), type(failed).__name__)
            self._ledger.finish(queue.popleft().update_id)
            self._done.set()
        del self._queues[chat]

    async def _answer(self, work: Work) -> None:
        if work.callback is not None:
            await self._delivery.receipt(work.callback)
        for incoming in work.incoming:
            turn = await self._turn(work.chat, incoming)
            try:
                arrived = await self._send(work.chat, turn)
            except error.TelegramError:
                raise
            except Exception as failed:  # noqa: BLE001 - never silence: the person is told
                LOG.error("a reply could not be written: %s", type(failed).__name__)
                arrived = await self._send(work.chat, self._conversation.failed(turn.session))
            if not arrived:
                return

    async def _turn(self, chat: int, incoming: Incoming) -> Turn:
        now = dt.datetime.now(dt.UTC)
        session = await self._session(chat, now)
        try:
            turn = self._conversation.respond(incoming, session, now)
        except Exception as failed:  # noqa: BLE001 - never silence: the person is told
            LOG.error("answering chat %s failed: %s", who(chat), type(failed).__name__)
            return self._conversation.failed(session)
        await self._remember(chat, turn)
        return turn

    async def _send(self, chat: int, turn: Turn) -> bool:
        for reply in turn.replies:
            if not await self._delivery.send(chat, reply):
                return False
        return True

    async def _session(self, chat: int, now: dt.datetime) -> Session:
        try:
            return await self._sessions.get(chat, now)
        except Exception as failed:  # noqa: BLE001 - the answer never waits for the store
            LOG.error("sessions cannot be read: %s", type(failed).__name__)
            return Session()

    async def _remember(self, chat: int, turn: Turn) -> None:
        try:
            if turn.session == Session():
                await self._sessions.forget(chat)
            else:
                await self._sessions.put(chat, turn.session)
        except Exception as failed:  # noqa: BLE001 - the answer never waits for the store
            LOG.error("a session cannot be kept: %s", type(failed).__name__)

    # -- waiting -----------------------------------------------------------------------------

    async def _pause(self, pause: float, event: asyncio.Event | None = None) -> None:
        """Wait, but not past a stop or the event."""
        events = [self._stopping] if event is None else [self._stopping, event]
        waits = [asyncio.create_task(e.wait()) for e in events]
        await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

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


def sentences(text: str, limit: int) -> str:
    """As many whole sentences as fit: half a sentence about an emergency helps nobody."""
    if len(text) <= limit:
        return text
    return text[: text.rfind(". ", 0, limit) + 1] or text[:limit]


def make_bot(config: Config) -> telegram.Bot:
    """The library's bot for the configured server, with room for chats side by side."""
    assert config.token is not None
    return telegram.Bot(
        config.token,
        base_url=f"{config.api_url}/bot",
        base_file_url=f"{config.api_url}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=SIDE_BY_SIDE + 4,
            connect_timeout=10,
            read_timeout=15,
            pool_timeout=30,
        ),
        get_updates_request=HTTPXRequest(
            connection_pool_size=2, connect_timeout=10, read_timeout=10
        ),
    )


def run_worker(config: Config, engine: Engine) -> int:
    """Run until SIGTERM or SIGINT.

    Exit codes: 0 after a stop, 2 for a token that is refused, 1 for a fault of ours.
    """
    set_up(config.token)
    try:
        return asyncio.run(_main(config, engine))
    except Exception as failed:  # noqa: BLE001 - a traceback may hold the token or a message
        LOG.critical("stopped by a fault: %s", type(failed).__name__)
        return 1


async def _main(config: Config, engine: Engine) -> int:
    knowledge = engine.knowledge
    LOG.info(
        "knowledge %s: %d topics, %d red flags; Bot API at %s; sessions in memory",
        knowledge.version,
        len(knowledge.topics),
        len(knowledge.red_flags),
        urlsplit(config.api_url).hostname,
    )
    bot = make_bot(config)
    worker = Worker(bot, engine, MemorySessions())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_type)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        await worker.run()
    except (error.InvalidToken, error.Forbidden):
        remedy = "Ask @BotFather for the right one, and set TELEGRAM_TOKEN to it."
        if config.api_url != TELEGRAM:
            remedy += " Or is TELEGRAM_API_URL not a Bot API server?"
        LOG.error("The token is refused. %s", remedy)
        return 2
    finally:
        await bot.shutdown()
    return 0


def _log_type(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Errors that nobody awaits: their type only, for their text may be a person's."""
    LOG.error("in the background: %s", type(context.get("exception")).__name__)
