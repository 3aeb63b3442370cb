"""The tables. Chats stand in them by keyed names, values sealed; no text of a person anywhere.

Times are seconds since 1970 in UTC. ``bot`` is the number of the bot, so that several bots may
share a database.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

METADATA = MetaData()

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("chat", String(32), primary_key=True),
    Column("stamp", String(8), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("expires", Float, nullable=False),
    Index("sessions_expires", "expires"),
)
"""What is remembered of a chat."""

UPDATES = Table(
    "updates",
    METADATA,
    Column("bot", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Index("updates_at", "at"),
)
"""Updates whose reply was accepted."""

TURNS = Table(
    "turns",
    METADATA,
    Column("chat", String(32), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("until", Float, nullable=False),
)
"""Which process works for a chat, and until when if it is not heard of again."""

HELD = Table(
    "held",
    METADATA,
    Column("bot", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", String(32), nullable=False, index=True),
    Column("value", LargeBinary, nullable=False),
    Column("at", Float, nullable=False),
)
"""Answers that could not be sent yet."""

REMINDERS = Table(
    "reminders",
    METADATA,
    Column("chat", String(32), primary_key=True),
    Column("bot", BigInteger, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("due", Float, nullable=False),
    Column("owner", String(32)),
    Column("until", Float),
    Index("reminders_due", "bot", "due"),
)
"""One reminder of a chat, and which process has claimed it."""

COUNTS = Table(
    "counts",
    METADATA,
    Column("bot", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""Counters without a person, for instance of feedback."""

GAPS = Table(
    "gaps",
    METADATA,
    Column("bot", BigInteger, primary_key=True, autoincrement=False),
    Column("item", String(32), primary_key=True),
    Column("mark", String(32), primary_key=True),
    Column("stamp", String(8), nullable=False),
    Column("share", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("week", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What was asked and is not known (``gap_book``). No row numbers: they would tell the order."""
