"""The door of this room: ``Reader(knowledge).read(text)`` gives a ``Reading``.

One pass: words and their places, repair of typos, one look-up of all phrases, then what the
context does to them (denied, resolved, before the treatment, asked about, somebody else), then
treatments, times and symptoms. Nothing here knows levels; nothing here keeps text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.content.knowledge import Knowledge, origin
from bot.content.models import Cue
from bot.content.words import is_word, split, words_of
from bot.understanding.index import BREAK, Hit, PhraseIndex
from bot.understanding.reading import (
    Evidence,
    Finding,
    Reading,
    Repair,
    Sign,
    Status,
    TreatmentMention,
)
from bot.understanding.times import TimeExpression, TimeReader
from bot.understanding.vocabulary import MAX_REPAIRS, Vocabulary, frequency

COMMA = 2
"""Places that a comma takes: words on both sides of one are no neighbours."""
MAX_RUN = 12
"""Longest word that is looked for in writing without spaces."""
MAX_CHARS = 20_000
"""Longer texts are read up to here; Telegram's messages end at 4,096."""

_SENTENCE_ENDS = frozenset(".!?;\n…。！？‼⁉")
_SOFT = frozenset(',:()/-–—"')

Kind = Literal[
    "symptom",
    "symptom_denial",
    "symptom_never",
    "flag",
    "flag_denial",
    "flag_never",
    "treatment",
    "treatment_never",
    "cue",
    "pseudo",
    "stop",
    "takes_back",
    "turn",
    "idiom",
    "quality",
    "had",
    "planned",
    "future",
    "area",
]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a phrase of the index stands for."""

    kind: Kind
    name: str
    phrase: str
    cue: Cue | None = None
    needs: str | None = None
    """Group or slug of a treatment without which the phrase means nothing."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Words that a cue acts on."""

    status: Status
    first: int
    last: int
    cue: Hit[_Meaning]

    def acts_on(self, hit: Hit[_Meaning]) -> bool:
        cue = self.cue
        if hit.first < cue.first and cue.last < hit.last and self.status is Status.DENIED:
            return cue.payload.cue is not None and cue.payload.cue.direction == "forward"
        if cue.payload.cue is not None and cue.payload.cue.direction == "backward":
            return self.first <= hit.last <= self.last
        return self.first <= hit.first <= self.last


@dataclass(slots=True)
class _Tokens:
    """The words of a message after repair."""

    text: str
    forms: list[str]
    spans: list[tuple[int, int]]
    places: list[int]
    sentences: list[int]
    clauses: list[int]
    repairs: list[Repair]

    def evidence(self, first: int, last: int, phrase: str) -> Evidence:
        start, end = self.spans[first][0], self.spans[last][1]
        return Evidence(start, end, self.text[start:end], phrase, origin(phrase))


