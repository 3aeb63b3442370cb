"""One poller at a time, by an advisory lock of PostgreSQL; the others are hot spares.

The lock lives as long as its connection: a poller that is killed or cut off loses it at once, and
a spare takes over within a second. While the database is gone nobody can be told from a rival, so
whoever polls goes on and whoever waits goes on waiting (Telegram itself ends the older of two
polls with 409). A process that starts while it is gone polls: most likely it is the only one.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database

LOG = logging.getLogger("aftercare.store")
PATIENCE = 3.0
"""Seconds for the database to say who polls."""


class Leading(Protocol):
    """Says whether this process is the one that polls."""

    async def leads(self) -> bool:
        """Ask now; takes the place if it is free."""

    async def resign(self) -> None:
        """Let another one poll."""


class Alone:
    """Without a shared database: this process polls."""

    async def leads(self) -> bool:
        """Always."""
        return True

    async def resign(self) -> None:
        """Nobody waits."""


class Leader:
    """Holds the lock of one bot."""

    def __init__(self, database: Database, bot: int) -> None:
        self._database = database
        digest = hashlib.blake2b(f"poller:{bot}".encode(), digest_size=8).digest()
        self._key = int.from_bytes(digest, "big", signed=True)
        self._connection: AsyncConnection | None = None
        self._leads: bool | None = None

    async def leads(self) -> bool:
        """See ``Leading.leads``."""
        try:
            async with asyncio.timeout(PATIENCE):
                leads = await self._ask()
        except Exception as failed:  # noqa: BLE001 - polling does not wait for a database
            await self._drop()
            if self._leads is None:
                LOG.warning("who polls cannot be asked (%s): we do", type(failed).__name__)
                self._leads = True
            return self._leads
        if leads is not self._leads:
            LOG.info("this process polls" if leads else "another process polls; this one waits")
        self._leads = leads
        return leads

    async def _ask(self) -> bool:
        if self._connection is None:
            connection = await self._database.engine.connect()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            lock = sa.select(sa.func.pg_try_advisory_lock(self._key))
            if (await self._connection.execute(lock)).scalar():
                return True
            await self._drop()
            return False
        await self._connection.execute(sa.text("SELECT 1"))  # the lock lives with the connection
        return True

    async def resign(self) -> None:
        """See ``Leading.resign``."""
        await self._drop()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.invalidate()
            async with asyncio.timeout(PATIENCE):
                await connection.close()
        except Exception as failed:  # noqa: BLE001 - a connection that is gone cannot be closed
            LOG.debug("the poller's connection: %s", type(failed).__name__)
