"""What the knowledge covers: topics, experts, sources, and which symptom of which treatment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.content.knowledge import Knowledge
from bot.content.models import Expected, LifeCycle, Statement
from bot.quality.plain_english import MOST, ages

POLICY = frozenset(("labels_policy", "judgement"))
"""Sources that are no page: the triage policy of this project, and marked judgement."""


@dataclass(frozen=True)
class Coverage:
    """Figures and lists over one knowledge."""

    version: str
    counts: dict[str, int]
    matrix: dict[tuple[str, str], int]
    """Number of expert views by treatment and symptom, where there are any."""
    calendar: frozenset[tuple[str, str]]
    """Treatment and symptom with at least one row of the calendar."""
    overdue: tuple[str, ...]
    """Files whose review is overdue, or that were never reviewed and whose date has passed."""
    due_next: tuple[tuple[str, str], ...]
    """(date, number of files) of the next reviews, the earliest first."""
    single: tuple[str, ...]
    """Facts that rest on one source only: file:line, source, text."""
    judged: tuple[str, ...]
    """Facts whose only source is judgement."""
    hard: tuple[str, ...] = field(default=())
    """Files that ask for a reader older than the plain-English bar."""

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "version": self.version,
            "counts": self.counts,
            "matrix": {f"{t}/{s}": n for (t, s), n in sorted(self.matrix.items())},
            "overdue": list(self.overdue),
            "review_due": [list(item) for item in self.due_next],
            "single_source": list(self.single),
            "judgement_only": list(self.judged),
            "hard_to_read": list(self.hard),
        }


def cover(knowledge: Knowledge, today: dt.date) -> Coverage:
    """Work the coverage out."""
    matrix: Counter[tuple[str, str]] = Counter()
    experts = set()
    views = 0
    for topic in knowledge.topics.values():
        for view in topic.views:
            views += 1
            experts.add((view.expert or view.page, view.credential))
            for treatment in topic.treatments:
                for symptom in view.about or topic.symptoms[:1]:
                    matrix[treatment, symptom] += 1
    calendar = frozenset(
        (treatment.id, row.symptom)
        for treatment in knowledge.treatments.values()
        for row in treatment.expected
    )
    facts = list(_facts(knowledge))
    single = tuple(
        f"{_place(text)} {sources[0]}: {text}"
        for text, sources in facts
        if len(sources) == 1 and sources[0] not in POLICY
    )
    judged = tuple(_place(text) + f" {text}" for text, sources in facts if set(sources) <= POLICY)
    entries = list(files(knowledge))
    due = Counter(entry.review_due.isoformat() for _, entry in entries)
    named = {view.expert for t in knowledge.topics.values() for view in t.views if view.expert}
    return Coverage(
        knowledge.version,
        {
            "treatments": len(knowledge.treatments),
            "symptoms": len(knowledge.symptoms),
            "red_flags": len(knowledge.red_flags),
            "topics": len(knowledge.topics),
            "views": views,
            "experts": len(experts),
            "experts_with_a_name": len(named),
            "pages_of_experts": len({v.page for t in knowledge.topics.values() for v in t.views}),
            "sources": len(knowledge.sources),
            "disputes": sum(topic.dispute is not None for topic in knowledge.topics.values()),
            "countries": len(knowledge.countries.countries),
            "facts": len(facts),
            "reviewed_by_a_clinician": sum(entry.reviewed_by is not None for _, entry in entries),
        },
        dict(matrix),
        calendar,
        tuple(path for path, entry in entries if knowledge.overdue(entry, today)),
        tuple(sorted((day, str(number)) for day, number in due.items())),
        single,
        judged,
        tuple(f"{r.path}: {r.age:g} years" for r in ages(knowledge) if r.age > MOST),
    )


def files(knowledge: Knowledge) -> Iterator[tuple[str, LifeCycle]]:
    """Path and content of every file that is reviewed."""
    for kind, entries in (
        ("red_flags", knowledge.red_flags),
        ("symptoms", knowledge.symptoms),
        ("treatments", knowledge.treatments),
        ("views", knowledge.topics),
    ):
        for key, entry in entries.items():
            yield knowledge.files[f"{kind}:{key}"], entry


def _facts(knowledge: Knowledge) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every sentence that states a fact, with its sources."""
    statements: list[Statement | Expected] = []
    for treatment in knowledge.treatments.values():
        statements += [*treatment.expected, *treatment.self_care, *treatment.avoid]
        statements += [*treatment.follow_up, *treatment.notes]
    for topic in knowledge.topics.values():
        statements += topic.label
        if topic.dispute:
            yield topic.dispute.text, topic.dispute.sources
    for statement in statements:
        yield statement.text, statement.sources


def _place(text: str) -> str:
    path, line = getattr(text, "path", "?"), getattr(text, "line", 0)
    return f"{path}:{line}"
