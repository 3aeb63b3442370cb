"""What every test shares: the shipped knowledge, compiled once."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation.engine import Engine
from tests.engine import shared_engine
from tests.standin.server import BotApi

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The shipped knowledge."""
    return shared_engine()


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """A stand-in of the Bot API server."""
    server = BotApi()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def knowledge_copy(tmp_path: Path) -> Path:
    """A copy of the shipped knowledge that a test may break."""
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    return folder
