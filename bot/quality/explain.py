"""Why a message got its level, what nearly changed it, and what would.

Everything is worked out afterwards from the trace of a reading and the knowledge: the way of an
answer knows nothing of it. ``explain`` takes some 200 ms, most of it for trying what would change
the level.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.content.knowledge import origin
from bot.conversation.engine import Engine
from bot.quality.changes import Change, changes_of
from bot.quality.nearly import Lines, NearRule, how, nearly
from bot.triage.assess import assess
from bot.triage.assessment import Assessment, Earlier, Reason
from bot.understanding.index import Hit
from bot.understanding.phrases import Kind, Meaning
from bot.understanding.read import Trace
from bot.understanding.reading import TRAITS, Evidence

_READ_AS: tuple[tuple[Kind, str], ...] = (
    ("treatment", "treatment"),
    ("quality", "how it is told"),
    ("cue", "cue"),
    ("place", "place"),
    ("area", "place"),
    ("had", "about the treatment"),
    ("planned", "about the treatment"),
    ("future", "about the treatment"),
    ("to_come", "about the treatment"),
)
"""Kinds of phrases in the order in which they give a word its colour, after signs and times."""
CODES = {
    "danger sign": "D",
    "symptom": "S",
    "treatment": "T",
    "time": "t",
    "how it is told": "h",
    "cue": "c",
    "place": "p",
    "about the treatment": "a",
    "said not to be there": "n",
    "silenced": "x",
}
"""A letter for each kind, so that colour is not all that tells them apart."""
_SILENT: tuple[Kind, ...] = ("idiom", "symptom_never", "flag_never")
_DENIALS: tuple[Kind, ...] = ("symptom_denial", "flag_denial")


@dataclass(frozen=True, slots=True)
class Label:
    """What a word was read as."""

    kind: str
    """One of ``CODES``."""
    name: str
    phrase: str
    origin: str
    """file:line, empty where no line of the knowledge stands behind it."""


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word of the message."""

    before: str
    """What stands between the word before and this one."""
    typed: str
    read_as: str
    """Empty if it was read as typed."""
    labels: tuple[Label, ...]
    scopes: tuple[int, ...]
    """Numbers of the scopes that it stands in."""
    known: bool
    """Whether any phrase of the knowledge holds it."""


@dataclass(frozen=True, slots=True)
class ReadScope:
    """What a cue acts on."""

    status: str
    cue: str
    """The words of the cue."""
    words: str
    """The words that it acts on."""
    origin: str


