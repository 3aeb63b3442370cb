"""Stores over SQLite and over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal, new_key
from tests.postgres import Postgres

KEY = new_key()
Opener = Callable[..., Awaitable[DurableStore]]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, one of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'aftercare.sqlite3'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.database()


@pytest.fixture
async def opened(address: str) -> AsyncIterator[Opener]:
    """Opens stores over one database, as so many processes would, and closes them at the end."""
    stores: list[DurableStore] = []

    async def make(keys: str = KEY, bot: int = 1) -> DurableStore:
        store = DurableStore(Database(address, bot), Seal(keys, bot))
        await store.start()
        stores.append(store)
        return store

    yield make
    for store in stores:
        await store.stop()