class Reader:
    """Compiled knowledge of language. Build it once; ``read`` is a pure function."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._times = TimeReader(knowledge.time, knowledge.other_languages)
        self._clause_starts = frozenset(
            words_of(phrase)[0] for phrase in knowledge.context.clause_starts
        )
        self._index = self._compile(knowledge)
        self._run_words = frozenset(
            word for word in self._index.vocabulary | self._times.vocabulary if word[0] >= "\u3040"
        )
        self._vocabulary = Vocabulary(
            self._index.vocabulary | self._times.vocabulary,
            knowledge.spelling.words,
            knowledge.spelling.keep,
        )

    @staticmethod
    def _compile(knowledge: Knowledge) -> PhraseIndex[_Meaning]:
        index: PhraseIndex[_Meaning] = PhraseIndex(knowledge.classes.classes, frequency)

        def add(
            phrases: Iterable[str],
            kind: Kind,
            name: str,
            cue: Cue | None = None,
            needs: str | None = None,
        ) -> None:
            for phrase in phrases:
                index.add(phrase, _Meaning(kind, name, phrase, cue, needs))

        for slug, symptom in knowledge.symptoms.items():
            add(symptom.phrases, "symptom", slug)
            for needs, phrases in symptom.with_treatment.items():
                add(phrases, "symptom", slug, needs=needs)
            add(symptom.denials, "symptom_denial", slug)
            add(symptom.never, "symptom_never", slug)
        for flag_id, flag in knowledge.red_flags.items():
            add(flag.phrases, "flag", flag_id)
            add(flag.denials, "flag_denial", flag_id)
            add(flag.never, "flag_never", flag_id)
        for slug, treatment in knowledge.treatments.items():
            add((*treatment.phrases, *map(_literal, treatment.brands)), "treatment", slug)
            add(treatment.never, "treatment_never", slug)
        for cue in knowledge.context.cues:
            add(cue.phrases, "cue", cue.meaning, cue)
        add(knowledge.context.pseudo, "pseudo", "pseudo")
        add(knowledge.context.stops, "stop", "stop")
        add(knowledge.context.turns, "turn", "turn")
        add(knowledge.context.takes_back, "takes_back", "takes_back")
        add(knowledge.idioms.idioms, "idiom", "idiom")
        for language in knowledge.other_languages.languages.values():
            for slug, phrases in language.symptoms.items():
                add(phrases, "symptom", slug)
            for slug, phrases in language.treatments.items():
                add(phrases, "treatment", slug)
            add(language.had, "had", "had")
            if language.denials:
                cue = Cue(meaning="denied", direction="forward", reach=4, phrases=language.denials)
                add(language.denials, "cue", "denied", cue)
        qualities = knowledge.qualities
        for name in ("severe", "mild", "sudden", "worse", "better", "one_sided", "both_sides"):
            add(getattr(qualities, name), "quality", name)
        add(qualities.had_treatment, "had", "had")
        add(qualities.planned_treatment, "planned", "planned")
        add(qualities.future, "future", "future")
        areas = {
            when.area for flag in knowledge.red_flags.values() for when in flag.when if when.area
        }
        for area in sorted(areas):
            add((f"{{{area}}}",), "area", area)
        index.freeze()
        return index

    # -- reading ------------------------------------------------------------------------

    def read(
        self, text: str, *, today: dt.date | None = None, treatments: Sequence[str] = ()
    ) -> Reading:
        """Read a message.

        Args:
            text: As typed.
            today: The person's day, for weekdays and dates; default the computer's.
            treatments: Slugs of treatments known from before, for phrases that mean something
                only after a treatment.
        """
        text = text[:MAX_CHARS]
        tokens = self._tokenise(text)
        if not tokens.forms:
            return Reading(text)
        hits = self._index.find(tokens.forms, tokens.places)
        groups: dict[Kind, list[Hit[_Meaning]]] = {}
        for hit in hits:
            groups.setdefault(hit.payload.kind, []).append(hit)
        times = self._times.find(tokens.forms, today or dt.date.today())  # noqa: DTZ011
        idioms = groups.get("idiom", [])
        symptoms = _without(groups.get("symptom", []), idioms, groups.get("symptom_never", []))
        flags = _without(groups.get("flag", []), idioms, groups.get("flag_never", []))
        symptoms += _taken_back(tokens, groups)
        scopes = _scopes(tokens, groups, [*symptoms, *flags])
        mentions = self._mentions(tokens, groups, times, scopes, symptoms)
        had = {m.treatment for m in mentions if m.had} | set(treatments)
        having = {group for slug in had for group in self._knowledge.groups(slug)}
        symptoms = [h for h in symptoms if h.payload.needs is None or h.payload.needs in having]
        findings = self._findings(tokens, groups, symptoms, scopes)
        signs = tuple(
            Sign(hit.payload.name, *_status(hit, scopes, tokens, groups.get("flag_denial", [])))
            for hit in flags
        )
        days = _days(mentions)
        if days is None:
            days = _loose_days(times, symptoms, bool(had))
        return Reading(
            text=text,
            treatments=tuple(mentions),
            findings=findings,
            signs=signs,
            days=days,
            repairs=tuple(tokens.repairs),
            areas=frozenset(hit.payload.name for hit in groups.get("area", ())),
            worse=any(h.payload.name == "worse" for h in groups.get("quality", ())),
        )

    def _tokenise(self, text: str) -> _Tokens:
        tokens = _Tokens(text, [], [], [], [], [], [])
        place = sentence = clause = 0
        last_end = 0
        memory: dict[str, tuple[str, ...]] = {}
        for word in split(text):
            form = word.form
            if "\n" in text[last_end : word.start]:
                place, sentence, clause = place + BREAK, sentence + 1, clause + 1
            last_end = word.end
            if not is_word(form):
                if form in _SENTENCE_ENDS:
                    place, sentence, clause = place + BREAK, sentence + 1, clause + 1
                elif form in _SOFT and form not in "-/":
                    place += COMMA
                continue
            read_as = memory.get(form)
            if read_as is None:
                read_as = self._read_word(form, len(memory))
                memory[form] = read_as
            if read_as != (form,):
                tokens.repairs.append(
                    Repair(text[word.start : word.end], " ".join(read_as), word.start)
                )
            if not word.form.isascii() and read_as == (form,) and form[0] >= "\u3040":
                for part, offset in self._segments(form):
                    tokens.forms.append(part)
                    begin = word.start + offset
                    tokens.spans.append((begin, min(begin + len(part), word.end)))
                    tokens.places.append(place)
                    tokens.sentences.append(sentence)
                    tokens.clauses.append(clause)
                    place += 1
                continue
            for part in read_as:
                if part in self._clause_starts:
                    place, clause = place + BREAK, clause + 1
                tokens.forms.append(part)
                tokens.spans.append((word.start, word.end))
                tokens.places.append(place)
                tokens.sentences.append(sentence)
                tokens.clauses.append(clause)
                place += 1
        return tokens

    def _segments(self, run: str) -> list[tuple[str, int]]:
        """Words of the knowledge inside a run of characters without spaces, the longest first."""
        found, spot = [], 0
        while spot < len(run):
            for size in range(min(MAX_RUN, len(run) - spot), 0, -1):
                if run[spot : spot + size] in self._run_words:
                    found.append((run[spot : spot + size], spot))
                    spot += size
                    break
            else:
                spot += 1
        return found or [(run, 0)]

    def _read_word(self, form: str, seen: int) -> tuple[str, ...]:
        if seen > MAX_REPAIRS * 4 and not self._vocabulary.knows(form):
            return (form,)
        return self._vocabulary.repair(form)

    # -- treatments ---------------------------------------------------------------------

    def _mentions(
        self,
        tokens: _Tokens,
        groups: dict[Kind, list[Hit[_Meaning]]],
        times: Sequence[TimeExpression],
        scopes: Sequence[_Scope],
        symptoms: Sequence[Hit[_Meaning]],
    ) -> list[TreatmentMention]:
        hits = _without(
            groups.get("treatment", []), groups.get("idiom", []), groups.get("treatment_never", [])
        )
        hits = self._specific(hits)
        real = any(
            _status(h, scopes, tokens, groups.get("symptom_denial", []))[0]
            in (Status.PRESENT, Status.RESOLVED)
            for h in symptoms
        )
        mentions = []
        for hit in hits:
            had = _was_had(hit, tokens, groups, times, scopes, real=real)
            mentions.append(
                TreatmentMention(
                    hit.payload.name,
                    had,
                    tokens.evidence(hit.first, hit.last, hit.payload.phrase),
                    _attached(hit, tokens, times, symptoms, hits) if had else None,
                )
            )
        return mentions

    def _specific(self, hits: list[Hit[_Meaning]]) -> list[Hit[_Meaning]]:
        """Of mentions on the same words the longer one, and the narrower treatment."""
        kept: list[Hit[_Meaning]] = []
        ordered = sorted(hits, key=lambda h: (-len(h.covered), h.first - h.last, h.first))
        for hit in ordered:
            broader_here = False
            for other in kept:
                if not hit.overlaps(other):
                    continue
                broader = self._knowledge.treatments[other.payload.name].broader
                if hit.payload.name == other.payload.name or hit.payload.name in broader:
                    broader_here = True
                elif hit.covered <= other.covered:
                    narrower = self._knowledge.treatments[hit.payload.name].broader
                    if other.payload.name in narrower:
                        kept.remove(other)
                    else:
                        broader_here = True
                if broader_here:
                    break
            if not broader_here:
                kept.append(hit)
        names = {hit.payload.name for hit in kept}
        # "restylane yesterday ... the filler": the general word means the special one
        dropped = {broad for name in names for broad in self._knowledge.treatments[name].broader}
        kept = [hit for hit in kept if hit.payload.name not in dropped]
        return sorted(kept, key=lambda h: h.first)

    # -- symptoms -----------------------------------------------------------------------

    def _findings(
        self,
        tokens: _Tokens,
        groups: dict[Kind, list[Hit[_Meaning]]],
        hits: Sequence[Hit[_Meaning]],
        scopes: Sequence[_Scope],
    ) -> tuple[Finding, ...]:
        denials = groups.get("symptom_denial", [])
        qualities = groups.get("quality", [])
        found: dict[tuple[str, Status], Finding] = {}
        told = [(hit, *_status(hit, scopes, tokens, denials)) for hit in hits]
        for hit, status, evidence, cue in told:
            if any(
                hit.payload.name in self._knowledge.symptoms[other.payload.name].broader
                and other_status is status
                and hit.overlaps(other)
                for other, other_status, _, _ in told
                if other.payload.name != hit.payload.name
            ):
                continue
            traits = {
                quality.payload.name
                for quality in qualities
                if tokens.clauses[quality.first] == tokens.clauses[hit.first]
                and quality.first - hit.last <= 10
                and hit.first - quality.last <= 10
            }
            key = (hit.payload.name, status)
            old = found.get(key)
            found[key] = Finding(
                symptom=hit.payload.name,
                status=status,
                evidence=old.evidence if old else evidence,
                cue=cue,
                **{
                    name: name in traits or (old is not None and getattr(old, name))
                    for name in (
                        "severe",
                        "mild",
                        "sudden",
                        "worse",
                        "better",
                        "one_sided",
                        "both_sides",
                    )
                },
            )
        for denial in denials:
            key = (denial.payload.name, Status.DENIED)
            if key in found or _in_idiom(denial, groups):
                continue
            status, _ = _first_scope(denial, scopes)
            if status in (Status.HYPOTHETICAL, Status.HISTORY):
                continue
            found[key] = Finding(
                denial.payload.name,
                Status.DENIED,
                tokens.evidence(denial.first, denial.last, denial.payload.phrase),
            )
        return tuple(sorted(found.values(), key=lambda f: (f.evidence.start, f.symptom)))


def _literal(brand: str) -> str:
    return " ".join(words_of(brand))


def _in_idiom(hit: Hit[_Meaning], groups: dict[Kind, list[Hit[_Meaning]]]) -> bool:
    return any(hit.overlaps(idiom) for idiom in groups.get("idiom", ()))


def _without(
    hits: list[Hit[_Meaning]], idioms: list[Hit[_Meaning]], nevers: list[Hit[_Meaning]]
) -> list[Hit[_Meaning]]:
    """Hits that lie in no idiom and in no look-alike of their own entry.

    A hit that covers as much outside as inside is kept: the danger sign may only touch a saying.
    """

    def silenced(hit: Hit[_Meaning], by: Hit[_Meaning]) -> bool:
        inside = sum(by.first <= word <= by.last for word in hit.covered)
        return inside * 2 > len(hit.covered)

    return [
        hit
        for hit in hits
        if not any(silenced(hit, idiom) for idiom in idioms)
        and not any(
            never.payload.name == hit.payload.name and silenced(hit, never) for never in nevers
        )
    ]


def _scopes(
    tokens: _Tokens, groups: dict[Kind, list[Hit[_Meaning]]], signs: list[Hit[_Meaning]]
) -> list[_Scope]:
    """What each cue acts on."""
    cues = groups.get("cue", [])
    if not cues:
        return []
    taken = {word for sign in signs for word in sign.covered}
    pseudo = groups.get("pseudo", [])
    again = {"again", "another"} & set(tokens.forms)
    stops = sorted(hit.first for hit in groups.get("stop", []))
    turns = sorted(hit.first for hit in groups.get("turn", []))
    treated = groups.get("treatment", [])
    scopes: list[_Scope] = []
    total = len(tokens.forms)
    kept: list[Hit[_Meaning]] = []
    for hit in sorted(cues, key=lambda h: (h.first - h.last, h.first)):
        if any(
            other.overlaps(hit)
            and other.payload.name == hit.payload.name
            and other.first <= hit.first
            and hit.last <= other.last
            and other is not hit
            and (other.first, other.last) != (hit.first, hit.last)
            for other in kept
        ):
            continue
        kept.append(hit)
    for hit in kept:
        cue = hit.payload.cue
        assert cue is not None
        if any(p.overlaps(hit) and len(p.covered) >= len(hit.covered) for p in pseudo):
            continue
        if cue.meaning in ("other_person", "history") and any(
            -5 <= t.first - hit.last <= 5
            and tokens.sentences[t.first] == tokens.sentences[hit.first]
            for t in treated
        ):
            continue  # "my mum had filler", "filler 3 years ago": it tells of the treatment
        if cue.meaning == "denied" and _negators(hit, tokens) <= taken:
            continue
        if cue.meaning == "history" and again:
            continue
        sentence, clause = tokens.sentences[hit.first], tokens.clauses[hit.first]
        if cue.direction == "forward":
            # from the second word of the cue on: "dont have" also denies "have a fever"
            first, last = hit.first + 1, min(total - 1, hit.last + cue.reach)
            while last >= first and tokens.sentences[last] != sentence:
                last -= 1
            for stop in stops if cue.meaning == "denied" else turns:
                if first <= stop <= last and stop > hit.last:
                    last = stop - 1
                    break
        elif cue.direction == "backward":
            first, last = max(0, hit.first - cue.reach), hit.first - 1
            while first <= last and tokens.sentences[first] != sentence:
                first += 1
        else:
            first = last = hit.first
            while first and tokens.clauses[first - 1] == clause:
                first -= 1
            while last + 1 < total and tokens.clauses[last + 1] == clause:
                last += 1
        scopes.append(_Scope(Status(cue.meaning), first, last, hit))
    return scopes


def _taken_back(tokens: _Tokens, groups: dict[Kind, list[Hit[_Meaning]]]) -> list[Hit[_Meaning]]:
    """Denials that the next words take back ("i can breathe, but barely"): they become signs."""
    backs = groups.get("takes_back")
    if not backs:
        return []
    denials = groups.get("symptom_denial", [])
    signs = [
        denial
        for denial in denials
        if any(
            0 < back.first - denial.last <= 3
            and tokens.sentences[back.first] == tokens.sentences[denial.last]
            for back in backs
        )
    ]
    groups["symptom_denial"] = [denial for denial in denials if denial not in signs]
    return signs


def _negators(cue: Hit[_Meaning], tokens: _Tokens) -> set[int]:
    """The words of a cue that negate: a sign that holds them has used them up."""
    words = {
        word
        for word in cue.covered
        if tokens.forms[word] in ("no", "not", "never", "without")
        or tokens.forms[word][-2:] == "nt"
    }
    return words or set(cue.covered)


_STRENGTH = (
    Status.DENIED,
    Status.HYPOTHETICAL,
    Status.OTHER_PERSON,
    Status.HISTORY,
    Status.RESOLVED,
)


def _first_scope(
    hit: Hit[_Meaning], scopes: Sequence[_Scope]
) -> tuple[Status, Hit[_Meaning] | None]:
    acting = {scope.status: scope.cue for scope in scopes if scope.acts_on(hit)}
    for status in _STRENGTH:
        if status in acting:
            return status, acting[status]
    return Status.PRESENT, None


def _status(
    hit: Hit[_Meaning],
    scopes: Sequence[_Scope],
    tokens: _Tokens,
    denials: Sequence[Hit[_Meaning]],
) -> tuple[Status, Evidence, str | None]:
    """How a hit is told, its evidence, and the words that decided."""
    evidence = tokens.evidence(hit.first, hit.last, hit.payload.phrase)
    for denial in denials:
        if denial.payload.name == hit.payload.name and denial.overlaps(hit):
            if len(denial.covered) >= len(hit.covered):
                return (
                    Status.DENIED,
                    evidence,
                    tokens.evidence(denial.first, denial.last, denial.payload.phrase).words,
                )
    status, cue = _first_scope(hit, scopes)
    if cue is None:
        return status, evidence, None
    return status, evidence, tokens.evidence(cue.first, cue.last, cue.payload.phrase).words


# -- when and whether ------------------------------------------------------------------------


def _was_had(
    hit: Hit[_Meaning],
    tokens: _Tokens,
    groups: dict[Kind, list[Hit[_Meaning]]],
    times: Sequence[TimeExpression],
    scopes: Sequence[_Scope],
    *,
    real: bool,
) -> bool:
    """Whether the treatment was had, or is planned or only asked about."""
    sentence = tokens.sentences[hit.first]

    def nearest(kind: Kind, reach: int, after: int) -> int | None:
        best = None
        for cue in groups.get(kind, ()):
            if tokens.sentences[cue.first] != sentence:
                continue
            gap = hit.first - cue.last if cue.last < hit.first else cue.first - hit.last
            if gap <= (reach if cue.last < hit.first else after) and (best is None or gap < best):
                best = max(gap, 0)
        return best

    status, cue = _first_scope(hit, scopes)
    if status is Status.DENIED and cue is not None and cue.payload.phrase.startswith("never"):
        return False  # "never had filler"
    asked = status in (Status.HYPOTHETICAL, Status.OTHER_PERSON)
    had = nearest("had", 8, 6)
    for time in times:
        if tokens.sentences[time.first] != sentence:
            continue
        gap = hit.first - time.last if time.last < hit.first else time.first - hit.last
        reach = 2 if time.kind == "duration" else 8  # "rhinoplasty 6 days"
        if gap <= reach and (had is None or gap < had):
            had = max(gap, 0)
    planned = nearest("planned", 10, 6)
    if had is None and groups.get("future"):
        return False
    if asked and had is None:
        return False
    if asked:
        return real and (planned is None or (had is not None and had < planned))
    if planned is None:
        return had is not None or real
    if had is None:
        return False
    return had <= planned if real else had < planned


def _attached(
    hit: Hit[_Meaning],
    tokens: _Tokens,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[_Meaning]],
    mentions: Sequence[Hit[_Meaning]],
) -> float | None:
    """Days since the treatment, from the time expression nearest to its mention."""
    best: tuple[float, float] | None = None
    for time in times:
        apart = abs(tokens.sentences[time.first] - tokens.sentences[hit.first])
        if apart > 0:
            continue
        if time.last < hit.first:
            low, high = time.last, hit.first
        else:
            low, high = hit.last, time.first
        gap = high - low - 1
        limit = {"duration": 2, "after": 7, "day_number": 14}.get(time.kind, 14)
        if gap > limit:
            continue
        cost = float(gap)
        cost += 4 * sum(low < s.first < high for s in symptoms)
        cost += 6 * sum(low < m.first < high for m in mentions if m is not hit)
        if time.kind == "after" and time.last > hit.last:
            cost += 6  # "botox ... two days after": the day of the symptom
        if time.kind == "duration":
            cost += 3
        if time.kind == "day_number":
            cost += 2
        if best is None or cost < best[0]:
            best = (cost, time.days)
    return best[1] if best else None


def _days(mentions: Sequence[TreatmentMention]) -> float | None:
    """Days since the latest treatment that was had."""
    known = [m.days for m in mentions if m.had and m.days is not None]
    return min(known) if known else None


def _loose_days(
    times: Sequence[TimeExpression], symptoms: Sequence[Hit[_Meaning]], had: bool
) -> float | None:
    """Days since the treatment where no time stands near its mention."""
    order = ("after", "day_number", "date", "ago", "weekday")
    usable = [time for time in times if time.kind in order and time.days <= 3 * 365]
    if not usable or not (had or any(t.kind in ("after", "day_number") for t in usable)):
        return None
    if not had:
        usable = [time for time in usable if time.kind in ("after", "day_number")]
    clean = [
        time
        for time in usable
        if not any(0 <= time.first - s.last <= 3 or 0 <= s.first - time.last <= 2 for s in symptoms)
    ]
    chosen = clean or usable
    for kind in order:
        days = [time.days for time in chosen if time.kind == kind]
        if days:
            return max(days)
    return None
