"""The store that outlives a restart, and never keeps an answer waiting.

Questions have half a second; after a failure nobody asks for a while, and what is known comes
from memory. Changes are written behind the answer, many in one transaction, and kept in memory
until they are. With several processes on one database a chat belongs to one of them at a time
(``turns``), and what is known of it is read anew for each update.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

import sqlalchemy as sa

from bot.conversation.gaps import Gap
from bot.conversation.session import MEMORY, Session
from bot.store import serial
from bot.store.database import KEPT_HELD, LEASE, Batch, Database
from bot.store.gap_book import GapBook
from bot.store.gather import Gather
from bot.store.memory import MAX_CHATS, MAX_DONE, MemoryStore
from bot.store.migrate import NewerDatabaseError
from bot.store.sealing import Seal
from bot.store.store import Held, Opened, Reminder, Turnstile

LOG = logging.getLogger("aftercare.store")
PATIENCE = 0.5
"""Seconds that an answer waits for what is known of a chat."""
CERTAIN = 2.0
"""Seconds that a deletion, or an answer to be held, is waited for."""
REST = 2.0
"""Seconds without a question after a failure."""
GATHERED = 0.02
"""Seconds for which changes gather before they are written."""
CACHED = 5_000
"""Chats, and done updates, that are also kept in memory; others are read when they write again."""
CLAIMED = 20
"""Reminders claimed at a time."""
ROTATED = 500
"""Sessions sealed anew in one sweep."""
MAX_GAPS = 20_000
"""Gaps kept, each of one chat: who writes nonsense all day must not fill the disk."""
GAPS_AT_ONCE = 1_000
"""Gaps waiting to be written."""
AT_START = 10.0
"""Seconds that a start waits for the database; after that it goes on without."""

T = TypeVar("T")
Question = tuple[int, int]


class UnwellError(ConnectionError):
    """The database failed a moment ago and is not asked."""


class DurableStore:
    """See ``Store``. ``start`` before use, ``stop`` at the end."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._book = GapBook(seal)
        self._room = GAPS_AT_ONCE
        """Gaps that may still be noted before the next sweep."""
        self._memory = MemoryStore(CACHED, CACHED)
        self._unwritten = Batch()
        self._made = 0
        """Changes made so far."""
        self._kept = 0
        """Changes that are in the database."""
        self._closing: dict[int, int] = {}
        """By chat the change that notes its last update as done, until that is written."""
        self._change = asyncio.Event()
        self._flushed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._opened = asyncio.Event()
        self._rest_until = 0.0
        self._failed_at: float | None = None
        self._failures = 0
        self._read: Gather[Question, Opened] = Gather(self._ask)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def healthy(self) -> bool:
        """See ``Store.healthy``."""
        return self._opened.is_set() and self._failed_at is None

    @property
    def failures(self) -> int:
        """Failures of the database since the start."""
        return self._failures

    @property
    def unwritten(self) -> int:
        """Changes that are in memory only."""
        return len(self._unwritten.sessions) + len(self._unwritten.done)

    # -- life -----------------------------------------------------------------------------

    async def start(self, patience: float = AT_START) -> None:
        """Open the database; if that fails or takes long, go on and try again behind."""
        self._tasks = [asyncio.create_task(self._open()), asyncio.create_task(self._write_behind())]
        if self._database.shared:
            self._tasks.append(asyncio.create_task(self._renew()))
        try:
            async with asyncio.timeout(patience):
                await self._opened.wait()
        except TimeoutError:
            LOG.error("the store is not there yet; answers go out without memory")

    async def stop(self, patience: float = CERTAIN) -> None:
        """Write what is not written yet, and let go."""
        if self._opened.is_set():
            try:
                async with asyncio.timeout(patience):
                    await self._flush()
            except Exception as failed:  # noqa: BLE001 - the end does not wait for a store
                LOG.error("the last changes are not written: %s", type(failed).__name__)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(patience):
                await self._database.close()
        except Exception as failed:  # noqa: BLE001 - the end does not wait for a store
            LOG.warning("the store is not closed: %s", type(failed).__name__)

    async def _open(self) -> None:
        wait = 0.5
        while True:
            try:
                await self._database.open()
            except NewerDatabaseError as newer:
                LOG.error("the store cannot be used: %s", newer)
                return
            except Exception as failed:  # noqa: BLE001 - whatever it is, answers go on without
                if self._failed_at is None:
                    LOG.error("the store cannot be opened: %s", self._database.remedy)
                self._note(failed, "opening")
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)
            else:
                self._well()
                self._opened.set()
                return

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                await self._patient(self._database.renew_turns(), LEASE / 3)
            except Exception as failed:  # noqa: BLE001 - another process may take over then
                self._note(failed, "renewing")

    # -- failures ---------------------------------------------------------------------------

    async def _patient(self, call: Awaitable[T], patience: float) -> T:
        """The result of a call within so many seconds.

        Raises:
            UnwellError: at once, if the database has just failed.
        """
        if not self._opened.is_set() or time.monotonic() < self._rest_until:
            if asyncio.iscoroutine(call):
                call.close()
            raise UnwellError
        async with asyncio.timeout(patience):
            result = await call
        self._well()
        return result

    def _note(self, failed: BaseException, what: str) -> None:
        """Remember a failure; the log tells the first of a row, and never a value."""
        if isinstance(failed, UnwellError):
            return
        self._failures += 1
        self._rest_until = time.monotonic() + REST
        if self._failed_at is None:
            self._failed_at = time.monotonic()
            LOG.error(
                "the store failed (%s: %s); answers go out from memory until it is back",
                what,
                reason(failed),
            )

    def _well(self) -> None:
        if self._failed_at is not None:
            LOG.warning("the store is back after %.0f s", time.monotonic() - self._failed_at)
        self._failed_at, self._rest_until = None, 0.0

    # -- reading ------------------------------------------------------------------------------

    async def open(self, chat: int, number: int, now: dt.datetime) -> Opened:
        """See ``Store.open``; without the database from what this process knows."""
        known = await self._memory.open(chat, number, now)
        if known.turnstile is Turnstile.DONE:
            return known
        if self._closing.get(chat, 0) > self._kept:
            # or a kill might repeat two answers of the chat, not only the last one
            try:
                await self._patient(self._next_flush(self._closing[chat]), PATIENCE)
            except Exception as failed:  # noqa: BLE001 - the answer never waits for the store
                self._note(failed, "writing")
        waiting = self._unwritten.sessions.get(chat, _MISSING)
        if isinstance(waiting, tuple):  # not written yet, and so the latest
            session = self._memory.get(chat, now) or self._unsealed(chat, waiting[0])
            known = Opened(Turnstile.FREE, session)
        if not self._database.shared and (waiting is not _MISSING or self._memory.get(chat, now)):
            return known  # one process: what it knows is the latest
        try:
            found = await self._patient(self._read((chat, number)), PATIENCE)
        except Exception as failed:  # noqa: BLE001 - the answer never waits for the store
            self._note(failed, "reading")
            return replace(known, asked=False)
        if found.turnstile is not Turnstile.FREE:
            return found
        if waiting is not _MISSING:
            return known
        return Opened(Turnstile.FREE, Session() if found.session.expired(now) else found.session)

    async def _ask(self, questions: Sequence[Question]) -> list[Opened]:
        names = {chat: self._seal.names(chat) for chat, _ in questions}
        mine = None
        if self._database.shared:
            mine = await self._database.take_turns(row[0] for row in names.values())
        values, done = await self._database.read(
            [name for row in names.values() for name in row], [number for _, number in questions]
        )
        answers = []
        for chat, number in questions:
            if mine is not None and names[chat][0] not in mine:
                answers.append(Opened(Turnstile.BUSY))
                continue
            if number in done:
                if mine is not None:
                    self._free(chat)
                answers.append(Opened(Turnstile.DONE))
                continue
            found = next((values[name] for name in names[chat] if name in values), None)
            answers.append(Opened(Turnstile.FREE, self._unsealed(chat, found)))
        return answers

    def _unsealed(self, chat: int, value: bytes | None) -> Session:
        opened = None if value is None else self._seal.open(value)
        loaded = None if opened is None else serial.load_session(opened)
        if value is not None and loaded is None:
            LOG.error(
                "a session cannot be opened with AFTERCARE_KEY; was a key taken out too soon?"
            )
        return loaded[1] if loaded is not None and loaded[0] == chat else Session()

    # -- writing ------------------------------------------------------------------------------

    async def close(self, chat: int, number: int, *, done: bool) -> None:
        """See ``Store.close``. Among several processes the next one must find what is written."""
        await self._memory.close(chat, number, done=done)
        if done and len(self._unwritten.done) < MAX_DONE:
            self._unwritten.done[number] = time.time()
        if self._database.shared:
            self._unwritten.freed[chat] = None
        self._changed()
        self._closing[chat] = self._made
        if self._database.shared:
            try:
                await self._patient(self._next_flush(self._made), PATIENCE)
            except Exception as failed:  # noqa: BLE001 - the answer never waits for the store
                self._note(failed, "writing")

    def _free(self, chat: int) -> None:
        self._unwritten.freed[chat] = None
        self._changed()

    def _changed(self) -> None:
        self._made += 1
        self._change.set()

    async def put(self, chat: int, session: Session) -> None:
        """See ``Store.put``."""
        await self._memory.put(chat, session)
        sealed = self._seal.seal(serial.dump_session(chat, session))
        expires = (session.seen or dt.datetime.now(dt.UTC)) + MEMORY
        if len(self._unwritten.sessions) < MAX_CHATS:
            self._unwritten.sessions[chat] = (sealed, expires.timestamp())
        self._changed()

    async def forget(self, chat: int) -> bool:
        """See ``Store.forget``."""
        await self._memory.forget(chat)
        self._unwritten.sessions[chat] = None
        self._unwritten.gaps.pop(chat, None)
        self._changed()
        change = self._made
        try:
            await self._patient(self._next_flush(change), CERTAIN)
        except Exception as failed:  # noqa: BLE001 - it stays among the changes to be written
            self._note(failed, "deleting")
        return self._kept >= change

    async def _next_flush(self, change: int) -> None:
        """Wait until a change and all before it are written."""
        while self._kept < change:
            self._flushed.clear()
            await self._flushed.wait()

    async def _write_behind(self) -> None:
        await self._opened.wait()
        while True:
            await self._change.wait()
            if not self._database.shared:
                await asyncio.sleep(GATHERED)
            self._change.clear()
            try:
                await self._flush()
            except Exception as failed:  # noqa: BLE001 - the changes are kept, and tried again
                self._note(failed, "writing")
                await asyncio.sleep(REST)
                self._change.set()

    async def _flush(self) -> None:
        async with self._writing:
            await self._flush_now()

    async def _flush_now(self) -> None:
        """Write all changes; on failure they are kept, those that came later prevail."""
        batch, self._unwritten = self._unwritten, Batch()
        made = self._made
        if not batch:
            return
        chats = batch.sessions.keys() | batch.freed.keys()
        names = {chat: self._seal.names(chat) for chat in chats}
        try:
            await self._database.write(batch, names, self._seal.stamp, self._book)
        except BaseException:
            later = self._unwritten
            for name, number in later.counts.items():
                batch.counts[name] = batch.counts.get(name, 0) + number
            for chat, gaps in batch.gaps.items():
                if later.sessions.get(chat, _MISSING) is not None:  # not forgotten meanwhile
                    later.gaps[chat] = gaps | later.gaps.get(chat, frozenset())
            self._unwritten = Batch(
                batch.sessions | later.sessions,
                batch.done | later.done,
                batch.freed | later.freed,
                batch.counts,
                later.gaps,
            )
            raise
        self._kept = made
        self._closing = {chat: change for chat, change in self._closing.items() if change > made}
        self._well()
        self._flushed.set()

    async def sweep(self, now: dt.datetime) -> int:
        """See ``Store.sweep``; also seals anew what an older key has sealed."""
        await self._memory.sweep(now)
        try:
            gone = await self._patient(self._database.sweep(now.timestamp()), 30.0)
            await self._patient(self._rotate(), 30.0)
            kept = await self._patient(
                self._database.sweep_gaps(now.timestamp(), self._book.stamps), 30.0
            )
            self._room = MAX_GAPS - kept
        except Exception as failed:  # noqa: BLE001 - the next sweep deletes it
            self._note(failed, "sweeping")
            return 0
        return gone

    async def _rotate(self) -> None:
        stale = await self._database.stale(self._seal.stamp, ROTATED)
        sealed_anew = lost = 0
        for name, value, expires in stale:
            opened = self._seal.open(value)
            lost += opened is None
            loaded = None if opened is None else serial.load_session(opened)
            if opened is None or loaded is None or loaded[0] in self._unwritten.sessions:
                continue
            new = self._seal.names(loaded[0])[0]
            await self._database.replace(
                name, new, self._seal.stamp, self._seal.seal(opened), expires
            )
            sealed_anew += 1
        if sealed_anew:
            LOG.info("%d sessions sealed with the newest key", sealed_anew)
        if lost:  # their chats have other names under other keys, so nobody else finds them
            LOG.warning(
                "%d sessions cannot be opened with AFTERCARE_KEY; if a key was taken out too soon, "
                "put it back at the end of the list",
                lost,
            )

    # -- held answers ---------------------------------------------------------------------------

    async def hold(self, held: Held) -> bool:
        """See ``Store.hold``."""
        value = self._seal.seal(serial.dump_replies(held.chat, held.replies))
        name = self._seal.names(held.chat)[0]
        call = self._database.hold(held.number, name, value, time.time())
        try:
            await self._patient(call, CERTAIN)
        except Exception as failed:  # noqa: BLE001 - the update is not confirmed then
            self._note(failed, "holding")
            return False
        return True

    async def release(self, number: int) -> None:
        """See ``Store.release``."""
        try:
            await self._patient(self._database.release(number), CERTAIN)
        except Exception as failed:  # noqa: BLE001 - it may come twice then
            self._note(failed, "releasing")

    async def held(self, now: dt.datetime) -> list[Held]:
        """See ``Store.held``."""
        since = now.timestamp() - KEPT_HELD
        try:
            rows = await self._patient(self._database.held(since), CERTAIN)
        except Exception as failed:  # noqa: BLE001 - answers to what comes now matter more
            self._note(failed, "reading what is held")
            return []
        found = []
        for number, value in rows:
            opened = self._seal.open(value)
            loaded = None if opened is None else serial.load_replies(opened)
            if loaded is not None:
                found.append(Held(number, *loaded))
        return found

    async def is_held(self, number: int) -> bool:
        """See ``Store.is_held``."""
        try:
            return await self._patient(self._database.is_held(number), CERTAIN)
        except Exception as failed:  # noqa: BLE001 - twice is better than never
            self._note(failed, "reading what is held")
            return True

    # -- reminders and counts ---------------------------------------------------------------------

    async def remind(self, chat: int, due: dt.datetime, reminder_id: str) -> None:
        """See ``Store.remind``."""
        value = self._seal.seal(serial.dump_reminder(chat, reminder_id))
        call = self._database.remind(self._seal.names(chat), due.timestamp(), value)
        try:
            await self._patient(call, CERTAIN)
        except Exception as failed:  # noqa: BLE001 - the answer goes out all the same
            self._note(failed, "setting a reminder")

    async def cancel(self, chat: int) -> None:
        """See ``Store.cancel``."""
        try:
            await self._patient(self._database.cancel(self._seal.names(chat)), CERTAIN)
        except Exception as failed:  # noqa: BLE001 - the answer goes out all the same
            self._note(failed, "deleting a reminder")

    async def due(self, now: dt.datetime) -> list[Reminder]:
        """See ``Store.due``."""
        try:
            rows = await self._patient(self._database.due(now.timestamp(), CLAIMED), CERTAIN)
        except Exception as failed:  # noqa: BLE001 - they are due the next time as well
            self._note(failed, "reading reminders")
            return []
        found = []
        for value, due in rows:
            opened = self._seal.open(value)
            loaded = None if opened is None else serial.load_reminder(opened)
            if loaded is not None:
                when = dt.datetime.fromtimestamp(due, dt.UTC)
                found.append(Reminder(*loaded, when))
        return found

    async def reminded(self, reminder: Reminder) -> None:
        """See ``Store.reminded``."""
        await self.cancel(reminder.chat)

    def count(self, name: str) -> None:
        """See ``Store.count``."""
        self._unwritten.counts[name] = self._unwritten.counts.get(name, 0) + 1
        self._changed()

    async def counts(self) -> dict[str, int]:
        """See ``Store.counts``."""
        return await self._patient(self._database.counts(), CERTAIN)

    def note(self, chat: int, gaps: Collection[Gap]) -> None:
        """See ``Store.note``."""
        waiting = self._unwritten.gaps
        if len(gaps) > self._room or len(waiting) >= GAPS_AT_ONCE:
            return
        self._room -= len(gaps)
        waiting[chat] = waiting.get(chat, frozenset()) | frozenset(gaps)
        self._changed()


_MISSING = object()


def reason(failed: BaseException) -> str:
    """A failure in few words: its type, and the driver's word without any value or address."""
    if isinstance(failed, sa.exc.DBAPIError):
        return type(failed.orig).__name__ if failed.orig is not None else type(failed).__name__
    if isinstance(failed, TimeoutError):
        return "too slow"
    return type(failed).__name__
