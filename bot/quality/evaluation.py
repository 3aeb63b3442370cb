"""Scores labelled messages (fields: text, level, accept, treatments, symptoms, denied, days)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.quality.typos import mistyped
from bot.triage.assessment import Assessment
from bot.understanding.reading import Status

FIELDS = ("symptoms", "treatments", "denied")


class LabelError(ValueError):
    """A labelled file that cannot be used: file, line, what is wrong; what to write."""


@dataclass(frozen=True)
class Miss:
    """A message whose level is not accepted, or whose slugs differ."""

    id: str
    text: str
    wanted: tuple[str, ...]
    got: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    why: str
    reasons: tuple[str, ...]
    """Each reason for the level, with the words and the line of the knowledge."""
    evidence: tuple[str, ...]
    """What extra and missing slugs rest on: words, phrase, status, line of the knowledge."""
    kind: str

    @property
    def wrong_level(self) -> bool:
        """Whether the level is not among those accepted."""
        return self.got not in self.wanted


@dataclass
class Score:
    """Figures over labelled messages."""

    messages: int = 0
    level_ok: int = 0
    under: int = 0
    over: int = 0
    emergencies: int = 0
    emergencies_found: int = 0
    sent_home: int = 0
    serious: int = 0
    serious_found: int = 0
    harmless: int = 0
    false_emergencies: int = 0
    with_days: int = 0
    days_ok: int = 0
    counts: dict[str, list[int]] = field(default_factory=lambda: {k: [0, 0, 0] for k in FIELDS})
    on_topic_wanted: int = 0
    on_topic: int = 0
    """A topic of views on the treatment and one of the symptoms is shown."""
    on_topic_or_calendar: int = 0
    """That, or a row of the treatment's calendar for one of the symptoms."""
    confusion: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    kinds: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0]))
    misses: list[Miss] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """All figures by name; shares between 0 and 1."""
        figures: dict[str, Any] = {
            "messages": self.messages,
            "level_ok": _share(self.level_ok, self.messages),
            "under_triage": _share(self.under, self.messages),
            "over_triage": _share(self.over, self.messages),
            "emergencies": self.emergencies,
            "emergencies_found": _share(self.emergencies_found, self.emergencies),
            "emergencies_sent_home": self.sent_home,
            "serious_found": _share(self.serious_found, self.serious),
            "false_emergencies": _share(self.false_emergencies, self.harmless),
        }
        for name in FIELDS:
            figures[name] = _prf(*self.counts[name])
        figures["days_right"] = _share(self.days_ok, self.with_days)
        figures["on_topic"] = _share(self.on_topic, self.on_topic_wanted)
        figures["on_topic_or_calendar"] = _share(self.on_topic_or_calendar, self.on_topic_wanted)
        figures["by_kind"] = {
            kind: {"messages": n, "level_ok": _share(ok, n), "under": under, "over": over}
            for kind, (n, ok, under, over) in sorted(self.kinds.items())
        }
        return figures


def read_labels(file: Path, shown: str | None = None) -> list[dict[str, Any]]:
    """The messages of a labelled file, one JSON object a line; faults name it as ``shown``.

    Raises:
        LabelError: naming file and line.
    """
    name = shown or str(file)
    try:
        content = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise LabelError(f"{name}:1: not UTF-8; save the file with UTF-8 encoding") from None
    rows = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise LabelError(f"{name}:{number}: no JSON object ({error.msg})") from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise LabelError(f'{name}:{number}: \'text\' is missing; write {{"text": "..."}}')
        known = set(Level)
        if row.get("level") not in known or not set(row.get("accept", [row["level"]])) <= known:
            raise LabelError(
                f"{name}:{number}: 'level' is none of the five; write one of "
                + ", ".join(level.value for level in Level)
            )
        rows.append(row)
    return rows


def denied(assessment: Assessment) -> tuple[str, ...]:
    """Symptoms denied and not told as there."""
    present = set(assessment.symptoms)
    return tuple(s for s in assessment.reading.told(Status.DENIED) if s not in present)


def evaluate(engine: Engine, rows: Iterable[dict[str, Any]]) -> Score:
    """Score messages with what the engine makes of them."""
    score = Score()
    for row in rows:
        _add(score, row, engine.assess(row["text"]))
    return score


