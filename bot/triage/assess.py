"""The door of this room: ``assess(knowledge, reading, earlier)`` gives an ``Assessment``.

``STEPS`` is the whole decision, most urgent first. Each step adds reasons; none takes a level
away. The level is the highest of all reasons. A symptom that its treatment's calendar expects on
this day gets the calendar's level instead of its own; nothing else lowers anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.content.knowledge import Knowledge, Origin, origin
from bot.content.levels import Level, highest
from bot.content.models import Condition, DayRange, Expected, RedFlag, Topic, Treatment
from bot.triage.assessment import Assessment, Earlier, MetFlag, Reason
from bot.understanding.reading import Evidence, Finding, Reading, Status

_TOLD = (Status.PRESENT, Status.RESOLVED)
MAX_TOPICS = 4
ASK_FROM = 1.0
"""Score of the safety net from which the person is asked for danger signs."""


@dataclass
class _Case:
    """What the steps work on: the message, what was known before, and what is found."""

    knowledge: Knowledge
    reading: Reading
    earlier: Earlier
    treatments: tuple[Treatment, ...]
    groups: frozenset[str]
    days: float | None
    reasons: list[Reason] = field(default_factory=list)
    flags: list[MetFlag] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    repeated: bool = False

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the message tells, and what was told before it and is not mentioned in it."""
        return (*self.reading.findings, *recalled(self.reading, self.earlier))

    @cached_property
    def told(self) -> list[Finding]:
        return [f for f in self.findings if f.status in _TOLD]

    @cached_property
    def present(self) -> list[Finding]:
        return [f for f in self.findings if f.status is Status.PRESENT]

    @cached_property
    def present_slugs(self) -> frozenset[str]:
        return frozenset(f.symptom for f in self.present)

    def file(self, kind: str, key: str, line: int = 1) -> Origin:
        return Origin(self.knowledge.files[f"{kind}:{key}"], line)


# -- the steps ---------------------------------------------------------------------------------


def red_flag_signs(case: _Case) -> None:
    """Words that meet a red flag by themselves."""
    for sign in case.reading.signs:
        if sign.status is not Status.PRESENT:
            continue
        flag = case.knowledge.red_flags[sign.red_flag]
        if _after(flag.treatments, case):
            _meet(case, flag, (sign.evidence,))


def red_flag_conditions(case: _Case) -> None:
    """Symptoms, combinations and days that meet a red flag."""
    by_symptom = case.knowledge.flags_by_symptom
    possible = set().union(*(by_symptom.get(slug, ()) for slug in ("", *case.present_slugs)))
    for key, flag in case.knowledge.red_flags.items():
        if key not in possible:
            continue
        for number, condition in enumerate(flag.when):
            evidence = _holds(condition, flag, case)
            if evidence is not None:
                _meet(case, flag, evidence, number)
                break


def flags_before(case: _Case) -> None:
    """Red flags met earlier in this talk: what is told now does not undo them."""
    for flag_id in case.earlier.red_flags:
        flag = case.knowledge.red_flags.get(flag_id)
        if flag is not None:
            _meet(case, flag, ())


def calendar(case: _Case) -> None:
    """What the treatment's calendar says of each symptom on this day.

    On an unknown day it decides nothing: the symptom's own level counts, which is meant for that,
    and a red flag's window from day 0 holds. The row is shown all the same.
    """
    for finding in case.told:
        for treatment in case.treatments:
            rows = [row for row in treatment.expected if row.symptom == finding.symptom]
            row = _row_of_day(rows, case.days)
            if row is None:
                continue
            case.expected.append(row)
            if case.days is None:
                continue
            name = case.knowledge.symptoms[finding.symptom].name
            case.reasons.append(
                Reason(
                    "calendar",
                    row.level,
                    f"{name} on day {int(case.days)} after {treatment.name}",
                    origin(row.text),
                    (finding.evidence,),
                )
            )


def symptom_levels(case: _Case) -> None:
    """The level of each symptom for which no calendar row speaks."""
    covered = {row.symptom for row in case.expected} if case.days is not None else frozenset()
    for finding in case.told:
        if finding.symptom in covered:
            continue
        symptom = case.knowledge.symptoms[finding.symptom]
        level = symptom.level
        if not case.treatments and symptom.untreated_level is not None:
            level = symptom.untreated_level
        if not case.treatments and case.reading.treatments and level.rank <= 2:
            level = Level.INFO  # a treatment is only asked about
        if finding.status is Status.RESOLVED and level.rank > Level.SELF_CARE.rank:
            level = _lower_by_one(level)
        case.reasons.append(
            Reason(
                "symptom",
                level,
                symptom.name,
                case.file("symptoms", finding.symptom),
                (finding.evidence,),
            )
        )


