"""What there is to see of one knowledge: who says what, what is due, how well it is read."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bot.content.models import LifeCycle, RedFlag, Topic, View
from bot.conversation.engine import Engine
from bot.quality.coverage import Coverage, cover, files
from bot.quality.evaluation import Miss, Score, evaluate, in_order, read_labels
from bot.quality.messages import Claim, gather

STANCES: tuple[str, ...] = get_args(View.model_fields["stance"].annotation)
"""How an expert sees the link, in the order of the model."""


@dataclass(frozen=True)
class Agreement:
    """The experts of one topic."""

    id: str
    topic: Topic
    path: str
    stances: tuple[tuple[str, int], ...]
    """How many views take each stance, in one order for all topics; none that is 0."""

    @property
    def leading(self) -> float:
        """Share of the views that take the commonest stance, 0 to 1."""
        return max((n for _, n in self.stances), default=0) / len(self.topic.views)


@dataclass(frozen=True)
class Topics:
    """The topics of one treatment, those of most views first."""

    treatment: str
    agreements: tuple[Agreement, ...]

    @property
    def stances(self) -> tuple[tuple[str, int], ...]:
        """All views by their stance."""
        return _stances(view for one in self.agreements for view in one.topic.views)

    @property
    def views(self) -> int:
        """How many views."""
        return sum(len(one.topic.views) for one in self.agreements)

    @property
    def disputes(self) -> int:
        """How many topics name a dispute."""
        return sum(one.topic.dispute is not None for one in self.agreements)


@dataclass(frozen=True, slots=True)
class Month:
    """Files to be reviewed in one month."""

    name: str
    """``2027-11``."""
    kinds: tuple[tuple[str, int], ...]
    """Number of files of each kind."""
    files: tuple[tuple[str, str], ...]
    """Day and path."""


@dataclass(frozen=True)
class FlagCases:
    """A red flag, and the messages that are held against it."""

    flag: RedFlag
    path: str
    hits: tuple[tuple[str, bool], ...]
    """Message, and whether the flag is met as it must be."""
    near_misses: tuple[tuple[str, bool], ...]
    """Message, and whether the flag stays silent as it must."""

    @property
    def cases(self) -> int:
        """How many messages."""
        return len(self.hits) + len(self.near_misses)

    @property
    def broken(self) -> int:
        """Messages that are not read as they must be."""
        return sum(not right for _, right in (*self.hits, *self.near_misses))


@dataclass(frozen=True)
class Labelled:
    """A file of labelled messages, scored."""

    name: str
    score: Score


@dataclass(frozen=True)
class Report:
    """All of it."""

    today: dt.date
    coverage: Coverage
    topics: tuple[Topics, ...]
    stances: tuple[str, ...]
    calendar: tuple[Month, ...]
    reviewed: tuple[tuple[str, str], ...]
    """Path, and the clinician who signed it."""
    files: int
    flags: tuple[FlagCases, ...]
    """The most urgent first."""
    labelled: tuple[Labelled, ...]
    misses: tuple[Miss, ...]
    """Of all labelled files, the most dangerous first."""


def gather_report(engine: Engine, folder: Path, labelled: Sequence[Path], today: dt.date) -> Report:
    """Look at a knowledge folder, at the cases beside it, and at labelled files.

    Raises:
        LabelError: a file of messages that cannot be used.
    """
    knowledge = engine.knowledge
    scores = tuple(
        Labelled(file.stem.replace("_", " "), evaluate(engine, read_labels(file)))
        for file in labelled
    )
    entries = list(files(knowledge))
    return Report(
        today,
        cover(knowledge, today),
        _topics(engine),
        STANCES,
        _calendar(entries),
        tuple((path, entry.reviewed_by) for path, entry in entries if entry.reviewed_by),
        len(entries),
        _flags(engine, folder),
        scores,
        tuple(in_order([miss for one in scores for miss in one.score.misses])),
    )


def _stances(views: Iterable[View]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter(view.stance for view in views)
    return tuple((stance, counted[stance]) for stance in STANCES if counted[stance])


def _topics(engine: Engine) -> tuple[Topics, ...]:
    knowledge = engine.knowledge
    found: dict[str, list[Agreement]] = defaultdict(list)
    for key, topic in knowledge.topics.items():
        name = knowledge.treatments[topic.treatments[0]].name
        path = knowledge.files[f"views:{key}"]
        found[name].append(Agreement(key, topic, path, _stances(topic.views)))
    return tuple(
        Topics(name, tuple(sorted(group, key=lambda one: (-len(one.topic.views), one.id))))
        for name, group in sorted(found.items(), key=lambda item: item[0].lower())
    )


def _calendar(entries: Sequence[tuple[str, LifeCycle]]) -> tuple[Month, ...]:
    months: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, entry in entries:
        day = entry.review_due.isoformat()
        months[day[:7]].append((day, path))
    return tuple(
        Month(
            name,
            tuple(Counter(path.split("/")[1].replace("_", " ") for _, path in rows).items()),
            tuple(sorted(rows)),
        )
        for name, rows in sorted(months.items())
    )


def _flags(engine: Engine, folder: Path) -> tuple[FlagCases, ...]:
    claims: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
    for text, said in gather(folder).items():
        for claim in said:
            if claim.subject == "red_flags":
                claims[claim.id].append((text, claim))
    found = []
    for key, flag in engine.knowledge.red_flags.items():
        told: dict[bool, list[tuple[str, bool]]] = {True: [], False: []}
        for text, claim in claims[key]:
            met = key in {one.flag.id for one in engine.assess(text).red_flags}
            told[claim.holds].append((text, met is claim.holds))
        path = engine.knowledge.files[f"red_flags:{key}"]
        found.append(FlagCases(flag, path, tuple(told[True]), tuple(told[False])))
    return tuple(sorted(found, key=lambda one: (-one.flag.level.rank, one.flag.id)))
