"""What is asked of a database, many chats at a time: the same statements for SQLite and PostgreSQL.

Every function here raises what the driver raises. ``durable`` decides what a failure means.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, ColumnElement, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.conversation.gaps import Gap
from bot.conversation.session import MEMORY
from bot.store.gap_book import GapBook
from bot.store.gaps import KEPT_WEEKS, GapRow, week_of
from bot.store.migrate import migrate
from bot.store.tables import COUNTS, GAPS, HELD, REMINDERS, SESSIONS, TURNS, UPDATES

LOG = logging.getLogger("aftercare.store")
LEASE = 6.0
"""Seconds after which the work of a process that is not heard of may be taken over."""
CLAIM = 60.0
"""The same for a reminder, which nobody waits for."""
KEPT_UPDATES = 48 * 3600.0
"""Seconds for which done updates are known; Telegram sends none again after 24 hours."""
KEPT_HELD = 24 * 3600.0
"""Seconds after which an answer is worth nothing any more."""
LATE = 24 * 3600.0
"""Seconds after which a reminder is too late to be sent."""
CONNECT = 5
STATEMENT = 5.0
"""Seconds for a connection, and for a statement."""
POOL = 5
OPENINGS = 5
"""Tries to open a SQLite file that several processes open for the first time."""
BUSY = 2000
"""Milliseconds for which SQLite waits for another process's transaction."""


@dataclass(slots=True)
class Batch:
    """Changes that go to the database in one transaction."""

    sessions: dict[int, tuple[bytes, float] | None] = field(default_factory=dict)
    """Sealed value and expiry by chat; None deletes everything about the chat."""
    done: dict[int, float] = field(default_factory=dict)
    freed: dict[int, None] = field(default_factory=dict)
    """Chats for which this process has ended its work."""
    counts: dict[str, int] = field(default_factory=dict)
    gaps: dict[int, frozenset[Gap]] = field(default_factory=dict)
    """What chats asked for and is not known."""

    def __bool__(self) -> bool:
        return bool(self.sessions or self.done or self.freed or self.counts or self.gaps)


def engine_url(address: str) -> URL:
    """``sqlite:///path``, ``postgresql://`` or ``postgres://`` with the driver that is used.

    Raises:
        ValueError: it is none of these.
    """
    try:
        url = make_url(address)
    except sa.exc.ArgumentError:
        raise ValueError(_WRONG) from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    if kind not in ("postgres", "postgresql"):
        raise ValueError(_WRONG)
    query = dict(url.query)
    mode = query.pop("sslmode", None)  # the name that psycopg and Heroku give it
    if mode is not None:
        query["ssl"] = mode
    return url.set(drivername="postgresql+asyncpg", query=query)


_WRONG = "DATABASE_URL must be sqlite:///path or postgresql://user:password@host/name"


