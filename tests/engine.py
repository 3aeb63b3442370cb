"""The engine over the shipped knowledge, compiled once for the whole test run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.config import shipped_knowledge
from bot.content.clinics import load_clinics
from bot.conversation.engine import Engine
from bot.triage.assessment import Assessment

CLINICS = Path(__file__).parent / "clinics.yaml"
"""An operator's clinics, as links may name them."""


@cache
def shared_engine() -> Engine:
    engine = Engine.from_folder(shipped_knowledge())
    engine.clinics = load_clinics(CLINICS, engine.knowledge)
    return engine


@cache
def judged(text: str) -> Assessment:
    """What the bot makes of a message with nothing known before it."""
    return shared_engine().assess(text)
