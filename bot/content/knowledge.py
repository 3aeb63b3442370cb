"""``Knowledge``: everything the bot knows, loaded, checked and frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from bot.content.models import (
    Context,
    Countries,
    Idioms,
    LifeCycle,
    OtherLanguages,
    Qualities,
    RedFlag,
    Requests,
    Source,
    Spelling,
    Symptom,
    TimeWords,
    Topic,
    Treatment,
    Welcome,
    WordClasses,
    Wording,
)
from bot.content.yamlfile import Scalar


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a phrase or a rule stands."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def origin(text: str) -> Origin:
    """The place of a text of the knowledge."""
    if isinstance(text, Scalar):
        return Origin(text.path, text.line)
    return Origin("(built in)", 0)


@dataclass(frozen=True)
class Knowledge:
    """All files of a knowledge folder. Mappings are by id, in the order of the ids."""

    treatments: Mapping[str, Treatment]
    symptoms: Mapping[str, Symptom]
    red_flags: Mapping[str, RedFlag]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    countries: Countries
    classes: WordClasses
    context: Context
    qualities: Qualities
    time: TimeWords
    spelling: Spelling
    idioms: Idioms
    requests: Requests
    other_languages: OtherLanguages
    wording: Mapping[str, Wording]
    welcome: Mapping[str, Welcome]
    """A page each for languages in which the bot does not answer."""
    files: Mapping[str, str]
    """Path of the file that an entry stands in, by ``kind:id``."""
    version: str
    """Twelve digits of a SHA-256 over all files (``version``)."""

    @cached_property
    def date(self) -> dt.date | None:
        """The newest day on which an entry was changed or reviewed, as the entries name it.

        Not the time of a file or of a commit: a wheel and a container have neither.
        """
        entries: Iterator[LifeCycle] = chain(
            self.treatments.values(),
            self.symptoms.values(),
            self.red_flags.values(),
            self.topics.values(),
        )
        days = (day for entry in entries for day in (entry.updated, entry.reviewed_on))
        return max((day for day in days if day is not None), default=None)

    @property
    def edition(self) -> str:
        """Version and date, as shown."""
        return f"{self.version} ({self.date})" if self.date else self.version

    @cached_property
    def topics_by_treatment(self) -> Mapping[str, Mapping[str, Topic]]:
        """Topics by the slug of a treatment, then by id."""
        found: dict[str, dict[str, Topic]] = {}
        for key, topic in self.topics.items():
            for slug in topic.treatments:
                found.setdefault(slug, {})[key] = topic
        return found

    @cached_property
    def flags_by_symptom(self) -> Mapping[str, frozenset[str]]:
        """Ids of the red flags that a condition may meet, by a symptom that it needs; by an empty
        name those that need none."""
        found: dict[str, set[str]] = {}
        for key, flag in self.red_flags.items():
            for when in flag.when:
                for slug in when.any_of or when.with_any or when.and_any or ("",):
                    found.setdefault(slug, set()).add(key)
        return {slug: frozenset(keys) for slug, keys in found.items()}

    @cached_property
    def topics_by_symptom(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Ids of the topics by the slugs of a treatment and of a symptom."""
        found: dict[tuple[str, str], list[str]] = {}
        for key, topic in self.topics.items():
            for treatment in topic.treatments:
                for symptom in topic.symptoms:
                    found.setdefault((treatment, symptom), []).append(key)
        return {pair: tuple(keys) for pair, keys in found.items()}

    def overdue(self, entry: LifeCycle, today: dt.date) -> bool:
        """Whether the entry's review is overdue, so that it may show its danger signs only."""
        return today >= entry.review_due

    def groups(self, treatment: str) -> frozenset[str]:
        """The slug of a treatment with all groups it belongs to."""
        found = self.treatments.get(treatment)
        return frozenset((treatment, *(found.groups if found else ())))
