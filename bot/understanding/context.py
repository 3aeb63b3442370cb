"""What the words around a sign do to it: denied, over, before the treatment, asked, of others.

The model is ConText (cue, direction, reach, stop, pseudo cue). A cue inside the words of a sign
does nothing there: "can't see" stays a sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.index import Hit
from bot.understanding.phrases import Hits, Meaning
from bot.understanding.reading import Evidence, Status
from bot.understanding.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Scope:
    """Words that a cue acts on."""

    status: Status
    first: int
    last: int
    cue: Hit[Meaning]

    def acts_on(self, hit: Hit[Meaning]) -> bool:
        cue = self.cue
        if hit.first < cue.first and cue.last < hit.last and self.status is Status.DENIED:
            return cue.payload.cue is not None and cue.payload.cue.direction == "forward"
        if cue.payload.cue is not None and cue.payload.cue.direction == "backward":
            return self.first <= hit.last <= self.last
        return self.first <= hit.first <= self.last


Scopes = dict[int, list[Scope]]
"""What cues act on, by sentence: no cue reaches beyond its own."""


def without(
    hits: list[Hit[Meaning]], idioms: list[Hit[Meaning]], nevers: list[Hit[Meaning]]
) -> list[Hit[Meaning]]:
    """Hits that lie in no idiom and in no look-alike of their own entry.

    A hit that covers as much outside as inside is kept: the danger sign may only touch a saying.
    """

    def silenced(hit: Hit[Meaning], by: Hit[Meaning]) -> bool:
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


def in_idiom(hit: Hit[Meaning], groups: Hits) -> bool:
    return any(hit.overlaps(idiom) for idiom in groups.get("idiom", ()))


def scopes_of(tokens: Tokens, groups: Hits, signs: list[Hit[Meaning]]) -> Scopes:
    """What each cue acts on."""
    cues = groups.get("cue", [])
    if not cues:
        return {}
    taken = {word for sign in signs for word in sign.covered}
    pseudo = groups.get("pseudo", [])
    again = {"again", "another"} & set(tokens.forms)
    stops = sorted(hit.first for hit in groups.get("stop", []))
    turns = sorted(hit.first for hit in groups.get("turn", []))
    treated = groups.get("treatment", [])
    scopes: Scopes = {}
    total = len(tokens.forms)
    kept: list[Hit[Meaning]] = []
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
        scopes.setdefault(sentence, []).append(Scope(Status(cue.meaning), first, last, hit))
    return scopes


def taken_back(tokens: Tokens, groups: Hits) -> list[Hit[Meaning]]:
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


def _negators(cue: Hit[Meaning], tokens: Tokens) -> set[int]:
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


def first_scope(
    hit: Hit[Meaning], scopes: Scopes, tokens: Tokens
) -> tuple[Status, Hit[Meaning] | None]:
    """The strongest status that a cue gives to a hit, and the cue."""
    here = scopes.get(tokens.sentences[hit.first], ())
    acting = {scope.status: scope.cue for scope in here if scope.acts_on(hit)}
    for status in _STRENGTH:
        if status in acting:
            return status, acting[status]
    return Status.PRESENT, None


def status_of(
    hit: Hit[Meaning],
    scopes: Scopes,
    tokens: Tokens,
    denials: Sequence[Hit[Meaning]],
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
    status, cue = first_scope(hit, scopes, tokens)
    if cue is None:
        return status, evidence, None
    return status, evidence, tokens.evidence(cue.first, cue.last, cue.payload.phrase).words
