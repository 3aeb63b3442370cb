"""What is there already: entries of nearly the same name, and phrases that are taken."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from bot.content.knowledge import Knowledge

NEAR = 0.8


def near_names(kind: str, slug: str, knowledge: Knowledge) -> Iterator[str]:
    """Entries that may be meant already: the same words in another order, or one slip apart."""
    known = getattr(knowledge, kind)
    words = set(slug.split("_"))
    near = set(difflib.get_close_matches(slug, known, n=3, cutoff=NEAR))
    near |= {name for name in known if len(words) > 1 and set(name.split("_")) == words}
    yield from sorted(near - {slug})


def topics_about(treatments: tuple[str, ...], symptom: str, knowledge: Knowledge) -> Iterator[str]:
    """Topics whose first symptom and one of whose treatments are these."""
    for key, topic in knowledge.topics.items():
        if topic.symptoms[0] == symptom and set(topic.treatments) & set(treatments):
            yield key


def owner_of(phrase: str, knowledge: Knowledge) -> str | None:
    """The entry that has this phrase already: ``symptoms/headache``."""
    normal = " ".join(phrase.lower().split())
    for kind in ("symptoms", "treatments", "red_flags"):
        for key, entry in getattr(knowledge, kind).items():
            if any(" ".join(known.lower().split()) == normal for known in entry.phrases):
                return f"{kind}/{key}"
    return None
