"""The five levels of advice."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How soon a person should get help (the disposition)."""

    INFO = "info"
    """Nothing to triage."""
    SELF_CARE = "self_care"
    """Expected or mild: watch it at home."""
    CONTACT_CLINIC = "contact_clinic"
    """Tell the treating clinician in the next days."""
    URGENT = "urgent"
    """Speak to a clinician today."""
    EMERGENCY = "emergency"
    """Call the emergency number or go to an emergency department now."""

    @property
    def rank(self) -> int:
        """0 for ``info`` up to 4 for ``emergency``."""
        return _RANK[self]


_RANK = {level: rank for rank, level in enumerate(Level)}


def highest(*levels: Level) -> Level:
    """The most urgent of the levels; ``info`` for none."""
    return max(levels, key=lambda level: level.rank, default=Level.INFO)
