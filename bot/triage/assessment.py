"""What a reading means: the level, every reason for it, and the entries that speak to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.content.knowledge import Origin
from bot.content.levels import Level
from bot.content.models import Expected, RedFlag, Topic, Treatment
from bot.understanding.reading import Evidence, Finding, Reading


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of this chat from before the message."""

    treatments: tuple[str, ...] = ()
    days: float | None = None
    """Days since the treatment, counted on to now."""
    level: Level | None = None
    """The level given last, if that was within the memory of a session."""
    symptoms: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()
    """Red flags that still count: met before in this talk, or said to be there when asked."""
    told: tuple[Finding, ...] = ()
    """Findings of this talk that still count, for messages that only make sense together."""
    floor: Level | None = None
    """What coming back and getting worse have raised the level to in this talk."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step's cause for a level."""

    step: str
    level: Level
    text: str
    """In plain words, for *Why this advice?*"""
    origin: Origin
    """The line of the knowledge that holds the rule."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class MetFlag:
    """A red flag that is met, and by what."""

    flag: RedFlag
    evidence: tuple[Evidence, ...]
    condition: int | None = None
    """Number of the condition that holds; None if words met it, or something told before."""


@dataclass(frozen=True)
class Assessment:
    """The result of ``assess``. ``level`` is the highest of ``reasons``."""

    reading: Reading
    findings: tuple[Finding, ...] = ()
    """What the message tells, and what was told before it and still counts."""
    level: Level = Level.INFO
    reasons: tuple[Reason, ...] = ()
    red_flags: tuple[MetFlag, ...] = ()
    """Most urgent first."""
    treatments: tuple[Treatment, ...] = ()
    days: float | None = None
    symptoms: tuple[str, ...] = ()
    """Slugs told as there or as there since the treatment."""
    expected: tuple[Expected, ...] = ()
    """Rows of the treatment's calendar that speak to a symptom told."""
    topics: tuple[Topic, ...] = ()
    """Expert views on this treatment and these symptoms, best match first."""
    topic_ids: tuple[str, ...] = ()
    sounds_like_danger: bool = False
    """No rule reads an emergency, but the words are like those of one: the person is asked."""
    repeated: bool = field(default=False)
    """The same thing is told again, or told as worse."""
