"""The door of this room: ``Reader(knowledge).read(text)`` gives a ``Reading``.

One pass: words and their places, repair of typos, one look-up of all phrases, then what the
context does to them (denied, resolved, before the treatment, asked about, somebody else), then
treatments, times and symptoms. Nothing here knows levels; nothing here keeps text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.content.knowledge import Knowledge
from bot.content.words import words_of
from bot.understanding.context import (
    Scopes,
    first_scope,
    in_idiom,
    negates,
    scopes_of,
    status_of,
    taken_back,
    without,
)
from bot.understanding.elapsed import days_since, past_times
from bot.understanding.index import Hit, Near
from bot.understanding.phrases import Hits, Kind, Meaning, compiled, requests_of
from bot.understanding.reading import (
    TRAITS,
    Finding,
    Reading,
    Side,
    Sign,
    Status,
    TreatmentMention,
)
from bot.understanding.safety_net import SafetyNet
from bot.understanding.times import NOT_SINCE, TimeExpression, TimeReader
from bot.understanding.tokens import Tokeniser, Tokens
from bot.understanding.treatments import after_all, attached, questions, specific, was_had
from bot.understanding.unheard import unheard
from bot.understanding.vocabulary import Vocabulary

ANY = "any"
"""The group of all treatments, for phrases that need one, whichever it is."""
MAX_CHARS = 20_000
"""Longer texts are read up to here; Telegram's messages end at 4,096."""
_NONE: frozenset[str] = frozenset()
TRAIT_REACH = 10
"""Words between a symptom and what makes it worse (severity, trend)."""
SOFT_REACH = 4
"""The same for what makes it milder: doubt raises, so it must stand close."""
_NO_TREND = frozenset("no not isnt arent wasnt werent hasnt havent doesnt dont didnt aint".split())
_TREND_GLUE = frozenset("get gets got getting gotten become becoming any really much been".split())
SIDE_REACH = 6
PLACE_SENTENCES = 2
"""So many sentences before a sign the place may be named."""
AFTER_COST = 4
"""A place named after the sign counts as so many words further away."""
SINCE_REACH = 4
DOUBTFUL: frozenset[Kind] = frozenset(
    ("symptom", "flag", "treatment", "quality", "had", "turn", "stop", "takes_back", "area")
)
"""What a doubtful spelling may add: all that raises or ends a denial, nothing that silences."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A reading and what it was made from, for whoever explains it."""

    reading: Reading
    tokens: Tokens
    groups: Hits
    """Every phrase found, those that were silenced included."""
    symptoms: Sequence[Hit[Meaning]]
    """The phrases of symptoms that count, each at its place of the body."""
    flags: Sequence[Hit[Meaning]]
    """The phrases of red flags that count."""
    scopes: Scopes
    times: Sequence[TimeExpression]