def _add(score: Score, row: dict[str, Any], assessment: Assessment) -> None:
    accepted = tuple(Level(level) for level in row.get("accept") or [row["level"]])
    level, wanted = assessment.level, Level(row["level"])
    ranks = [a.rank for a in accepted]
    good = level in accepted
    kind = score.kinds[kind_of(row)]
    under, over = level.rank < min(ranks), level.rank > max(ranks)
    for target, by in zip(range(4), (1, good, under, over), strict=True):
        kind[target] += by
    score.messages += 1
    score.level_ok += good
    score.under += under
    score.over += over
    score.confusion[wanted.value, level.value] += 1
    if accepted == (Level.EMERGENCY,):
        score.emergencies += 1
        score.emergencies_found += level is Level.EMERGENCY
        score.sent_home += level.rank <= Level.CONTACT_CLINIC.rank
    if wanted.rank >= Level.URGENT.rank:
        score.serious += 1
        score.serious_found += level.rank >= Level.URGENT.rank
    if wanted.rank <= Level.SELF_CARE.rank:
        score.harmless += 1
        score.false_emergencies += level is Level.EMERGENCY
    got = {
        "symptoms": set(assessment.symptoms),
        "treatments": set(assessment.reading.had),
        "denied": set(denied(assessment)),
    }
    differences: list[set[str]] = []
    for name in FIELDS:
        gold = {slug for slug in row.get(name, ()) if not slug.startswith("other:")}
        score.counts[name][0] += len(gold & got[name])
        score.counts[name][1] += len(got[name] - gold)
        score.counts[name][2] += len(gold - got[name])
        differences += [
            {_mark(name, s) for s in gold - got[name]},
            {_mark(name, s) for s in got[name] - gold},
        ]
    days = row.get("days")
    if days is not None:
        score.with_days += 1
        told = assessment.reading.days
        right = told is not None and abs(told - float(days)) <= max(1.0, 0.1 * float(days))
        score.days_ok += right
        if not right:
            differences[0].add(f"days:{days}")
            differences[1].add(f"days:{told}")
    gold_treatments = set(row.get("treatments", ()))
    gold_symptoms = {s for s in row.get("symptoms", ()) if not s.startswith("other:")}
    if gold_treatments and gold_symptoms:
        score.on_topic_wanted += 1
        views = any(
            set(topic.treatments) & gold_treatments and set(topic.symptoms) & gold_symptoms
            for topic in assessment.topics
        )
        calendar = any(
            treatment.id in gold_treatments and row in treatment.expected
            for treatment in assessment.treatments
            for row in assessment.expected
            if row.symptom in gold_symptoms
        )
        score.on_topic += views
        score.on_topic_or_calendar += views or calendar
    missing = differences[0] | differences[2] | differences[4]
    extra = differences[1] | differences[3] | differences[5]
    if not good or missing or extra:
        score.misses.append(
            Miss(
                str(row.get("id", score.messages)),
                row["text"],
                tuple(a.value for a in accepted),
                level.value,
                tuple(sorted(missing)),
                tuple(sorted(extra)),
                str(row.get("why", "")),
                tuple(
                    f"{r.level.value} {r.step}: {r.text} "
                    f"[{', '.join(e.words for e in r.evidence)}] {r.origin}"
                    for r in assessment.reasons[:6]
                ),
                _evidence(row, assessment),
                kind_of(row),
            )
        )


def kind_of(row: dict[str, Any]) -> str:
    """The kind of a labelled message; without one, what its id begins with."""
    return str(row.get("kind") or str(row.get("id", "?")).split("-")[0])


def _evidence(row: dict[str, Any], assessment: Assessment) -> tuple[str, ...]:
    wanted = {name: set(row.get(name, ())) for name in FIELDS}
    lines = []
    for finding in assessment.reading.findings:
        told = finding.status in (Status.PRESENT, Status.RESOLVED)
        slug = finding.symptom
        where = f"[{finding.evidence.words}] {finding.evidence.origin}"
        if told and slug not in wanted["symptoms"]:
            lines.append(f"extra {slug} {where}")
        elif not told and slug in wanted["symptoms"]:
            lines.append(f"missing {slug}: read as {finding.status} by [{finding.cue}] {where}")
        elif finding.status is Status.DENIED and slug not in wanted["denied"]:
            lines.append(f"extra denial of {slug} by [{finding.cue}] {where}")
    for mention in assessment.reading.treatments:
        if mention.had is not (mention.treatment in wanted["treatments"]):
            how = "had" if mention.had else "not had"
            lines.append(
                f"{mention.treatment} read as {how} "
                f"[{mention.evidence.words}] {mention.evidence.origin}"
            )
    return tuple(lines)


@dataclass(frozen=True)
class TypoScore:
    """Sensitivity with one slip in each word of four letters or more, beside the clean one."""

    seeds: int
    emergencies_clean: float
    emergencies: float
    serious_clean: float
    serious: float

    def as_dict(self) -> dict[str, float]:
        """Shares between 0 and 1; ``fall`` is clean less mistyped."""
        return {
            "seeds": self.seeds,
            "emergencies_found": round(self.emergencies, 4),
            "emergencies_fall": round(self.emergencies_clean - self.emergencies, 4),
            "serious_found": round(self.serious, 4),
            "serious_fall": round(self.serious_clean - self.serious, 4),
        }


def evaluate_typos(
    engine: Engine, rows: Sequence[dict[str, Any]], seeds: Sequence[int]
) -> TypoScore:
    """Score the mistyped messages; seeds make it the same each time."""
    clean = evaluate(engine, rows)
    mistypings = [
        evaluate(engine, [dict(row, text=mistyped(row["text"], seed)) for row in rows])
        for seed in seeds
    ]
    times = len(mistypings)
    return TypoScore(
        times,
        _share(clean.emergencies_found, clean.emergencies) or 0.0,
        sum(_share(s.emergencies_found, s.emergencies) or 0.0 for s in mistypings) / times,
        _share(clean.serious_found, clean.serious) or 0.0,
        sum(_share(s.serious_found, s.serious) or 0.0 for s in mistypings) / times,
    )


def _mark(name: str, slug: str) -> str:
    return slug if name == "symptoms" else f"{name}:{slug}"


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _prf(tp: int, fp: int, fn: int) -> dict[str, float]:
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def in_order(misses: Sequence[Miss]) -> list[Miss]:
    """Misses, wrong levels first, the most dangerous on top."""
    rank = {level.value: level.rank for level in Level}

    def danger(miss: Miss) -> tuple[int, int]:
        low = min(rank[w] for w in miss.wanted)
        return (0 if miss.wrong_level else 1, rank[miss.got] - low)

    return sorted(misses, key=danger)
