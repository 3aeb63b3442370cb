"""What every test shares: the shipped knowledge, compiled once."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.conversation.engine import Engine
from tests.engine import CACHE, shared_engine
from tests.postgres import Postgres
from tests.standin.server import BotApi

ROOT = Path(__file__).resolve().parent.parent

# Tests time nothing: beside three other workers everything may be slow.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the knowledge once, before several workers would all do it."""
    if not hasattr(config, "workerinput"):
        shared_engine()


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Processes that tests start keep nothing in this user's folders, and find the compiled
    knowledge in one of this worker: in a common one, what others compile would push it out."""
    home = tmp_path_factory.mktemp("home")
    os.environ["XDG_DATA_HOME"] = str(home / "data")
    os.environ["XDG_CACHE_HOME"] = str(home / "cache")
    shutil.copytree(CACHE, home / "cache" / CACHE.name, copy_function=os.link)


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


@pytest.fixture
def small_knowledge(tmp_path: Path) -> Path:
    """A whole knowledge of few entries: checked in an instant, and free to be broken."""
    return copy_small_knowledge(tmp_path / "knowledge")


def copy_small_knowledge(folder: Path) -> Path:
    shutil.copytree(ROOT / "tests" / "small_knowledge", folder)
    (folder / "wording").mkdir()
    shutil.copy(ROOT / "knowledge/wording/en.yaml", folder / "wording")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole run."""
    server = Postgres()
    yield server
    server.remove()