class Reader:
    """Compiled knowledge of language. Build it once; ``read`` is a pure function."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._net = SafetyNet.shipped()
        self._times = TimeReader(knowledge.time, knowledge.other_languages)
        self._index = compiled(knowledge)
        self._requests = requests_of(knowledge)
        self._narrower: dict[str, set[str]] = {}
        for slug, symptom in knowledge.symptoms.items():
            for broad in symptom.broader:
                self._narrower.setdefault(broad, set()).add(slug)
        vocabulary = Vocabulary(
            self._index.vocabulary | self._times.vocabulary,
            knowledge.spelling.words,
            knowledge.spelling.keep,
            names=_names(knowledge),
        )
        self._vocabulary = vocabulary
        self._tokeniser = Tokeniser(
            vocabulary,
            (words_of(phrase)[0] for phrase in knowledge.context.clause_starts),
            self._times.units,
            self._times.numbers,
            (word for phrase in knowledge.context.answers for word in words_of(phrase)),
            self._times.foreign,
        )

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the knowledge."""
        return self._index.vocabulary

    def words(self, text: str) -> tuple[list[str], list[int]]:
        """The repaired words of a text, and the sentence of each."""
        tokens = self._tokeniser.tokenise(text[:MAX_CHARS])
        return tokens.forms, tokens.sentences

    def unheard(self, text: str) -> frozenset[str]:
        """Words of a text that nothing here knows, without any that may tell of a person."""
        return unheard(text[:MAX_CHARS], self._vocabulary)

    def knows(self, word: str) -> bool:
        """Whether a single word is known, or read as one that is."""
        return not self._vocabulary.unheard(word)

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
        return self.trace(text, today=today, treatments=treatments).reading

    def trace(
        self, text: str, *, today: dt.date | None = None, treatments: Sequence[str] = ()
    ) -> Trace:
        """The same as ``read``, with everything on the way to it."""
        text = text[:MAX_CHARS]
        tokens = self._tokeniser.tokenise(text)
        if not tokens.forms:
            return Trace(Reading(text), tokens, {}, (), (), {}, ())
        groups = self._hits(tokens)
        times = self._times.find(
            tokens.forms,
            today or dt.date.today(),  # noqa: DTZ011
            tokens.places,
            frozenset(hit.last + 1 for hit in groups.get("treatment", ())),
        )
        idioms = groups.get("idiom", [])
        symptoms = without(groups.get("symptom", []), idioms, groups.get("symptom_never", []))
        flags = without(groups.get("flag", []), idioms, groups.get("flag_never", []))
        symptoms += taken_back(tokens, groups)
        times = past_times(tokens, groups, times, symptoms)
        scopes = scopes_of(tokens, groups, [*symptoms, *flags])
        mentions = self._mentions(tokens, groups, times, scopes, symptoms, flags)
        had = {m.treatment for m in mentions if m.had} | set(treatments)
        taken = [m.time for m in mentions]
        having = {group for slug in had for group in self._knowledge.groups(slug)}
        if had:
            having.add(ANY)
        symptoms = [h for h in symptoms if h.payload.needs is None or h.payload.needs in having]
        symptoms = [self._placed(hit, tokens, groups) for hit in symptoms]
        groups["symptom_denial"] = [
            self._placed(hit, tokens, groups) for hit in groups.get("symptom_denial", ())
        ]
        findings = self._findings(
            tokens, groups, symptoms, scopes, [t for t in times if t not in taken]
        )
        signs = tuple(
            Sign(hit.payload.name, *status_of(hit, scopes, tokens, groups.get("flag_denial", [])))
            for hit in flags
        )
        days = days_since(mentions, tokens, groups, times, symptoms, had=bool(had))
        reading = Reading(
            text=text,
            treatments=tuple(mentions),
            findings=findings,
            signs=signs,
            days=days,
            repairs=tuple(tokens.repairs),
            areas=frozenset(hit.payload.name for hit in groups.get("area", ())),
            danger=self._net.score(tokens.forms, tokens.sentences),
            worse=any(h.payload.name == "worse" for h in groups.get("quality", ())),
            requests=tuple(
                dict.fromkeys(h.payload for h in self._requests.find(tokens.forms, tokens.places))
            ),
        )
        return Trace(reading, tokens, groups, symptoms, flags, scopes, times)

    def nearly(self, trace: Trace, free: Collection[int]) -> list[Near[Meaning]]:
        """Phrases of symptoms and red flags that one word, or the distance, keeps from matching.

        Args:
            trace: Of the message.
            free: Numbers of the words that may stand for the missing one.
        """
        tokens = trace.tokens
        return self._index.nearly(
            tokens.forms, tokens.places, free, lambda m: m.kind in ("symptom", "flag")
        )

    def _hits(self, tokens: Tokens) -> Hits:
        """All phrases found. Doubtful spellings may add signs and treatments, never a denial."""
        certain = self._index.find(tokens.forms, tokens.places)
        groups: Hits = {}
        for hit in certain:
            groups.setdefault(hit.payload.kind, []).append(hit)
        if not tokens.others:
            return groups
        for kind in ("symptom_denial", "flag_denial"):  # "canh breathe" may mean "cant breathe"
            groups[kind] = [hit for hit in groups.get(kind, ()) if not _may_negate(hit, tokens)]
        known = {(id(hit.payload), hit.covered) for hit in certain}
        for hit in self._index.find(tokens.forms, tokens.places, tokens.others):
            kind = hit.payload.kind
            if kind not in DOUBTFUL or (id(hit.payload), hit.covered) in known:
                continue
            if any(
                other.payload.kind == kind and hit.covered <= other.covered for other in certain
            ):
                continue
            groups.setdefault(kind, []).append(hit)
        return groups

    # -- treatments ---------------------------------------------------------------------

    def _mentions(
        self,
        tokens: Tokens,
        groups: Hits,
        times: Sequence[TimeExpression],
        scopes: Scopes,
        symptoms: Sequence[Hit[Meaning]],
        flags: Sequence[Hit[Meaning]],
    ) -> list[TreatmentMention]:
        hits = without(
            groups.get("treatment", []), groups.get("idiom", []), groups.get("treatment_never", [])
        )
        hits = specific(self._knowledge, hits, tokens)
        real = any(
            status_of(h, scopes, tokens, groups.get("symptom_denial", []))[0]
            in (Status.PRESENT, Status.RESOLVED)
            for h in symptoms
        ) or any(
            status_of(h, scopes, tokens, groups.get("flag_denial", []))[0] is Status.PRESENT
            for h in flags
        )
        mentions = []
        asked = questions(tokens)
        had_ones = [
            was_had(hit, tokens, groups, times, scopes, real=real, asked_sentences=asked)
            for hit in hits
        ]
        if not any(had_ones):
            had_ones = after_all(hits, tokens, groups, times, real=real)
        for hit, had in zip(hits, had_ones, strict=True):
            mentions.append(
                TreatmentMention(
                    hit.payload.name,
                    had,
                    tokens.evidence(hit.first, hit.last, hit.payload.phrase),
                    attached(hit, tokens, times, symptoms, hits) if had else None,
                )
            )
        return mentions

    # -- symptoms -----------------------------------------------------------------------

    def _placed(self, hit: Hit[Meaning], tokens: Tokens, groups: Hits) -> Hit[Meaning]:
        """A sign without a place is at the place named last, at most two sentences before."""
        where = self._knowledge.symptoms[hit.payload.name].places
        if not where:
            return hit
        best: tuple[int, int, int, str] | None = None
        for place in groups.get("place", ()):
            apart = tokens.sentences[hit.first] - tokens.sentences[place.first]
            if not 0 <= apart <= PLACE_SENTENCES:
                continue
            gap = abs(place.last - hit.first) + (AFTER_COST if place.first > hit.first else 0)
            known = place.payload.name in where
            rank = (gap, 0 if known else 1, -len(place.covered), place.payload.name)
            best = rank if best is None else min(best, rank)
        if best is None or best[3] not in where:
            return hit
        return replace(hit, payload=replace(hit.payload, name=where[best[3]]))

    def _findings(
        self,
        tokens: Tokens,
        groups: Hits,
        hits: Sequence[Hit[Meaning]],
        scopes: Scopes,
        times: Sequence[TimeExpression],
    ) -> tuple[Finding, ...]:
        denials = groups.get("symptom_denial", [])
        found: dict[tuple[str, Status], Finding] = {}
        told = [(hit, *status_of(hit, scopes, tokens, denials)) for hit in hits]
        by_name: dict[str, list[tuple[Hit[Meaning], Status]]] = {}
        for hit, status, _, _ in told:
            by_name.setdefault(hit.payload.name, []).append((hit, status))
        by_clause: dict[int, list[Hit[Meaning]]] = {}
        with_signs, asked = {tokens.sentences[hit.first] for hit in hits}, questions(tokens)
        worse_after: set[int] = set()
        for quality in groups.get("quality", ()):
            if quality.payload.name == "worse":
                if _not_worse(quality, tokens):
                    continue
                sentence = tokens.sentences[quality.first]
                by_itself = sentence not in with_signs
                question = sentence in asked and _to_its_end(quality, tokens)
                status, _ = first_scope(quality, scopes, tokens)
                if by_itself and not question and status is not Status.HYPOTHETICAL:
                    worse_after.add(sentence)
            by_clause.setdefault(tokens.clauses[quality.first], []).append(quality)
        for hit, status, evidence, cue in told:
            narrower = self._narrower.get(hit.payload.name, _NONE) & by_name.keys()
            if any(
                other_status is status and hit.overlaps(other)
                for name in narrower
                for other, other_status in by_name[name]
            ):
                continue
            qualities = by_clause.get(tokens.clauses[hit.first], [])
            traits = {
                quality.payload.name
                for quality in qualities
                if tokens.gap(quality, hit)
                <= (SOFT_REACH if quality.payload.name in ("mild", "better") else TRAIT_REACH)
            }
            if tokens.sentences[hit.first] + 1 in worse_after:
                traits.add("worse")  # "my cheek is numb. getting worse": it tells of what was told
            key = (hit.payload.name, status)
            old = found.get(key)
            if old is not None:
                traits |= {name for name in TRAITS if getattr(old, name)}
            if "spreading" in traits:
                traits.add("worse")
            found[key] = Finding(
                symptom=hit.payload.name,
                status=status,
                evidence=old.evidence if old else evidence,
                cue=cue,
                side=_side(hit, tokens, qualities) or (old.side if old else None),
                since=old.since if old and old.since is not None else _since(hit, tokens, times),
                **{name: name in traits for name in TRAITS},
            )
        for denial in denials:
            key = (denial.payload.name, Status.DENIED)
            if key in found or in_idiom(denial, groups):
                continue
            status, _ = first_scope(denial, scopes, tokens)
            if status in (Status.HYPOTHETICAL, Status.HISTORY):
                continue
            found[key] = Finding(
                denial.payload.name,
                Status.DENIED,
                tokens.evidence(denial.first, denial.last, denial.payload.phrase),
            )
        return tuple(sorted(found.values(), key=lambda f: (f.evidence.start, f.symptom)))