class Database:
    """One bot's rows in one database."""

    def __init__(self, address: str, bot: int) -> None:
        self._url = engine_url(address)
        self._bot = bot
        self.shared = self._url.get_backend_name() == "postgresql"
        """Whether other processes may work for the same chats."""
        self.owner = secrets.token_hex(8)
        """This process."""
        kind = "postgresql" if self.shared else "sqlite"
        dialect: Any = import_module(f"sqlalchemy.dialects.{kind}")
        self._insert = dialect.insert
        self.engine = self._engine()
        self._asking = self.engine
        """For statements that need no transaction around them. To begin and to end one are two
        more waits for a server, which has little time left on a busy machine."""
        if self.shared:
            self._asking = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def name(self) -> str:
        """Which database, without its password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return None if self.shared or not self._url.database else Path(self._url.database)

    @property
    def remedy(self) -> str:
        """What to look at when it cannot be opened."""
        if self.path is not None:
            return (
                f"can this user write to {self.path.parent}, and is there room on the disk? "
                "DATABASE_URL names another place"
            )
        return (
            f"is there a PostgreSQL at {self._url.host or 'the socket'}, with the database, the "
            "user and the password that DATABASE_URL names?"
        )

    def _engine(self) -> AsyncEngine:
        if self.shared:
            return create_async_engine(
                self._url,
                pool_size=POOL,
                max_overflow=POOL,
                pool_timeout=CONNECT,
                pool_recycle=1800,
                connect_args={"timeout": CONNECT, "command_timeout": STATEMENT},
            )
        engine = create_async_engine(
            self._url, pool_size=1, max_overflow=0, pool_timeout=CONNECT,
            connect_args={"timeout": BUSY / 1000},
        )  # fmt: skip
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine

    # -- life -----------------------------------------------------------------------------

    async def open(self) -> None:
        """Make the file if need be, and bring the tables to this version."""
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)
        for tries_left in range(OPENINGS - 1, -1, -1):
            try:
                async with self.engine.begin() as connection:
                    await connection.run_sync(migrate)
            except sa.exc.OperationalError:  # who makes the log of a new file waits for nobody
                if self.shared or not tries_left:
                    raise
                await asyncio.sleep(0.2)
            else:
                return

    async def close(self) -> None:
        """Let go of all connections."""
        await self.engine.dispose()

    async def ping(self) -> None:
        """One statement."""
        async with self.engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))

    def _clock(self) -> ColumnElement[float]:
        """Now, by the one clock that all processes share."""
        if self.shared:
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Float)
        return sa.literal(time.time(), sa.Float)

    # -- chats ----------------------------------------------------------------------------

    async def take_turns(self, chats: Iterable[str]) -> set[str]:
        """Begin to work for chats; those that another process works for are left out."""
        rows = [
            {"chat": chat, "owner": self.owner, "until": self._clock() + LEASE}
            for chat in sorted(set(chats))  # in one order: two processes cannot block each other
        ]
        insert = self._insert(TURNS).values(rows)
        take = insert.on_conflict_do_update(
            index_elements=[TURNS.c.chat],
            set_={"owner": insert.excluded.owner, "until": insert.excluded.until},
            where=sa.or_(TURNS.c.until < self._clock(), TURNS.c.owner == self.owner),
        ).returning(TURNS.c.chat)
        async with self._asking.connect() as connection:
            return set((await connection.execute(take)).scalars())

    async def renew_turns(self) -> None:
        """Say that this process still works."""
        mine = sa.update(TURNS).where(TURNS.c.owner == self.owner)
        async with self.engine.begin() as connection:
            await connection.execute(mine.values(until=self._clock() + LEASE))

    async def read(
        self, chats: Sequence[str], numbers: Sequence[int]
    ) -> tuple[dict[str, bytes], set[int]]:
        """Sealed sessions by name, and which of the updates are done."""
        sessions = sa.select(SESSIONS.c.chat, SESSIONS.c.value).where(SESSIONS.c.chat.in_(chats))
        done = sa.select(UPDATES.c.number).where(
            UPDATES.c.bot == self._bot, UPDATES.c.number.in_(numbers)
        )
        async with self._asking.connect() as connection:
            values = {row.chat: row.value for row in await connection.execute(sessions)}
            return values, set((await connection.execute(done)).scalars())

    async def write(
        self, batch: Batch, names: Mapping[int, Sequence[str]], stamp: str, book: GapBook
    ) -> None:
        """All of a batch or nothing, gaps excepted; what is under older names goes."""
        deleted = [n for c, v in batch.sessions.items() if v is None for n in names[c]]
        older = [n for c, v in batch.sessions.items() if v is not None for n in names[c][1:]]
        rows = [
            {"chat": names[c][0], "stamp": stamp, "value": value[0], "expires": value[1]}
            for c, value in sorted(batch.sessions.items(), key=lambda item: names[item[0]][0])
            if value is not None
        ]
        async with self.engine.begin() as connection:
            await _delete(connection, SESSIONS, [*deleted, *older])
            await _delete(connection, REMINDERS, deleted)
            await _delete(connection, HELD, deleted)
            if deleted:
                gone = [chat for chat, value in batch.sessions.items() if value is None]
                await self._forget_gaps(connection, gone, book)
            if rows:
                insert = self._insert(SESSIONS)
                values = {name: insert.excluded[name] for name in ("stamp", "value", "expires")}
                await connection.execute(
                    insert.on_conflict_do_update(index_elements=[SESSIONS.c.chat], set_=values),
                    rows,
                )
            if batch.done:
                await connection.execute(
                    self._insert(UPDATES).on_conflict_do_nothing(),
                    [
                        {"bot": self._bot, "number": n, "at": at}
                        for n, at in sorted(batch.done.items())
                    ],
                )
            await self._add_counts(connection, batch.counts)
            await self._add_gaps(connection, batch.gaps, book)
            if batch.freed:
                free = [n for chat in batch.freed for n in names[chat]]
                await connection.execute(
                    sa.delete(TURNS).where(TURNS.c.owner == self.owner, TURNS.c.chat.in_(free))
                )
        if deleted and self.path is not None:
            await self._empty_log()

    async def _add_counts(self, connection: AsyncConnection, counts: Mapping[str, int]) -> None:
        for name, number in sorted(counts.items()):
            insert = self._insert(COUNTS).values(bot=self._bot, name=name[:64], count=number)
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=[COUNTS.c.bot, COUNTS.c.name],
                    set_={"count": COUNTS.c.count + insert.excluded["count"]},
                )
            )

    async def _add_gaps(
        self, connection: AsyncConnection, gaps: Mapping[int, Iterable[Gap]], book: GapBook
    ) -> None:
        week = week_of(time.time())
        rows = [book.row(chat, gap, week) for chat, found in gaps.items() for gap in found]
        if not rows:
            return
        rows.sort(key=lambda row: (row.item, row.mark))
        insert = self._insert(GAPS)
        seen_again = insert.on_conflict_do_update(
            index_elements=[GAPS.c.bot, GAPS.c.item, GAPS.c.mark],
            set_={"week": insert.excluded.week},
        )
        try:
            async with connection.begin_nested():
                await connection.execute(
                    seen_again, [{"bot": self._bot, **asdict(row)} for row in rows]
                )
        except sa.exc.DBAPIError as failed:  # sessions matter, these do not
            LOG.error("gaps are not counted: %s", type(failed.orig).__name__)

    async def _forget_gaps(
        self, connection: AsyncConnection, chats: Sequence[int], book: GapBook
    ) -> None:
        """Delete what chats have brought, which only the keys can tell."""
        select = sa.select(GAPS.c.item, GAPS.c.mark, GAPS.c.stamp).where(GAPS.c.bot == self._bot)
        kept = [(row.item, row.mark, row.stamp) for row in await connection.execute(select)]
        for item, mark in book.marks_of(chats, kept):
            await connection.execute(
                sa.delete(GAPS).where(
                    GAPS.c.bot == self._bot, GAPS.c.item == item, GAPS.c.mark == mark
                )
            )

    async def sweep_gaps(self, now: float, stamps: Sequence[str]) -> int:
        """Delete gaps that are old, or of a key no longer in use; returns how many are left."""
        old = GAPS.c.week <= week_of(now) - KEPT_WEEKS
        mine = GAPS.c.bot == self._bot
        async with self.engine.begin() as connection:
            gone = await connection.execute(
                sa.delete(GAPS).where(mine, sa.or_(old, GAPS.c.stamp.not_in(stamps)))
            )
            left = await connection.scalar(sa.select(sa.func.count()).select_from(GAPS).where(mine))
        if gone.rowcount and self.path is not None:
            await self._empty_log()
        return int(left or 0)

    async def gaps(self) -> list[GapRow] | None:
        """All gaps of the bot; None if this database has no such table yet."""
        columns = [GAPS.c[field.name] for field in fields(GapRow)]
        async with self.engine.connect() as connection:
            if not await connection.run_sync(lambda sync: sa.inspect(sync).has_table(GAPS.name)):
                return None
            rows = await connection.execute(sa.select(*columns).where(GAPS.c.bot == self._bot))
            return [GapRow(*row) for row in rows]

    async def _empty_log(self) -> None:
        """Old pages stand in SQLite's write-ahead log until it is emptied."""
        async with self.engine.connect() as connection:
            raw: Any = await connection.get_raw_connection()
            cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await cursor.close()

    async def counts(self) -> dict[str, int]:
        """All counters of the bot."""
        select = sa.select(COUNTS.c.name, COUNTS.c.count).where(COUNTS.c.bot == self._bot)
        async with self.engine.connect() as connection:
            return {str(name): int(count) for name, count in await connection.execute(select)}

    async def sweep(self, now: float) -> int:
        """Delete what has expired; returns how many sessions that were.

        What was kept while the clock was ahead would outlive its time: that begins now.
        """
        latest = now + MEMORY.total_seconds()
        ahead = sa.update(SESSIONS).where(SESSIONS.c.expires > latest).values(expires=latest)
        async with self.engine.begin() as connection:
            await connection.execute(ahead)
            await connection.execute(sa.update(HELD).where(HELD.c.at > now).values(at=now))
            gone = await connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.expires < now))
            await connection.execute(sa.delete(UPDATES).where(UPDATES.c.at < now - KEPT_UPDATES))
            await connection.execute(sa.delete(HELD).where(HELD.c.at < now - KEPT_HELD))
            await connection.execute(sa.delete(REMINDERS).where(REMINDERS.c.due < now - LATE))
            await connection.execute(sa.delete(TURNS).where(TURNS.c.until < self._clock() - 3600))
        if gone.rowcount and self.path is not None:
            await self._empty_log()
        return gone.rowcount

    async def stale(self, stamp: str, limit: int) -> list[tuple[str, bytes, float]]:
        """Sessions that an older key has sealed: name, value, expiry."""
        select = sa.select(SESSIONS.c.chat, SESSIONS.c.value, SESSIONS.c.expires)
        async with self.engine.connect() as connection:
            rows = await connection.execute(select.where(SESSIONS.c.stamp != stamp).limit(limit))
            return [(row.chat, row.value, row.expires) for row in rows]

    async def replace(self, old: str, new: str, stamp: str, value: bytes, expires: float) -> None:
        """A session under its new name, unless it has been written again meanwhile."""
        row = {"chat": new, "stamp": stamp, "value": value, "expires": expires}
        async with self.engine.begin() as connection:
            await connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.chat == old))
            await connection.execute(self._insert(SESSIONS).values(row).on_conflict_do_nothing())

    # -- held answers -----------------------------------------------------------------------

    async def hold(self, number: int, name: str, value: bytes, at: float) -> None:
        """Keep an answer; its update needs no other one then."""
        key = {"bot": self._bot, "number": number, "at": at}
        held = self._insert(HELD).values(**key, chat=name, value=value)
        done = self._insert(UPDATES).values(**key)
        async with self.engine.begin() as connection:
            await connection.execute(held.on_conflict_do_nothing())
            await connection.execute(done.on_conflict_do_nothing())

    async def release(self, number: int) -> None:
        """Delete a held answer."""
        where = (HELD.c.bot == self._bot, HELD.c.number == number)
        async with self.engine.begin() as connection:
            await connection.execute(sa.delete(HELD).where(*where))

    async def held(self, since: float) -> list[tuple[int, bytes]]:
        """Held answers, the oldest first."""
        select = (
            sa.select(HELD.c.number, HELD.c.value)
            .where(HELD.c.bot == self._bot, HELD.c.at >= since)
            .order_by(HELD.c.number)
        )
        async with self.engine.connect() as connection:
            return [(row.number, row.value) for row in await connection.execute(select)]

    async def is_held(self, number: int) -> bool:
        """Whether an answer is there."""
        select = sa.select(HELD.c.number).where(HELD.c.bot == self._bot, HELD.c.number == number)
        async with self.engine.connect() as connection:
            return (await connection.execute(select)).first() is not None

    # -- reminders --------------------------------------------------------------------------

    async def remind(self, names: Sequence[str], due: float, value: bytes) -> None:
        """Set a chat's reminder."""
        async with self.engine.begin() as connection:
            await _delete(connection, REMINDERS, names)
            await connection.execute(
                sa.insert(REMINDERS).values(chat=names[0], bot=self._bot, value=value, due=due)
            )

    async def cancel(self, names: Sequence[str], value: bytes | None = None) -> None:
        """Delete a chat's reminder; with ``value`` only if it is still that one."""
        delete = sa.delete(REMINDERS).where(REMINDERS.c.chat.in_(names))
        if value is not None:
            delete = delete.where(REMINDERS.c.value == value)
        async with self.engine.begin() as connection:
            await connection.execute(delete)

    async def due(self, now: float, limit: int) -> list[tuple[bytes, float]]:
        """Claim due reminders: value and due time."""
        ripe = (
            sa.select(REMINDERS.c.chat)
            .where(
                REMINDERS.c.bot == self._bot,
                REMINDERS.c.due <= now,
                REMINDERS.c.due >= now - LATE,
                sa.or_(REMINDERS.c.until.is_(None), REMINDERS.c.until < self._clock()),
            )
            .order_by(REMINDERS.c.due)
            .limit(limit)
        )
        if self.shared:
            ripe = ripe.with_for_update(skip_locked=True)
        claim = (
            sa.update(REMINDERS)
            .where(REMINDERS.c.chat.in_(ripe))
            .values(owner=self.owner, until=self._clock() + CLAIM)
            .returning(REMINDERS.c.value, REMINDERS.c.due)
        )
        async with self.engine.begin() as connection:
            return [(row.value, row.due) for row in await connection.execute(claim)]


async def _delete(connection: AsyncConnection, table: sa.Table, names: Sequence[str]) -> None:
    if names:
        await connection.execute(sa.delete(table).where(table.c.chat.in_(names)))


def _prepare(connection: Any, _: object) -> None:
    """Write-ahead log: readers and the writer do not wait for each other, a kill harms nothing.

    ``secure_delete`` overwrites what is deleted, so that it is gone from the raw file as well.
    """
    connection.isolation_level = None  # transactions begin where ``_begin`` says so
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "secure_delete=ON",
        f"busy_timeout={BUSY}",
        "cache_size=-2000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
