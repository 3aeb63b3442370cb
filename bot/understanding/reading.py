"""What was read in a message, with the words that each part rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.content.knowledge import Origin
from bot.understanding.times import TimeExpression


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of a message and the line of the knowledge that read them."""

    start: int
    """Offset of the first character."""
    end: int
    """Offset after the last character."""
    words: str
    """The words as typed."""
    phrase: str
    """The phrase of the knowledge that matched."""
    origin: Origin


class Status(StrEnum):
    """How a thing is told."""

    PRESENT = "present"
    RESOLVED = "resolved"
    """Was there since the treatment and is over."""
    DENIED = "denied"
    HYPOTHETICAL = "hypothetical"
    """Asked about, feared or planned."""
    HISTORY = "history"
    """Before the treatment or long ago."""
    OTHER_PERSON = "other_person"
    """Of somebody who had no treatment."""


Side = Literal["left", "right", "both", "one"]
"""``one``: on one side, without saying which."""
TRAITS = ("severe", "mild", "sudden", "worse", "better", "spreading", "one_sided", "both_sides")
"""Qualities of a finding that are told or not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A symptom that a message speaks of."""

    symptom: str
    status: Status
    evidence: Evidence
    cue: str | None = None
    """The words that decided a status other than present."""
    severe: bool = False
    mild: bool = False
    sudden: bool = False
    worse: bool = False
    better: bool = False
    one_sided: bool = False
    both_sides: bool = False
    spreading: bool = False
    """Told as growing or moving on; ``worse`` is true as well."""
    side: Side | None = None
    """The side of the body, where told next to it."""
    since: float | None = None
    """How many days ago it began, where told next to it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that meet a red flag by themselves."""

    red_flag: str
    status: Status
    evidence: Evidence
    cue: str | None = None


@dataclass(frozen=True, slots=True)
class TreatmentMention:
    """A treatment that a message names."""

    treatment: str
    had: bool
    """The writer, or the person written about, had it; else it is planned or asked about."""
    evidence: Evidence
    time: TimeExpression | None = None
    """When it was had, where told next to it."""

    @property
    def days(self) -> float | None:
        """Days since this treatment, where told."""
        return self.time.days if self.time else None


@dataclass(frozen=True, slots=True)
class Repair:
    """A word that was not known and what it was read as."""

    typed: str
    read_as: str
    start: int


@dataclass(frozen=True)
class Reading:
    """Everything that was understood in one message."""

    text: str
    treatments: tuple[TreatmentMention, ...] = ()
    findings: tuple[Finding, ...] = ()
    signs: tuple[Sign, ...] = ()
    days: float | None = None
    """Days since the treatment; the latest treatment if there are several."""
    repairs: tuple[Repair, ...] = ()
    areas: frozenset[str] = frozenset()
    """Word classes of body areas that stand in the message."""
    worse: bool = False
    """Something is told as getting worse, wherever it stands."""
    danger: float = -9.0
    """How much the words sound like an emergency: the safety net's score, above 0 they do."""
    requests: tuple[str, ...] = ()
    """What is asked or told besides symptoms (nobody answers at the clinic)."""

    @property
    def had(self) -> tuple[str, ...]:
        """Slugs of the treatments that were had, each once."""
        return tuple(dict.fromkeys(m.treatment for m in self.treatments if m.had))

    def told(self, *statuses: Status) -> tuple[str, ...]:
        """Slugs of the symptoms told with one of the statuses, each once."""
        return tuple(dict.fromkeys(f.symptom for f in self.findings if f.status in statuses))

    @property
    def present(self) -> tuple[str, ...]:
        """Slugs of the symptoms that are there or were since the treatment."""
        return self.told(Status.PRESENT, Status.RESOLVED)
