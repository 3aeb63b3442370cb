"""Rules that nearly fired, and what each lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from textwrap import shorten

from bot.content.knowledge import Knowledge, origin
from bot.content.models import Condition, RedFlag
from bot.content.yamlfile import YamlDocument, parse_file
from bot.conversation.engine import Engine
from bot.triage.assess import in_window, told_as, told_since
from bot.triage.assessment import Assessment
from bot.understanding.index import Hit, Near
from bot.understanding.phrases import Kind, Meaning
from bot.understanding.read import Trace
from bot.understanding.reading import Finding, Status
from bot.understanding.vocabulary import frequency

SAYS_SOMETHING = 100_000_000
"""A word that a list of common words counts less often than this means something by itself."""
UNUSUAL = 30_000_000
"""A word below this count that nothing has read may stand for one that a phrase wants."""
MOST_OF_ONE = 2
"""Rules listed of one entry."""
LONGEST = 110
"""Characters of a phrase that are shown; its line tells the rest."""
MOST_PHRASES = 6
"""Phrases listed that miss a word or stand too far apart."""
_TOLD = (Status.PRESENT, Status.RESOLVED)


@dataclass(frozen=True, slots=True)
class NearRule:
    """A rule that did not fire, and what it lacks."""

    kind: str
    """red flag or symptom."""
    name: str
    level: str
    has: str
    """What of it the message tells."""
    lacks: str
    origin: str


class Lines:
    """The lines of rules, from the files of the knowledge."""

    def __init__(self, folder: Path, knowledge: Knowledge) -> None:
        self._folder = folder
        self._knowledge = knowledge
        self._read: dict[str, YamlDocument | None] = {}

    def of(self, kind: str, key: str, *loc: str | int) -> str:
        """file:line of a place in the file of an entry."""
        shown = self._knowledge.files[f"{kind}:{key}"]
        if shown not in self._read:
            self._read[shown] = parse_file(self._folder.parent / shown, shown)[0]
        document = self._read[shown]
        line = document.place(loc)[0] if document else 1
        return f"{shown}:{line}"


_HOW = {
    Status.PRESENT: "there",
    Status.RESOLVED: "was there, is over",
    Status.DENIED: "denied",
    Status.HYPOTHETICAL: "asked about or feared",
    Status.HISTORY: "from before",
    Status.OTHER_PERSON: "of somebody else",
}


def how(status: Status, cue: str | None) -> str:
    """A status in words, with the cue that decided it."""
    return _HOW[status] + (f" by '{cue}'" if cue and status is not Status.PRESENT else "")


def nearly(engine: Engine, trace: Trace, found: Assessment, lines: Lines) -> Iterator[NearRule]:
    """Rules that nearly fired, the most urgent first."""
    rules = [
        *_signs(trace, found, engine.knowledge),
        *_conditions(found, engine.knowledge, lines),
        *_not_told(trace, found, engine.knowledge),
        *islice(_phrases(engine, trace, found), MOST_PHRASES),
    ]
    yield from dict.fromkeys(rules)


# -- red flags -----------------------------------------------------------------------------------


def _signs(trace: Trace, found: Assessment, knowledge: Knowledge) -> Iterator[NearRule]:
    """Words that would meet a red flag, but are denied, silenced, or told of another treatment."""
    met = {m.flag.id for m in found.red_flags}
    for sign in found.reading.signs:
        if sign.red_flag in met:
            continue
        flag = knowledge.red_flags[sign.red_flag]
        lacks = f"it is {how(sign.status, sign.cue)}"
        if sign.status is Status.PRESENT:
            lacks = _needs(flag.treatments, found)
        yield NearRule(
            "red flag",
            flag.id,
            flag.level.value,
            sign.evidence.words,
            lacks,
            str(sign.evidence.origin),
        )
    kept = {id(hit) for hit in trace.flags}
    for hit in trace.groups.get("flag", ()):
        if id(hit) not in kept and hit.payload.name not in met:
            flag = knowledge.red_flags[hit.payload.name]
            by = _silencer(hit, trace, "flag_never")
            yield _of_phrase("red flag", flag.level.value, hit, trace, by)


def _conditions(found: Assessment, knowledge: Knowledge, lines: Lines) -> Iterator[NearRule]:
    """Conditions of which one thing does not hold."""
    met = {m.flag.id for m in found.red_flags}
    spoken_of = {finding.symptom for finding in found.findings}
    rules: list[tuple[int, int, NearRule]] = []
    for flag in knowledge.red_flags.values():
        if flag.id in met:
            continue
        near = []
        for number, condition in enumerate(flag.when):
            has = [slug for slug in condition.any_of if slug in spoken_of]
            lacks = unmet(condition, flag, found, knowledge)
            if not has or len(lacks) != 1:
                continue  # a symptom that only adds to another is no near miss by itself
            others = {*condition.with_any, *condition.and_any} & spoken_of
            has = list(dict.fromkeys((*has, *sorted(others))))
            where = lines.of("red_flags", flag.id, "when", number)
            rule = NearRule("red flag", flag.id, flag.level.value, ", ".join(has), lacks[0], where)
            near.append((-flag.level.rank, _farness(lacks[0]), rule))
        rules += sorted(near, key=lambda item: item[1])[:MOST_OF_ONE]
    yield from (rule for _, _, rule in sorted(rules, key=lambda item: item[:2]))


def unmet(
    condition: Condition, flag: RedFlag, found: Assessment, knowledge: Knowledge
) -> list[str]:
    """What a condition lacks; nothing if it holds, as ``bot.triage.assess`` decides it."""
    lacks = []
    wanted = condition.treatments or flag.treatments
    if not _had(wanted, found):
        lacks.append(_needs(wanted, found))
    if condition.area is not None and condition.area not in found.reading.areas:
        lacks.append(f"no word of {{{condition.area}}} in the message")
    present = [f for f in found.findings if f.status is Status.PRESENT]
    since = told_since(condition, present)
    if condition.days is not None and not in_window(condition.days, found.days, since):
        if found.days is not None:
            lacks.append(f"outside days {condition.days}: it is day {int(found.days)}")
        elif since is not None:
            lacks.append(f"only on days {condition.days}, and it is there for {since:g} days")
        else:
            lacks.append(f"only on days {condition.days}, and no day is told")
    explained = sorted({f.symptom for f in present} & set(condition.unless))
    if explained:
        lacks.append(f"not where {' or '.join(explained)} is told, which explains it")
    used: set[str] = set()
    for symptoms in (condition.any_of, condition.with_any, condition.and_any):
        if not symptoms:
            continue
        others = [f for f in present if f.symptom in symptoms and f.symptom not in used]
        match = next((f for f in others if used or told_as(condition, f)), None)
        if match is not None:
            used.add(match.symptom)
        elif others:
            lacks.append(f"{others[0].symptom} is not told as {_traits(condition, others[0])}")
        else:
            lacks.append(_missing(symptoms, used, found, knowledge))
    return lacks


def _traits(condition: Condition, finding: Finding) -> str:
    names = ("severe", "sudden", "worse", "one_sided")
    lacking = [n for n in names if getattr(condition, n) and not getattr(finding, n)]
    return " and ".join(name.replace("_", " ") for name in lacking)


def _missing(
    symptoms: tuple[str, ...], used: set[str], found: Assessment, knowledge: Knowledge
) -> str:
    left = [slug for slug in symptoms if slug not in used]
    for finding in found.findings:
        if finding.symptom in left:
            return f"{finding.symptom} is {how(finding.status, finding.cue)}"
    names = [slug for slug in left if slug in knowledge.symptoms]
    return f"{_LACKS} {_listed(names)}" if names else f"{_LACKS} another symptom"


def _had(wanted: tuple[str, ...], found: Assessment) -> bool:
    groups = {g for treatment in found.treatments for g in (treatment.id, *treatment.groups)}
    return "any" in wanted or not groups.isdisjoint(wanted)


def _farness(lack: str) -> int:
    """A day, a denial or a way of telling is nearer than another symptom or treatment."""
    return 2 if lack.startswith(_ONLY_AFTER) else 1 if lack.startswith(_LACKS) else 0


_ONLY_AFTER, _LACKS = "only after", "lacks"


def _needs(wanted: tuple[str, ...], found: Assessment) -> str:
    told = ", ".join(treatment.id for treatment in found.treatments) or "none"
    return f"{_ONLY_AFTER} {_listed(wanted)}; the treatment told is {told}"


def _listed(names: tuple[str, ...] | list[str], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return (
        f"one of {shown} and {len(names) - most} more"
        if len(names) > most
        else (f"one of {shown}" if len(names) > 1 else shown)
    )


# -- symptoms ------------------------------------------------------------------------------------


def _not_told(trace: Trace, found: Assessment, knowledge: Knowledge) -> Iterator[NearRule]:
    """Symptoms that are read, but as denied, asked about, from before or of others, or silenced."""
    for finding in found.reading.findings:
        if finding.status in _TOLD or finding.symptom in found.symptoms:
            continue
        level = knowledge.symptoms[finding.symptom].level.value
        yield NearRule(
            "symptom", finding.symptom, level, finding.evidence.words,
            f"it is {how(finding.status, finding.cue)}", str(finding.evidence.origin),
        )  # fmt: skip
    having = {g for t in found.treatments for g in (t.id, *t.groups)} | (
        {"any"} if found.treatments else set()
    )
    kept = {(hit.payload.phrase, hit.covered) for hit in trace.symptoms}
    for hit in trace.groups.get("symptom", ()):
        name, needs = hit.payload.name, hit.payload.needs
        if (hit.payload.phrase, hit.covered) in kept or name in found.symptoms:
            continue
        if needs is not None and needs not in having:
            after = "any treatment" if needs == "any" else needs
            lacks = f"means this only after {after}"
        else:
            lacks = _silencer(hit, trace, "symptom_never")
        yield _of_phrase("symptom", knowledge.symptoms[name].level.value, hit, trace, lacks)


def _silencer(hit: Hit[Meaning], trace: Trace, never: Kind) -> str:
    by = [h for h in trace.groups.get("idiom", ()) if h.overlaps(hit)]
    by += [
        h
        for h in trace.groups.get(never, ())
        if h.overlaps(hit) and h.payload.name == hit.payload.name
    ]
    if not by:
        return "silenced"
    return f"silenced by the look-alike `{by[0].payload.phrase}` ({origin(by[0].payload.phrase)})"


def _of_phrase(kind: str, level: str, hit: Hit[Meaning], trace: Trace, lacks: str) -> NearRule:
    tokens = trace.tokens
    said = tokens.text[tokens.spans[hit.first][0] : tokens.spans[hit.last][1]]
    return NearRule(kind, hit.payload.name, level, said, lacks, str(origin(hit.payload.phrase)))


# -- phrases ---------------------------------------------------------------------------------------


def _phrases(engine: Engine, trace: Trace, found: Assessment) -> Iterator[NearRule]:
    """Phrases that miss one word, or whose words stand too far apart."""
    tokens = trace.tokens
    known = {*found.symptoms, *(m.flag.id for m in found.red_flags)}
    known |= {f.symptom for f in found.findings} | {s.red_flag for s in found.reading.signs}
    read = {word for hit in (*trace.flags, *trace.symptoms) for word in hit.covered}
    taken = set(read)
    for time in trace.times:
        taken.update(range(time.first, time.last + 1))
    kinds: tuple[Kind, ...] = ("treatment", "quality", "cue", "place")
    for kind in kinds:
        taken |= {w for hit in trace.groups.get(kind, ()) for w in hit.covered}
    forms = tokens.forms
    free = [n for n, form in enumerate(forms) if n not in taken and frequency(form) < UNUSUAL]
    near = [n for n in engine.reader.nearly(trace, free) if n.hit.payload.name not in known]
    levels = {
        **{slug: symptom.level for slug, symptom in engine.knowledge.symptoms.items()},
        **{slug: flag.level for slug, flag in engine.knowledge.red_flags.items()},
    }

    def there(item: Near[Meaning]) -> list[int]:
        return [word for word in item.hit.covered if word != item.stands_in]

    def rank(item: Near[Meaning]) -> tuple[int, int, int]:
        """The more words stand there and the closer, the nearer; then the more urgent."""
        loose = item.hit.last - item.hit.first + 1 - len(item.hit.covered)
        return -len(there(item)), loose, -levels[item.hit.payload.name].rank

    counts: dict[str, int] = {}
    for item in sorted(near, key=rank):
        if all(w in read or frequency(forms[w]) >= SAYS_SOMETHING for w in there(item)):
            continue  # words that stand everywhere, or that tell of something else already
        name = item.hit.payload.name
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > MOST_OF_ONE:
            continue
        phrase = shorten(item.hit.payload.phrase, LONGEST, placeholder=" …")
        if item.stands_in is None:
            lacks = f"`{phrase}`: its words stand too far apart, or a mark stands between them"
        else:
            wanted = "', '".join(item.wanted[:3])
            like = " or the like" if len(item.wanted) > 3 else ""
            lacks = (
                f"`{phrase}` missed by one word: '{forms[item.stands_in]}' stands where "
                f"'{wanted}'{like} is wanted"
            )
        shown = "red flag" if item.hit.payload.kind == "flag" else "symptom"
        yield _of_phrase(shown, levels[name].value, item.hit, trace, lacks)
