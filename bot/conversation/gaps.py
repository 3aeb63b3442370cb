"""What a message asked for that the knowledge does not have: names and single words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.content.knowledge import Knowledge
from bot.triage.assessment import Assessment
from bot.understanding.read import Reader


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something that is asked for and not known. It says nothing of who asked, nor when."""

    kind: Literal["word", "pair"]
    text: str
    """The word; or the slugs of a symptom and of a treatment, with a space between them."""

    @classmethod
    def pair(cls, symptom: str, treatment: str) -> Gap:
        """A symptom after a treatment."""
        return cls("pair", f"{symptom} {treatment}")


def gaps_of(found: Assessment, knowledge: Knowledge, reader: Reader) -> frozenset[Gap]:
    """Words that nothing knows, and symptoms after treatments on which no topic speaks."""
    words = {Gap("word", word) for word in reader.unheard(found.reading.text)}
    pairs = {
        Gap.pair(symptom, treatment.id)
        for treatment in found.treatments
        for symptom in found.symptoms
        if not has_topic(knowledge, symptom, treatment.id)
    }
    return frozenset(words | pairs)


def has_topic(knowledge: Knowledge, symptom: str, treatment: str) -> bool:
    """Whether a topic of the treatment names the symptom, or what it is a kind of."""
    about = knowledge.topics_by_treatment.get(treatment, {})
    wanted = {symptom, *knowledge.symptoms[symptom].broader}
    return any(wanted.intersection(topic.symptoms) for topic in about.values())
