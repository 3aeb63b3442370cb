"""What every test shares: the shipped knowledge, compiled once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.config import shipped_knowledge
from bot.conversation.engine import Engine

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The shipped knowledge."""
    return Engine.from_folder(shipped_knowledge())


@pytest.fixture
def knowledge_copy(tmp_path: Path) -> Path:
    """A copy of the shipped knowledge that a test may break."""
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    return folder