@dataclass(frozen=True, slots=True)
class Told:
    """A treatment, symptom or sign as it was read."""

    kind: str
    name: str
    how: str
    words: str
    phrase: str
    origin: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that fired."""

    level: str
    step: str
    text: str
    words: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Explanation:
    """Everything about one message, for a maintainer."""

    text: str
    level: str
    days: float | None
    day_words: tuple[str, ...]
    """The times found, with what they were read as."""
    treatments: tuple[str, ...]
    words: tuple[ReadWord, ...]
    rest: str
    """What stands after the last word."""
    repairs: tuple[tuple[str, str], ...]
    scopes: tuple[ReadScope, ...]
    told: tuple[Told, ...]
    rules: tuple[Rule, ...]
    nearly: tuple[NearRule, ...]
    changes: tuple[Change, ...]
    entries: tuple[tuple[str, str], ...]
    """Expert views shown: id and file."""
    asks: bool
    """Whether the safety net asks for danger signs."""

    def as_dict(self) -> dict[str, Any]:
        """For machines and for the page."""
        return asdict(self)


def explain(
    engine: Engine,
    text: str,
    folder: Path,
    earlier: Earlier | None = None,
    *,
    today: dt.date | None = None,
) -> Explanation:
    """Explain what is made of a message.

    Args:
        engine: Over the knowledge.
        text: As typed.
        folder: Where that knowledge stands, for the lines of rules.
        earlier: What is known of the talk from before.
        today: The person's day.
    """
    earlier = earlier or Earlier()
    trace = engine.reader.trace(text, today=today, treatments=earlier.treatments)
    found = assess(engine.knowledge, trace.reading, earlier)
    lines = Lines(folder, engine.knowledge)
    words = tuple(_words(trace, engine))
    return Explanation(
        text=text,
        level=found.level.value,
        days=found.days,
        day_words=tuple(_times(trace)),
        treatments=tuple(treatment.id for treatment in found.treatments),
        words=words,
        rest=text[sum(len(word.before) + len(word.typed) for word in words) :],
        repairs=tuple((repair.typed, repair.read_as) for repair in trace.reading.repairs),
        scopes=tuple(_scopes(trace)),
        told=tuple(_told(found, lines)),
        rules=tuple(_rule(reason, found, lines) for reason in found.reasons),
        nearly=tuple(nearly(engine, trace, found, lines)),
        changes=changes_of(engine, found, earlier, today=today),
        entries=tuple((key, engine.knowledge.files[f"views:{key}"]) for key in found.topic_ids),
        asks=found.sounds_like_danger,
    )


def kinds_of(explanation: Explanation) -> list[str]:
    """The kinds that stand in a message, for its legend."""
    seen = {word.labels[0].kind for word in explanation.words if word.labels}
    return [kind for kind in CODES if kind in seen]


# -- the words -----------------------------------------------------------------------------------


def _words(trace: Trace, engine: Engine) -> Iterator[ReadWord]:
    tokens = trace.tokens
    labels = _labels(trace)
    vocabulary = engine.reader.vocabulary
    scopes = _all_scopes(trace)
    number, total, done = 0, len(tokens.forms), 0
    while number < total:
        span = tokens.spans[number]
        group = [number]
        while number + 1 < total and tokens.spans[number + 1] == span:  # one word read as several
            number += 1
            group.append(number)
        number += 1
        typed = tokens.text[span[0] : span[1]]
        repair = next((r for r in trace.reading.repairs if r.start == span[0]), None)
        yield ReadWord(
            tokens.text[done : span[0]],
            typed,
            repair.read_as if repair else "",
            tuple(dict.fromkeys(label for n in group for label in labels.get(n, ()))),
            tuple(
                i
                for i, scope in enumerate(scopes)
                if any(scope.first <= n <= scope.last for n in group)
            ),
            any(tokens.forms[n] in vocabulary or tokens.forms[n].isdigit() for n in group),
        )
        done = span[1]


def _labels(trace: Trace) -> dict[int, list[Label]]:
    """What each word was read as, the most important first."""
    found: dict[int, list[Label]] = {}

    def add(hits: Iterable[Hit[Meaning]], kind: str) -> None:
        for hit in hits:
            meaning = hit.payload
            label = Label(kind, meaning.name, meaning.phrase, _place(meaning.phrase))
            for word in hit.covered:
                found.setdefault(word, []).append(label)

    add(trace.flags, "danger sign")
    add(trace.symptoms, "symptom")
    for kind in _DENIALS:
        add(trace.groups.get(kind, ()), "said not to be there")
    for time in trace.times:
        label = Label("time", f"{time.days:g} days ({time.kind.replace('_', ' ')})", "", "")
        for word in range(time.first, time.last + 1):
            found.setdefault(word, []).append(label)
    for kind, name in _READ_AS:
        add(trace.groups.get(kind, ()), name)
    kept = {(hit.payload.phrase, hit.covered) for hit in (*trace.symptoms, *trace.flags)}
    gone = [
        hit
        for hit in (*trace.groups.get("symptom", ()), *trace.groups.get("flag", ()))
        if (hit.payload.phrase, hit.covered) not in kept
    ]
    for kind in _SILENT:
        silencing = trace.groups.get(kind, ())
        add((h for h in silencing if any(h.overlaps(other) for other in gone)), "silenced")
    return found


def _all_scopes(trace: Trace) -> list[Any]:
    return [scope for sentence in sorted(trace.scopes) for scope in trace.scopes[sentence]]


def _scopes(trace: Trace) -> Iterator[ReadScope]:
    for scope in _all_scopes(trace):
        if scope.last < scope.first:
            yield ReadScope(
                scope.status.value, _said(trace, scope.cue), "", _place(scope.cue.payload.phrase)
            )
            continue
        start, end = trace.tokens.spans[scope.first][0], trace.tokens.spans[scope.last][1]
        yield ReadScope(
            scope.status.value,
            _said(trace, scope.cue),
            trace.tokens.text[start:end],
            _place(scope.cue.payload.phrase),
        )


def _times(trace: Trace) -> Iterator[str]:
    tokens = trace.tokens
    for time in trace.times:
        words = tokens.text[tokens.spans[time.first][0] : tokens.spans[time.last][1]]
        yield f"{words}: {time.days:g} days ({time.kind.replace('_', ' ')})"


def _said(trace: Trace, hit: Hit[Meaning]) -> str:
    tokens = trace.tokens
    return tokens.text[tokens.spans[hit.first][0] : tokens.spans[hit.last][1]]


def _place(text: str) -> str:
    where = origin(text)
    return str(where) if where.line else ""


# -- what was told, and the rules that fired -------------------------------------------------------


def _told(found: Assessment, lines: Lines) -> Iterator[Told]:
    reading = found.reading
    for mention in reading.treatments:
        when = f", day {mention.days:g}" if mention.days is not None else ""
        told = ("had" if mention.had else "asked about") + when
        as_told = _as_told("treatment", mention.treatment, told, mention.evidence)
        if not mention.evidence.origin.line:  # a brand, which is matched as written
            as_told = replace(as_told, origin=lines.of("treatments", mention.treatment, "brands"))
        yield as_told
    for finding in found.findings:
        traits = [trait.replace("_", " ") for trait in TRAITS if getattr(finding, trait)]
        if finding.side:
            traits.append(f"side: {finding.side}")
        if finding.since is not None:
            traits.append(f"since {finding.since:g} days")
        told = ", ".join([how(finding.status, finding.cue), *traits])
        yield _as_told("symptom", finding.symptom, told, finding.evidence)
    for sign in reading.signs:
        yield _as_told("danger sign", sign.red_flag, how(sign.status, sign.cue), sign.evidence)


def _as_told(kind: str, name: str, told: str, evidence: Evidence) -> Told:
    return Told(kind, name, told, evidence.words, evidence.phrase, str(evidence.origin))


def _rule(reason: Reason, found: Assessment, lines: Lines) -> Rule:
    where = str(reason.origin)
    if reason.step == "red flag":
        where = _line_of_flag(reason, found, lines)
    elif reason.step in ("symptom", "severity"):
        key = Path(reason.origin.path).stem
        where = lines.of("symptoms", key, "level")
    words = tuple(dict.fromkeys(e.words for e in reason.evidence if e.words))
    return Rule(reason.level.value, reason.step, reason.text, words, where)


def _line_of_flag(reason: Reason, found: Assessment, lines: Lines) -> str:
    """The line of the phrase or of the condition that met a red flag."""
    met = next(met for met in found.red_flags if met.flag.title == reason.text)
    if met.condition is not None:
        return lines.of("red_flags", met.flag.id, "when", met.condition)
    signs = (sign.evidence for sign in found.reading.signs if sign.red_flag == met.flag.id)
    said = next((evidence for evidence in signs if evidence in met.evidence), None)
    return str(said.origin) if said else lines.of("red_flags", met.flag.id)