def severity_and_trend(case: _Case) -> None:
    """Told as severe or getting worse: at least a call to the clinic, severe and worse: today."""
    for finding in case.present:
        if not case.treatments:
            continue
        if finding.mild and not finding.severe:
            continue
        if finding.severe and finding.worse:
            level = Level.URGENT
        elif finding.severe or finding.worse:
            level = Level.CONTACT_CLINIC
        else:
            continue
        name = case.knowledge.symptoms[finding.symptom].name
        told = " and ".join(
            word
            for word, is_told in (("severe", finding.severe), ("getting worse", finding.worse))
            if is_told
        )
        case.reasons.append(
            Reason(
                "severity",
                level,
                f"{name}, told as {told}",
                case.file("symptoms", finding.symptom),
                (finding.evidence,),
            )
        )


def repeated(case: _Case) -> None:
    """Coming back with the same thing, or saying that it is worse, raises the level by one."""
    earlier = case.earlier
    if earlier.level is None or earlier.level is Level.INFO:
        return
    now = {f.symptom for f in case.reading.findings if f.status is Status.PRESENT}
    same = now & set(earlier.symptoms)
    worse = case.reading.worse
    if not (same or worse):
        return
    # "it's worse" raises by one, not once more for what was told before it
    counted = [r.level for r in case.reasons if same or r.step != "severity"]
    current = highest(*counted, earlier.level)
    level = current if current is Level.EMERGENCY else _raise_by_one(current)
    if level is Level.EMERGENCY and not (worse and current is Level.URGENT):
        level = current
    case.repeated = True
    text = "you say that it is getting worse" if worse else "you came back with the same thing"
    case.reasons.append(Reason("repeated", level, text, Origin("docs/triage-policy.md", 1)))


def raised_before(case: _Case) -> None:
    """What raised the level earlier in this talk still counts."""
    if case.earlier.floor is not None:
        text = "earlier in this talk it was more urgent"
        case.reasons.append(
            Reason("repeated", case.earlier.floor, text, Origin("docs/triage-policy.md", 1))
        )


STEPS: tuple[Callable[[_Case], None], ...] = (
    red_flag_signs,
    red_flag_conditions,
    flags_before,
    calendar,
    symptom_levels,
    severity_and_trend,
    repeated,
    raised_before,
)
"""The decision, most urgent first."""


def recalled(reading: Reading, earlier: Earlier) -> tuple[Finding, ...]:
    """Findings from before the message that it does not mention; worse, if it says so of nothing
    else."""
    mentioned = {f.symptom for f in reading.findings}
    worse = reading.worse and not any(f.worse for f in reading.findings)
    return tuple(
        replace(f, worse=f.worse or worse) for f in earlier.told if f.symptom not in mentioned
    )


def assess(
    knowledge: Knowledge,
    reading: Reading,
    earlier: Earlier | None = None,
    *,
    level_only: bool = False,
) -> Assessment:
    """Decide how soon the person should get help, and collect what speaks to it.

    ``level_only`` leaves the topics out, for whoever only asks what an answer would change.

    Source: the triage policy in docs/triage-policy.md; every rule names its own sources.
    """
    earlier = earlier or Earlier()
    had = reading.had or earlier.treatments
    treatments = tuple(knowledge.treatments[slug] for slug in had if slug in knowledge.treatments)
    case = _Case(
        knowledge=knowledge,
        reading=reading,
        earlier=earlier,
        treatments=treatments,
        groups=frozenset(group for slug in had for group in knowledge.groups(slug)),
        days=reading.days if reading.days is not None else earlier.days,
    )
    for step in STEPS:
        step(case)
    level = highest(*(reason.level for reason in case.reasons))
    symptoms = tuple(dict.fromkeys(f.symptom for f in case.told))
    topics = [] if level_only else _topics(case, symptoms)
    return Assessment(
        reading=reading,
        findings=case.findings,
        level=level,
        reasons=tuple(sorted(case.reasons, key=lambda r: -r.level.rank)),
        red_flags=tuple(sorted(case.flags, key=lambda m: -m.flag.level.rank)),
        treatments=treatments,
        days=case.days,
        symptoms=symptoms,
        expected=tuple(dict.fromkeys(case.expected)),
        topics=tuple(topic for _, topic in topics),
        topic_ids=tuple(key for key, _ in topics),
        sounds_like_danger=_sounds_like_danger(case, level),
        repeated=case.repeated,
    )


def _sounds_like_danger(case: _Case, level: Level) -> bool:
    """Whether to ask for danger signs that nobody wrote a pattern for (docs/safety-net.md)."""
    if level is Level.EMERGENCY or not (case.treatments or case.told):
        return False
    return case.reading.danger >= ASK_FROM


