"""What would change the level of a message, found out by trying."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.content.knowledge import Knowledge, Origin
from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.triage.assess import assess
from bot.triage.assessment import Assessment, Earlier
from bot.understanding.reading import Evidence, Finding, Reading, Status

_NO_WORDS = Evidence(0, 0, "", "", Origin("(tried)", 0))
_TRAITS = ("severe", "worse", "sudden", "one_sided")
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would make the level another one."""

    when: str
    """In words, to stand after "if"."""
    level: str


def changes_of(
    engine: Engine, found: Assessment, earlier: Earlier, *, today: dt.date | None = None
) -> tuple[Change, ...]:
    """Days, treatments and symptoms that would change the level, the most urgent first."""
    tried = [
        *_by_day(engine.knowledge, found, earlier),
        *_by_treatment(engine, found, earlier, today),
        *_by_telling(engine.knowledge, found, earlier),
        *_by_symptom(engine.knowledge, found, earlier),
    ]
    rank = {level.value: -level.rank for level in Level}
    return tuple(sorted(dict.fromkeys(tried), key=lambda change: rank[change.level]))


def _by_day(knowledge: Knowledge, found: Assessment, earlier: Earlier) -> Iterator[Change]:
    if not found.symptoms:
        return
    edges = {0}
    for flag in knowledge.red_flags.values():
        edges.update(edge for when in flag.when for edge in _edges(when.days))
    for treatment in found.treatments:
        edges.update(edge for row in treatment.expected for edge in _edges(row.days))
    levels = [
        (day, assess(knowledge, replace(found.reading, days=float(day)), earlier).level)
        for day in sorted(edges)
    ]
    start = 0
    for number in range(1, len(levels) + 1):
        if number < len(levels) and levels[number][1] is levels[start][1]:
            continue
        first, level = levels[start]
        last = levels[number][0] - 1 if number < len(levels) else None
        here = (
            found.days is not None
            and first <= found.days
            and (last is None or int(found.days) <= last)
        )
        if level is not found.level and not here:
            when = (
                f"day {first}"
                if last == first
                else (f"days {first} to {last}" if last is not None else f"day {first} or later")
            )
            yield Change(f"it is {when}", level.value)
        start = number


def _edges(days: object) -> Iterator[int]:
    first, last = getattr(days, "first", None), getattr(days, "last", None)
    if first is not None:
        yield first
    if last is not None:
        yield last + 1


def _by_treatment(
    engine: Engine, found: Assessment, earlier: Earlier, today: dt.date | None
) -> Iterator[Change]:
    if not found.findings and not found.reading.signs:
        return
    had = {treatment.id for treatment in found.treatments}
    by_level: dict[Level, list[str]] = {}
    for slug in engine.knowledge.treatments:
        if slug in had:
            continue
        reading = engine.reader.read(found.reading.text, today=today, treatments=(slug,))
        reading = replace(reading, treatments=(), days=found.days)
        level = assess(engine.knowledge, reading, replace(earlier, treatments=(slug,))).level
        if level is not found.level:
            by_level.setdefault(level, []).append(slug)
    instead = " instead" if had else ""
    for level, names in by_level.items():
        yield Change(f"the treatment was {_any(names)}{instead}", level.value)
    if had:
        reading = replace(found.reading, treatments=())
        level = assess(engine.knowledge, reading, replace(earlier, treatments=())).level
        if level is not found.level:
            yield Change("no treatment was told", level.value)


def _by_telling(knowledge: Knowledge, found: Assessment, earlier: Earlier) -> Iterator[Change]:
    """The same message with one symptom told in another way, or one sign not denied."""
    reading = found.reading
    for number, finding in enumerate(reading.findings):

        def level_with(*other: Finding, at: int = number) -> Level:
            findings = (*reading.findings[:at], *other, *reading.findings[at + 1 :])
            return assess(knowledge, replace(reading, findings=findings), earlier).level

        if finding.status is not Status.PRESENT:
            level = level_with(replace(finding, status=Status.PRESENT))
            if level is not found.level:
                yield Change(f"{finding.symptom} was told as there", level.value)
            continue
        for trait in _TRAITS:
            if not getattr(finding, trait):
                told: Mapping[str, bool] = {trait: True}
                level = level_with(replace(finding, **told))  # type: ignore[arg-type]
                if level is not found.level:
                    words = trait.replace("_", " ").replace("worse", "getting worse")
                    yield Change(f"{finding.symptom} was told as {words}", level.value)
        level = level_with()
        if level is not found.level:
            yield Change(f"{finding.symptom} was not told", level.value)
    for number, sign in enumerate(reading.signs):
        if sign.status is Status.PRESENT:
            continue
        signs = (
            *reading.signs[:number],
            replace(sign, status=Status.PRESENT),
            *reading.signs[number + 1 :],
        )
        level = assess(knowledge, replace(reading, signs=signs), earlier).level
        if level is not found.level:
            yield Change(f"'{sign.evidence.words}' was told as there", level.value)


def _by_symptom(knowledge: Knowledge, found: Assessment, earlier: Earlier) -> Iterator[Change]:
    """Symptoms that are worse together with what is told than by themselves."""
    if not found.symptoms or found.level is Level.EMERGENCY:
        return
    by_level: dict[Level, list[str]] = {}
    for slug in knowledge.symptoms:
        if slug in found.symptoms:
            continue
        more = Finding(slug, Status.PRESENT, _NO_WORDS)
        both = _level(knowledge, found.reading, (*found.reading.findings, more), earlier)
        if both.rank <= found.level.rank:
            continue
        if both.rank > _level(knowledge, found.reading, (more,), earlier).rank:
            by_level.setdefault(both, []).append(slug)
    for level, names in by_level.items():
        yield Change(f"{_any(names)} was told as well", level.value)


def _level(
    knowledge: Knowledge, reading: Reading, findings: Iterable[Finding], earlier: Earlier
) -> Level:
    return assess(knowledge, replace(reading, findings=tuple(findings)), earlier).level


def _any(names: list[str]) -> str:
    more = f" or {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return " or ".join(names) if len(names) <= 2 else ", ".join(names[:MOST_NAMES]) + more
