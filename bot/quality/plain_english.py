"""How old a reader must be: the reading age of the knowledge's sentences.

The Flesch-Kincaid grade of the ``readability`` package, plus five: a grade of 6 is read at 11.
Names of treatments and substances are long words that nobody can shorten; they are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import readability

from bot.content.knowledge import Knowledge
from bot.content.words import words_of

MOST = 12.0
"""Reading age that a topic or red flag should not exceed."""
AGE_OF_GRADE = 5.0
MIN_WORDS = 25
"""Shorter texts say nothing: the measure is made for paragraphs."""
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """How hard a file is to read."""

    path: str
    age: float
    hardest: str
    """The sentence with the highest age."""


def age(sentences: Iterable[str], names: frozenset[str] = frozenset()) -> float | None:
    """Reading age of some sentences in years; None if there is too little to say."""
    lines = []
    for text in sentences:
        for sentence in _SENTENCE.split(text):
            words = [word for word in words_of(sentence) if word not in names]
            if words:
                lines.append(" ".join(words) + " .")
    if sum(len(line.split()) - 1 for line in lines) < MIN_WORDS:
        return None
    grades = readability.getmeasures("\n".join(lines), lang="en")["readability grades"]
    return float(grades["Kincaid"]) + AGE_OF_GRADE


def ages(knowledge: Knowledge) -> Iterator[Reading]:
    """The reading age of every topic and red flag that is long enough to be judged."""
    names = _names(knowledge)
    for path, sentences in _texts(knowledge):
        found = age(sentences, names)
        if found is not None:
            hardest = max(sentences, key=lambda text: age([text] * 3, names) or 0.0)
            yield Reading(path, round(found, 1), hardest)


def _texts(knowledge: Knowledge) -> Iterator[tuple[str, list[str]]]:
    for key, topic in knowledge.topics.items():
        sentences = [view.says for view in topic.views] + [s.text for s in topic.label]
        if topic.dispute:
            sentences += [topic.dispute.text, topic.dispute.cautious]
        yield knowledge.files[f"views:{key}"], sentences
    for key, flag in knowledge.red_flags.items():
        yield knowledge.files[f"red_flags:{key}"], [*flag.signs, *flag.action, *flag.do_not]


def _names(knowledge: Knowledge) -> frozenset[str]:
    found: set[str] = set()
    for treatment in knowledge.treatments.values():
        for text in (treatment.name, *treatment.brands):
            found.update(words_of(text))
    for symptom in knowledge.symptoms.values():
        found.update(words_of(symptom.name))
    return frozenset(word for word in found if len(word) > 5)