# -- what the steps share ------------------------------------------------------------------------


def _after(treatments: Iterable[str], case: _Case) -> bool:
    """Whether one of the slugs or groups was had; ``any`` holds always."""
    wanted = set(treatments)
    return "any" in wanted or bool(wanted & case.groups)


def _meet(
    case: _Case, flag: RedFlag, evidence: Sequence[Evidence], condition: int | None = None
) -> None:
    if any(met.flag.id == flag.id for met in case.flags):
        return
    case.flags.append(MetFlag(flag, tuple(evidence), condition))
    case.reasons.append(
        Reason("red flag", flag.level, flag.title, case.file("red_flags", flag.id), tuple(evidence))
    )


def _holds(condition: Condition, flag: RedFlag, case: _Case) -> list[Evidence] | None:
    """The words that meet the condition, or None."""
    if not _after(condition.treatments or flag.treatments, case):
        return None
    if condition.area is not None and condition.area not in case.reading.areas:
        return None
    findings = case.present
    if condition.days is not None and not in_window(
        condition.days, case.days, told_since(condition, findings)
    ):
        return None
    if condition.any_of and not case.present_slugs.intersection(condition.any_of):
        return None
    if not case.present_slugs.isdisjoint(condition.unless):
        return None
    used: list[Finding] = []
    for wanted in (condition.any_of, condition.with_any, condition.and_any):
        if not wanted:
            continue
        match = next(
            (
                f
                for f in findings
                if f.symptom in wanted
                and f.symptom not in {u.symptom for u in used}
                and (used or told_as(condition, f))
            ),
            None,
        )
        if match is None:
            return None
        used.append(match)
    return [finding.evidence for finding in used]


def told_since(condition: Condition, findings: Sequence[Finding]) -> float | None:
    """For how many days all the signs of a condition have been there; None if one has no time."""
    lengths = [f.since for f in findings if f.symptom in condition.any_of]
    return min((d for d in lengths if d is not None), default=None) if None not in lengths else None


def in_window(window: DayRange, days: float | None, began: float | None = None) -> bool:
    """On an unknown day a window that starts at the treatment holds: doubt raises.

    Not if the signs themselves are older than the window: "bluish for months".
    """
    if days is not None:
        return window.covers(days)
    over = window.last is not None and began is not None and began > window.last
    return window.first == 0 and not over


def told_as(condition: Condition, finding: Finding) -> bool:
    """Whether a finding is told in the way that a condition asks for."""
    return (
        (not condition.severe or finding.severe)
        and (not condition.sudden or finding.sudden)
        and (not condition.worse or finding.worse)
        and (not condition.one_sided or finding.one_sided)
    )


def _row_of_day(rows: Sequence[Expected], days: float | None) -> Expected | None:
    if days is not None:
        covering = [row for row in rows if row.days.covers(days)]
        return max(covering, key=lambda row: row.level.rank, default=None)
    usable = [row for row in rows if row.level is not Level.EMERGENCY]
    return max(usable, key=lambda row: row.level.rank, default=None)


def _lower_by_one(level: Level) -> Level:
    return list(Level)[level.rank - 1]


def _raise_by_one(level: Level) -> Level:
    return list(Level)[min(level.rank + 1, Level.EMERGENCY.rank)]


def _topics(case: _Case, symptoms: Sequence[str]) -> list[tuple[str, Topic]]:
    """Topics of the treatments that share symptoms, those with the main symptom first.

    Where no topic names a symptom told, those on its broader symptoms are taken.
    """
    found = _sharing(case, symptoms)
    if not found:
        wider = {broad for slug in symptoms for broad in case.knowledge.symptoms[slug].broader}
        found = _sharing(case, sorted(wider))
    # a topic that is about something else is shown only if no topic is about what is told
    fitting = [item for item in found if item[2].symptoms[0] in symptoms] or found
    return [(key, topic) for _, key, topic in fitting[:MAX_TOPICS]]


def _sharing(case: _Case, symptoms: Sequence[str]) -> list[tuple[float, str, Topic]]:
    """Topics of the treatments that share symptoms, the best match first."""
    about, table = case.knowledge.topics_by_symptom, case.knowledge.topics
    keys = {
        key for had in case.treatments for slug in symptoms for key in about.get((had.id, slug), ())
    }
    scored = []
    for key in keys:
        topic = table[key]
        shared = [s for s in topic.symptoms if s in symptoms]
        main = topic.symptoms[0] in symptoms
        weight = (3.0 if main else 0.0) + len(shared) / len(topic.symptoms) + len(shared)
        scored.append((-weight, key, topic))
    return sorted(scored, key=lambda item: item[:2])
