"""The engine over the shipped knowledge, compiled once for the whole test run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.config import shipped_knowledge
from bot.content.clinics import load_clinics
from bot.conversation.compiled import engine_from
from bot.conversation.engine import Engine
from bot.triage.assessment import Assessment

CLINICS = Path(__file__).parent / "clinics.yaml"
"""An operator's clinics, as links may name them."""

CACHES = Path(__file__).resolve().parent.parent / ".pytest_cache" / "caches"
CACHE = CACHES / "aftercare"
"""Bound to every byte of the knowledge and the program, so an edit is never answered from it."""


@cache
def shared_engine() -> Engine:
    engine = engine_from(shipped_knowledge(), CACHE)
    engine.clinics = load_clinics(CLINICS, engine.knowledge)
    return engine


@cache
def judged(text: str) -> Assessment:
    """What the bot makes of a message with nothing known before it."""
    return shared_engine().assess(text)