def _may_negate(hit: Hit[Meaning], tokens: Tokens) -> bool:
    """Whether a word of a denial is a slip that may stand for its opposite."""
    return any(negates(other) for word in hit.covered for other in tokens.others.get(word, ()))


def _to_its_end(hit: Hit[Meaning], tokens: Tokens) -> bool:
    """Whether no mark stands behind the words in their sentence: "its getting worse, any advice?"
    asks for advice only."""
    word = hit.last
    while word + 1 < len(tokens.forms) and tokens.sentences[word + 1] == tokens.sentences[word]:
        if tokens.places[word + 1] - tokens.places[word] > 1:
            return False
        word += 1
    return True


def _not_worse(quality: Hit[Meaning], tokens: Tokens) -> bool:
    """``not getting worse``, ``no worse``: a denial of the trend, in the words right before it."""
    spot = quality.first
    while spot and tokens.forms[spot - 1] in _TREND_GLUE:
        spot -= 1
    near = tokens.places[quality.first] - tokens.places[spot - 1] == quality.first - spot + 1
    return spot > 0 and near and tokens.forms[spot - 1] in _NO_TREND


def _side(hit: Hit[Meaning], tokens: Tokens, qualities: Sequence[Hit[Meaning]]) -> Side | None:
    """The side told nearest to a symptom, of the qualities of its clause."""
    near: dict[str, int] = {}
    for quality in qualities:
        name = quality.payload.name
        if name not in ("left", "right", "both_sides", "one_sided"):
            continue
        gap = tokens.gap(quality, hit)
        if gap <= SIDE_REACH:
            near[name] = min(gap, near.get(name, gap))
    left, right = near.get("left"), near.get("right")
    if "both_sides" in near:
        return "both"
    if left is not None and right is not None and abs(left - right) <= 2:
        return "both"
    if left is not None or right is not None:
        return "right" if left is None or (right is not None and right < left) else "left"
    return "one" if "one_sided" in near else None


def _since(hit: Hit[Meaning], tokens: Tokens, times: Sequence[TimeExpression]) -> float | None:
    """How many days ago a symptom began: the time next to it that belongs to no treatment."""
    best: tuple[int, float] | None = None
    for time in times:
        if time.kind in NOT_SINCE or time.kind in ("after", "day_number"):
            continue
        if tokens.clauses[time.first] != tokens.clauses[hit.first]:
            continue
        gap = tokens.gap(time, hit)
        if gap <= SINCE_REACH and (best is None or gap < best[0]):
            best = (gap, time.days)
    return best[1] if best else None


def _names(knowledge: Knowledge) -> frozenset[str]:
    """Words by which treatments are called."""
    return frozenset(
        word
        for treatment in knowledge.treatments.values()
        for brand in (treatment.name, *treatment.brands)
        for word in words_of(brand)
        if len(word) >= 4
    )
