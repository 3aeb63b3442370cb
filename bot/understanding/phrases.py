"""All phrases of the knowledge in one index, each with what it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.content.knowledge import Knowledge
from bot.content.models import Cue
from bot.content.words import words_of
from bot.understanding.index import Hit, IndexBuilder, PhraseIndex
from bot.understanding.reading import TRAITS
from bot.understanding.vocabulary import frequency

Kind = Literal[
    "symptom",
    "symptom_denial",
    "symptom_never",
    "flag",
    "flag_denial",
    "flag_never",
    "treatment",
    "treatment_never",
    "cue",
    "pseudo",
    "stop",
    "takes_back",
    "doubt",
    "trail",
    "came_true",
    "did_not",
    "turn",
    "idiom",
    "quality",
    "had",
    "planned",
    "perhaps_planned",
    "future",
    "session",
    "to_come",
    "had_it",
    "wished",
    "relative",
    "area",
    "place",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase of the index stands for."""

    kind: Kind
    name: str
    phrase: str
    cue: Cue | None = None
    needs: str | None = None
    """Group or slug of a treatment without which the phrase means nothing."""


OTHER_PLACES = frozenset(("body_part",))
"""Classes of places that stand between a sign and a place named before: that one is not meant."""

Hits = dict[Kind, list[Hit[Meaning]]]
"""What was found in a message, by kind."""


def compiled(knowledge: Knowledge) -> PhraseIndex[Meaning]:
    """The index of every phrase of ``knowledge``."""
    return phrases_of(knowledge).build()


def phrases_of(knowledge: Knowledge) -> IndexBuilder[Meaning]:
    """Every phrase of ``knowledge``, and no index yet."""
    builder: IndexBuilder[Meaning] = IndexBuilder(knowledge.classes.classes, frequency)

    def add(
        phrases: Iterable[str],
        kind: Kind,
        name: str,
        cue: Cue | None = None,
        needs: str | None = None,
    ) -> None:
        for phrase in phrases:
            builder.add(phrase, Meaning(kind, name, phrase, cue, needs))

    for slug, symptom in knowledge.symptoms.items():
        add(symptom.phrases, "symptom", slug)
        for needs, phrases in symptom.with_treatment.items():
            add(phrases, "symptom", slug, needs=needs)
        add(symptom.denials, "symptom_denial", slug)
        add(symptom.never, "symptom_never", slug)
    for flag_id, flag in knowledge.red_flags.items():
        add(flag.phrases, "flag", flag_id)
        add(flag.denials, "flag_denial", flag_id)
        add(flag.never, "flag_never", flag_id)
    for slug, treatment in knowledge.treatments.items():
        add((*treatment.phrases, *map(literal, treatment.brands)), "treatment", slug)
        add(treatment.never, "treatment_never", slug)
    for cue in knowledge.context.cues:
        add(cue.phrases, "cue", cue.meaning, cue)
    add(knowledge.context.pseudo, "pseudo", "pseudo")
    add(knowledge.context.stops, "stop", "stop")
    add(knowledge.context.turns, "turn", "turn")
    add(knowledge.context.takes_back, "takes_back", "takes_back")
    add(knowledge.context.doubts, "doubt", "doubt")
    add(knowledge.context.trails, "trail", "trail")
    add(knowledge.context.came_true, "came_true", "came_true")
    add(knowledge.context.did_not, "did_not", "did_not")
    add(knowledge.idioms.idioms, "idiom", "idiom")
    for language in knowledge.other_languages.languages.values():
        for slug, phrases in language.symptoms.items():
            add(phrases, "symptom", slug)
        for slug, phrases in language.treatments.items():
            add(phrases, "treatment", slug)
        add(language.had, "had", "had")
        if language.denials:
            cue = Cue(meaning="denied", direction="forward", reach=4, phrases=language.denials)
            add(language.denials, "cue", "denied", cue)
    qualities = knowledge.qualities
    for name in (*TRAITS, "left", "right"):
        add(getattr(qualities, name), "quality", name)
    add(qualities.had_treatment, "had", "had")
    add(qualities.planned_treatment, "planned", "planned")
    add(qualities.perhaps_planned, "perhaps_planned", "perhaps_planned")
    add(qualities.future, "future", "future")
    add(qualities.session, "session", "session")
    add(qualities.to_come, "to_come", "to_come")
    add(qualities.had_it, "had_it", "had_it")
    add(qualities.wished, "wished", "wished")
    if qualities.wished:
        add(("{relative} (had|got|has|did|went)",), "relative", "relative")
    areas = {when.area for flag in knowledge.red_flags.values() for when in flag.when if when.area}
    for area in sorted(areas):
        add((f"{{{area}}}",), "area", area)
    places = {name for symptom in knowledge.symptoms.values() for name in symptom.places}
    for name in sorted(places | OTHER_PLACES if places else places):
        add((f"{{{name}}}",), "place", name)
    return builder


def requests_of(knowledge: Knowledge) -> PhraseIndex[str]:
    """What may be asked besides symptoms, by the name of the request.

    An index of its own: its everyday words must not draw typing errors away from danger signs.
    """
    builder: IndexBuilder[str] = IndexBuilder(knowledge.classes.classes, frequency)
    for name, phrases in knowledge.requests.requests.items():
        for phrase in phrases:
            builder.add(phrase, name)
    return builder.build()


def literal(brand: str) -> str:
    return " ".join(words_of(brand))
