"""The engine over the shipped knowledge, compiled once for the whole test run."""

from __future__ import annotations

from functools import cache

from bot.config import shipped_knowledge
from bot.conversation.engine import Engine
from bot.triage.assessment import Assessment


@cache
def shared_engine() -> Engine:
    return Engine.from_folder(shipped_knowledge())


@cache
def judged(text: str) -> Assessment:
    """What the bot makes of a message with nothing known before it."""
    return shared_engine().assess(text)
