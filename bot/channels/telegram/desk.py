"""Answers updates: in order within a chat, chats side by side, one slow chat holds up nobody.

An update is done when its replies are accepted by Telegram. What is remembered of the chat is
written together with that, so an update that comes again after a kill is judged as it was the
first time.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import takewhile

from telegram import error

from bot.channels.logs import LOG, who
from bot.channels.metrics import Metrics
from bot.channels.telegram import together, wishes
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.incoming import Work
from bot.conversation.conversation import Conversation, Incoming, Turn
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.reply import Reply
from bot.store.store import Held, Opened, Reminder, Store, Turnstile

ASK_AGAIN = 0.05
"""Seconds before a chat is asked for again that another process works for; then longer ones."""
ASK_AGAIN_AT_MOST = 1.0


@dataclass(eq=False, slots=True)
class _Task:
    """An update in hand, or something that goes out without one."""

    work: Work
    future: asyncio.Future[None]
    came: float = field(default_factory=time.monotonic)
    turn: Turn | None = None
    """Worked out and not sent yet; ``replies`` are those of all parts of the update."""
    wishes: list[wishes.Wish] = field(default_factory=list)
    reminder: Reminder | None = None
    held: bool = False
    """The answer is kept in the store until it is sent."""
    begun: bool = False
    joined: bool = False
    """Answered by the update before it, and done once that answer is accepted."""


class Desk:
    """Takes work, answers it, and says when it is done."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        delivery: Delivery,
        metrics: Metrics | None = None,
        *,
        counts_gaps: bool = False,
    ) -> None:
        """``counts_gaps``: the operator consents to counting what is asked and not known."""
        self._store = store
        self._delivery = delivery
        self._metrics = metrics or Metrics()
        self._queues: dict[int, deque[_Task]] = {}
        self._tasks: dict[int, _Task] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._counts_gaps = counts_gaps
        self.use(engine)

    def use(self, engine: Engine) -> None:
        """Answer from now on with another knowledge; what is under way ends with the old one."""
        self.engine = engine
        self._conversation = Conversation(engine, counts_gaps=self._counts_gaps)
        self._metrics.knowledge(engine.knowledge.version, str(engine.knowledge.date or ""))

    # -- taking -----------------------------------------------------------------------------

    def take(self, work: Work) -> asyncio.Future[None]:
        """Work on an update; the future ends when it is answered. Twice taken is once answered."""
        known = self._tasks.get(work.update_id)
        if known is not None:
            return known.future
        return self._line_up(_Task(work, asyncio.get_running_loop().create_future()))

    def take_held(self, held: Held) -> None:
        """Send an answer that another process could not send; twice taken is once sent."""
        if held.number in self._tasks:
            return
        work = Work(held.number, held.chat, ())
        task = _Task(work, asyncio.get_running_loop().create_future(), held=True)
        task.turn = Turn(Session(), held.replies)
        self._line_up(task)

    def take_reminder(self, reminder: Reminder) -> None:
        """Send a reminder, after what is under way in its chat."""
        work = Work(0, reminder.chat, ())
        self._line_up(_Task(work, asyncio.get_running_loop().create_future(), reminder=reminder))

    def _line_up(self, task: _Task) -> asyncio.Future[None]:
        chat = task.work.chat
        if task.work.update_id:
            self._tasks[task.work.update_id] = task
        queue = self._queues.get(chat)
        if queue is not None:
            under_way = int(queue[0].begun)
            if len(queue) > under_way and self._is_danger(task.work):
                queue.insert(under_way, task)
            else:
                queue.append(task)
            return task.future
        self._queues[chat] = deque([task])
        running = asyncio.create_task(self._serve(chat))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return task.future

    def _is_danger(self, work: Work) -> bool:
        """Somebody who writes a lot waits for the answers, one after the other. An emergency in
        the middle of it does not: it goes right after what is under way."""
        now = dt.datetime.now(dt.UTC)
        try:
            return any(
                self._conversation.is_danger(incoming, Session(), now) for incoming in work.incoming
            )
        except Exception as failed:  # noqa: BLE001 - then it waits like the others
            LOG.error("a waiting message cannot be read: %s", type(failed).__name__)
            return False

    @property
    def waiting(self) -> int:
        """Updates in hand."""
        return len(self._tasks)

    def oldest(self) -> float:
        """Seconds for which the oldest update has been in hand."""
        now = time.monotonic()
        return now - min((t.came for t in self._tasks.values()), default=now)

    async def drain(self, patience: float) -> None:
        """Let answers under way go out, then end all work."""
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for running in tuple(self._running):
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def hold(self, numbers: Collection[int]) -> set[int]:
        """Keep answers to updates in the store, so that a kill does not lose them.

        An answer needs those before it in its chat, so these are held as well. Returns the
        updates whose answers are safe.
        """
        safe: set[int] = set()
        chats = {self._tasks[n].work.chat for n in numbers if n in self._tasks}
        for chat in chats:
            session: Session | None = None
            for task in tuple(self._queues.get(chat, ())):
                if task.reminder is not None:
                    continue
                if task.turn is None:
                    if session is None:
                        break  # not even opened: another process works for the chat
                    task.turn = self._turn(task, session)
                if not task.joined:
                    session = task.turn.session
                if not task.held:
                    held = Held(task.work.update_id, chat, task.turn.replies)
                    task.held = await self._store.hold(held)
                if not task.held:
                    break
                safe.add(task.work.update_id)
        return safe

    # -- answering -----------------------------------------------------------------------------

    async def _serve(self, chat: int) -> None:
        """Answer a chat's updates one after the other, until there are none."""
        queue = self._queues[chat]
        while queue:
            task = queue[0]
            task.begun = True
            try:
                await self._do(task)
            except error.InvalidToken:  # the polling finds out whether that is so
                LOG.error("Telegram refuses the token")
                await asyncio.sleep(1.0)
                continue
            except Exception as failed:  # noqa: BLE001 - the chat's next messages are served
                self._metrics.errors.labels("answer").inc()
                LOG.error("chat %s could not be answered: %s", who(chat), type(failed).__name__)
                for other in queue:  # the answer that was theirs as well has not gone out
                    if other.joined and other is not task:
                        other.joined, other.turn = False, None
            queue.popleft()
            self._tasks.pop(task.work.update_id, None)
            if not task.future.done():
                task.future.set_result(None)
        del self._queues[chat]

    async def _do(self, task: _Task) -> None:
        work = task.work
        if task.reminder is not None:
            await self._remind(task, task.reminder)
            return
        if work.callback is not None and task.turn is None:
            await self._delivery.receipt(work.callback)
        taken_over = task.held and not work.incoming
        if taken_over and not await self._still_held(work):
            return
        if task.turn is None or task.joined:
            opened = await self._open(work)
            if opened.turnstile is Turnstile.DONE:
                self._metrics.repeats.inc()
                return
            if not opened.asked:
                self._metrics.unasked.inc()
            if task.turn is None:
                task.turn = self._joined(task, opened.session) or self._turn(task, opened.session)
        await self._send(work.chat, task.turn, work.message)
        if task.held:
            await self._store.release(work.update_id)
        if not taken_over and not task.joined:
            # else its session is not known any more, or was kept with the answer
            await self._remember(work.chat, task)
        await self._store.close(work.chat, work.update_id, done=True)
        self._metrics.latency.observe(time.monotonic() - task.came)

    async def _still_held(self, work: Work) -> bool:
        """Whoever else sends it has its turn first; then it may be sent already."""
        await self._open(replace(work, update_id=-1))
        if await self._store.is_held(work.update_id):
            return True
        await self._store.close(work.chat, -1, done=False)
        return False

    async def _open(self, work: Work) -> Opened:
        wait = ASK_AGAIN
        while True:
            opened = await self._store.open(work.chat, work.update_id, dt.datetime.now(dt.UTC))
            if opened.turnstile is not Turnstile.BUSY:
                return opened
            await asyncio.sleep(wait)
            wait = min(wait * 2, ASK_AGAIN_AT_MOST)

    def _joined(self, task: _Task, session: Session) -> Turn | None:
        """One answer to this update and those that wait behind it, if there are many."""
        queue = [other for other in self._queues[task.work.chat] if other.reminder is None]
        tasks = list(takewhile(lambda other: other.turn is None, queue))
        tasks = tasks[: together.joinable(self._conversation, [t.work for t in tasks])]
        if not tasks or tasks[0] is not task or any(self._is_danger(t.work) for t in tasks):
            return None
        now = dt.datetime.now(dt.UTC)
        try:
            turn = together.answer(self._conversation, [t.work for t in tasks], session, now)
        except Exception as failed:  # noqa: BLE001 - then one by one
            LOG.error("answering together failed: %s", type(failed).__name__)
            return None
        if turn is None:
            return None
        task.wishes += wishes.of(turn)
        for other in tasks[1:]:
            other.joined, other.turn = True, replace(turn, replies=())
        return turn

    def _turn(self, task: _Task, session: Session) -> Turn:
        """The replies to all parts of an update, and the session after them."""
        now = dt.datetime.now(dt.UTC)
        replies: list[Reply] = []
        for incoming in task.work.incoming:
            turn = self._respond(task.work.chat, incoming, session, now)
            task.wishes += wishes.of(turn)
            session = turn.session
            replies += turn.replies
        return Turn(session, tuple(replies))

    def _respond(self, chat: int, incoming: Incoming, session: Session, now: dt.datetime) -> Turn:
        try:
            return self._conversation.respond(incoming, session, now)
        except Exception as failed:  # noqa: BLE001 - never silence: the person is told
            self._metrics.errors.labels("respond").inc()
            LOG.error("answering chat %s failed: %s", who(chat), type(failed).__name__)
            return self._conversation.failed(session)

    async def _send(self, chat: int, turn: Turn, tapped: int | None = None) -> None:
        replies = deque(turn.replies)
        apologised = False
        while replies:
            reply = replies.popleft()
            try:
                arrived = await self._delivery.send(chat, reply, tapped)
            except error.TelegramError:
                raise
            except Exception as failed:
                self._metrics.errors.labels("write").inc()
                LOG.error("a reply could not be written: %s", type(failed).__name__)
                if apologised:
                    raise
                apologised = True
                replies.extendleft(reversed(self._conversation.failed(turn.session).replies))
                continue
            if not arrived:
                return
            self._metrics.replies.labels(reply.level or "none").inc()

    async def _remember(self, chat: int, task: _Task) -> None:
        assert task.turn is not None
        try:
            if task.turn.session == Session():
                wait = ASK_AGAIN
                while not await self._store.forget(chat):  # "deleted" must be true
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, 5.0)
                task.wishes = [wish for wish in task.wishes if not wish.gaps]
            else:
                await self._store.put(chat, task.turn.session)
            for wish in task.wishes:
                await wishes.fulfil(wish, chat, self._store, self._metrics)
        except Exception as failed:  # noqa: BLE001 - the answer never waits for the store
            LOG.error("a session cannot be kept: %s", type(failed).__name__)

    async def _remind(self, task: _Task, reminder: Reminder) -> None:
        now = dt.datetime.now(dt.UTC)
        opened = await self._open(replace(task.work, update_id=-1))
        turn = wishes.reminded(self._conversation, reminder, opened.session, now)
        if turn is not None:
            await self._send(reminder.chat, turn)
            await self._store.put(reminder.chat, turn.session)
            self._metrics.reminders.inc()
        await self._store.reminded(reminder)
        await self._store.close(reminder.chat, -1, done=False)
