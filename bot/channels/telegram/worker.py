"""The long-polling worker: at least once, in order within a chat, chats side by side.

The library's own loop confirms a batch before it is worked on, so a kill loses what is left of
it. Here an update is confirmed only after its reply was accepted: the offset given to Telegram
is the lowest update that is not done. Updates that come again meanwhile are known by their id.
An update that is not done after ``PATIENCE`` is confirmed all the same while its sending goes on
in the background, because Telegram hands out at most 100 unconfirmed updates and one unreachable
chat would otherwise keep everybody else's messages back.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import time
from collections import deque

import telegram
from telegram import error
from telegram.request import HTTPXRequest

from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.incoming import ALLOWED, Work, work_of
from bot.channels.telegram.logs import LOG, set_up, who
from bot.config import Config
from bot.conversation.conversation import Conversation, Turn
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.compose import Audience
from bot.store.sessions import MemorySessions, Sessions

SIDE_BY_SIDE = 64
"""Chats served at the same time."""
PATIENCE = 60.0
"""Seconds after which an update no longer holds back the confirmation of others."""
DRAIN = 8.0
"""Seconds that a stop waits for replies under way."""
LONG_POLL = 25
"""Seconds for which Telegram holds an empty answer back."""
LOOK_AGAIN = 0.2
"""Seconds between polls while replies are under way."""


class Worker:
    """Takes updates from one bot and answers them."""

    def __init__(
        self,
        bot: telegram.Bot,
        engine: Engine,
        sessions: Sessions,
        *,
        long_poll: int = LONG_POLL,
    ) -> None:
        self._bot = bot
        self._engine = engine
        self._conversation = Conversation(engine)
        self._sessions = sessions
        self._delivery = Delivery(bot)
        self._long_poll = long_poll
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._queues: dict[int, deque[Work]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[int, float] = {}
        """Updates that are not done, with the time at which they came."""
        self._next = 0
        """The update after the highest one seen."""
        self._handled: set[int] = set()
        """Updates that are done and not yet confirmed to Telegram."""
        self._done = asyncio.Event()
        self._stopping = asyncio.Event()
        self._me: telegram.User | None = None

    # -- life -----------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until ``stop``.

        Raises:
            error.InvalidToken: Telegram does not know the token.
        """
        await self._sign_in()
        presenting = asyncio.create_task(self._present())
        while not self._stopping.is_set():
            await self._poll_once()
        presenting.cancel()
        await self._drain()

    def stop(self) -> None:
        """Take no more updates; answer what is under way, then end."""
        self._stopping.set()

    async def _sign_in(self) -> None:
        """Learn the bot's name; Telegram out of reach is no reason to give up."""
        wait = 0.5
        while not self._stopping.is_set():
            try:
                await self._bot.initialize()
                self._me = await self._bot.get_me()
            except (error.InvalidToken, error.Forbidden):
                raise
            except error.TelegramError as failed:
                LOG.warning("Telegram is not reachable (%s), trying again", type(failed).__name__)
                await self._pause(wait)
                wait = min(wait * 2, 30.0)
            else:
                LOG.info("signed in as @%s", self._me.username)
                return

    async def _present(self) -> None:
        """Set commands and descriptions; the bot works without them."""
        wording = self._engine.composer.wording(Audience())
        commands = [telegram.BotCommand(n, text) for n, text in wording.commands.items()]
        try:
            await self._bot.set_my_commands(commands)
            await self._bot.set_my_description(wording.disclaimer[:512])
            await self._bot.set_my_short_description(wording.disclaimer[:120])
        except error.TelegramError as failed:
            LOG.warning("commands and description are not set: %s", type(failed).__name__)

    async def _drain(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN)
        left = len(self._open)
        for task in tuple(self._tasks):
            task.cancel()
        try:  # confirm what is done, so that nothing comes twice after the restart
            await asyncio.wait_for(
                self._bot.get_updates(offset=self._offset(), limit=1, timeout=0), 2.0
            )
        except (error.TelegramError, TimeoutError):
            LOG.warning("the last confirmation failed; some answers may come twice")
        LOG.info("stopped, %d updates left for the next start", left)

    # -- taking -----------------------------------------------------------------------------

    def _offset(self) -> int | None:
        """The lowest update that still has to come again if we die now."""
        now = time.monotonic()
        waiting = [number for number, came in self._open.items() if now - came < PATIENCE]
        return min(waiting, default=self._next) or None

    async def _poll_once(self) -> None:
        offset = self._offset()
        busy = bool(self._open)
        try:
            updates = await self._or_stop(
                self._bot.get_updates(
                    offset=offset,
                    timeout=0 if busy else self._long_poll,
                    allowed_updates=list(ALLOWED),
                )
            )
        except error.Conflict:
            LOG.warning("another instance polls with this token; waiting for it to end")
            await self._pause(1.0)
            return
        except error.InvalidToken:
            raise
        except error.RetryAfter as limited:
            after = limited.retry_after
            await self._pause(after.total_seconds() if isinstance(after, dt.timedelta) else after)
            return
        except error.TelegramError as failed:
            LOG.warning("polling failed (%s), trying again", type(failed).__name__)
            await self._pause(0.5)
            return
        if offset is not None:
            self._handled = {number for number in self._handled if number >= offset}
        new = [u for u in updates or () if self._is_new(u.update_id)]
        for update in new:
            self._take(update)
        if self._open and not new:
            self._done.clear()
            await self._pause(LOOK_AGAIN, self._done)

    def _is_new(self, number: int) -> bool:
        return number not in self._open and number not in self._handled

    def _take(self, update: telegram.Update) -> None:
        number = update.update_id
        self._next = max(self._next, number + 1)
        assert self._me is not None
        try:
            work = work_of(update, self._me)
        except Exception as failed:  # noqa: BLE001 - an odd update must not stop the others
            LOG.error("update cannot be read: %s", type(failed).__name__)
            work = None
        if work is None:
            self._handled.add(number)
            return
        self._open[number] = time.monotonic()
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
            async with self._slots:
                await self._answer(queue[0])
            work = queue.popleft()
            self._open.pop(work.update_id, None)
            self._handled.add(work.update_id)
            self._done.set()
        del self._queues[chat]

    async def _answer(self, work: Work) -> None:
        if work.callback is not None:
            await self._delivery.receipt(work.callback)
        for incoming in work.incoming:
            now = dt.datetime.now(dt.UTC)
            session = await self._session(work.chat, now)
            try:
                turn = self._conversation.respond(incoming, session, now)
            except Exception as failed:  # noqa: BLE001 - never silence: the person is told
                LOG.error("answering chat %s failed: %s", who(work.chat), type(failed).__name__)
                turn = self._conversation.failed(session)
            await self._remember(work.chat, turn)
            for reply in turn.replies:
                if not await self._delivery.send(work.chat, reply):
                    return

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

    async def _pause(self, seconds: float, event: asyncio.Event | None = None) -> None:
        """Wait, but not past a stop or the event."""
        events = [self._stopping] if event is None else [self._stopping, event]
        waits = [asyncio.create_task(e.wait()) for e in events]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _or_stop(self, call: object) -> tuple[telegram.Update, ...] | None:
        """The result of a poll, or None if the stop comes first."""
        poll = asyncio.ensure_future(call)  # type: ignore[call-overload]
        stop = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not poll.done():
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            return None
        updates: tuple[telegram.Update, ...] = poll.result()
        return updates


def make_bot(config: Config) -> telegram.Bot:
    """The library's bot for the configured server, with room for chats side by side."""
    assert config.token is not None
    return telegram.Bot(
        config.token,
        base_url=f"{config.api_url}/bot",
        base_file_url=f"{config.api_url}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=SIDE_BY_SIDE, connect_timeout=10, read_timeout=15, pool_timeout=30
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=2, read_timeout=LONG_POLL + 10),
    )


def run_worker(config: Config, engine: Engine) -> int:
    """Run until SIGTERM or SIGINT. Exit code 0 after a stop, 2 for a token that is refused."""
    set_up(config.token)
    return asyncio.run(_main(config, engine))


async def _main(config: Config, engine: Engine) -> int:
    knowledge = engine.knowledge
    LOG.info(
        "knowledge %s: %d topics, %d red flags; Bot API at %s; sessions in memory",
        knowledge.version,
        len(knowledge.topics),
        len(knowledge.red_flags),
        config.api_url,
    )
    worker = Worker(make_bot(config), engine, MemorySessions())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        await worker.run()
    except (error.InvalidToken, error.Forbidden):
        LOG.error(
            "Telegram refuses the token. Ask @BotFather for the right one, and set "
            "TELEGRAM_TOKEN to it."
        )
        return 2
    return 0
