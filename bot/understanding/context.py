"""What the words around a sign do to it: denied, over, before the treatment, asked, of others.

The model is ConText (cue, direction, reach, stop, pseudo cue). A cue inside the words of a sign
does nothing there: "can't see" stays a sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.understanding.index import Hit
from bot.understanding.phrases import Hits, Kind, Meaning
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
        if self.status is Status.OTHER_PERSON and hit.last > self.last:
            return False  # "my friend bled after hers and mine is soaking a towel"
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
    ends = {sign.last for sign in signs}
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
        if _tells_of_treatment(hit, tokens) and any(
            -5 <= t.first - hit.last <= 5
            and tokens.sentences[t.first] == tokens.sentences[hit.first]
            for t in treated
        ):
            continue  # "my mum had filler", "filler 3 years ago": it tells of the treatment
        if cue.meaning == "denied" and _negators(hit, tokens) <= taken:
            continue
        if cue.meaning == "history" and again:
            continue
        sentence = tokens.sentences[hit.first]
        if cue.direction == "forward":
            # from the second word of the cue on: "dont have" also denies "have a fever"
            first, last = hit.first + 1, min(total - 1, hit.last + cue.reach)
            while last >= first and tokens.sentences[last] != sentence:
                last -= 1
            for stop in stops if cue.meaning == "denied" else turns:
                if first <= stop <= last and stop > hit.last:
                    last = stop - 1
                    break
            last = _list_end(hit, last, tokens, signs, treated)
        elif cue.direction == "backward":
            first, last = _backward(hit, cue.reach, tokens, stops, ends), hit.first - 1
        else:
            first, last = _both_ways(hit, tokens)
        scopes.setdefault(sentence, []).append(Scope(Status(cue.meaning), first, last, hit))
    _answered(tokens, groups, scopes)
    return scopes


def _begins_anew(word: int, cue: Hit[Meaning], tokens: Tokens) -> bool:
    """Whether a new statement begins at a word before a cue, though no mark says so: "red rash on
    my chest i had covid last year". Not in "the rash i had last year", nor behind "when"."""
    return (
        tokens.forms[word] in _WRITER
        and cue.first - word >= _STATEMENT
        and tokens.forms[word - 1] not in _JOINS
    )


_WRITER = frozenset(("i", "ive", "im", "we", "weve"))
_STATEMENT = 3
"""Words of the shortest statement before a cue: "i had covid"."""
_JOINS = frozenset(
    "when whenever after before since because cos that which what as like than where while if "
    "until till unless the".split()
)


def _tells_of_treatment(cue: Hit[Meaning], tokens: Tokens) -> bool:
    """Beside a treatment such a cue tells of it: "my mum had filler", "filler 3 years ago"."""
    words = {tokens.forms[word] for word in cue.covered}
    if cue.payload.name == "other_person":
        return not words & _TELLS_MORE
    return cue.payload.name == "history" and bool(words & _TIME_OF_TREATMENT)


_TELLS_MORE = frozenset(("hers", "theirs", "his", "went", "lost"))
"""Words of a cue that tells what became of somebody: "had filler 5 years ago and went"."""
_TIME_OF_TREATMENT = frozenset("ago last year years time first previous".split())


def _backward(
    cue: Hit[Meaning], reach: int, tokens: Tokens, stops: Sequence[int], ends: set[int]
) -> int:
    """How far back a cue acts: to the clause's start, a stop, or a comma behind another sign.

    "cant breathe, headache is gone now" leaves the breathing alone; "headache and nausea, all gone"
    and "all" reach over commas.
    """
    everything = any(tokens.forms[word] in ("all", "both") for word in cue.covered)
    first = cue.first
    seen = False
    while first and cue.first - first < reach:
        before = first - 1
        if tokens.clauses[before] != tokens.clauses[cue.first]:
            break
        comma = tokens.places[first] - tokens.places[before] > 1
        if comma and seen and not everything:
            break
        seen = seen or before in ends
        first = before
        if before in stops and tokens.forms[before] not in _NO_STOP_BACKWARD:
            break
    return first


def _both_ways(cue: Hit[Meaning], tokens: Tokens) -> tuple[int, int]:
    """The words that a cue looking both ways acts on: its own part of the clause.

    Beyond a comma it acts on a list that it ends ("had fits, faints and migraines as a kid") or
    opens ("as a kid i had fits, faints and migraines"), and on nothing else: "chest hurts, had
    asthma as a kid" tells of the chest now.
    """
    first, _ = _part(cue.first, tokens)
    _, last = _part(cue.last, tokens)
    own = first
    start = first
    while _HELD.isdisjoint(tokens.forms[own : last + 1]) and _goes_on(start - 1, start, tokens):
        start, end = _part(start - 1, tokens)
        if not _HELD.isdisjoint(tokens.forms[start : end + 1]):
            first = start
            break
    while _HELD.isdisjoint(tokens.forms[own : cue.first]) and _goes_on(last, last + 1, tokens):
        start, end = _part(last + 1, tokens)
        if not _PRESENT.isdisjoint(tokens.forms[start : end + 1]):
            break
        last = end
    anew = (word for word in range(cue.first, first, -1) if _begins_anew(word, cue, tokens))
    return next(anew, first), last


_HELD = frozenset("had have got get used suffered suffer".split())
"""Verbs of what somebody had: a part of a clause that holds one is about that and is complete."""
_PRESENT = frozenset(
    "is are am im its now today tonight yesterday since still hurts cant cannot wont keeps feels "
    "looks isnt arent doesnt dont going getting turning coming worse".split()
)
"""Words of what is there now: past a comma they end what is told of the past."""
_OPENS = frozenset("i im ive my now the it its had used always".split())
"""After "and" these open another part."""


def _list_end(
    cue: Hit[Meaning],
    last: int,
    tokens: Tokens,
    signs: Sequence[Hit[Meaning]],
    treated: Sequence[Hit[Meaning]],
) -> int:
    """How far a cue acts where it opens a list: past a comma a sign told as there ends it.

    "no fever, chills or cough" is a list; "no fever, left calf hot and hard" and "scared of clots,
    chest tight since last night" are not. A list may go on with "or".
    """
    marks = _TOLD_NOW if cue.payload.name == "denied" else _TOLD_SINCE
    _, end = _part(cue.last, tokens)
    parts = []
    while end < last:
        start, end = _part(end + 1, tokens)
        parts.append((start, end))
    for number, (start, end) in enumerate(parts):
        said = set(tokens.forms[start : end + 1])
        later = {tokens.forms[first] for first, _ in parts[number:]}
        if said & _ASKS or (said | later) & _LISTS:
            continue
        if not any(start <= sign.first <= end for sign in signs):
            continue
        if said & marks or (
            cue.payload.name == "denied" and any(start <= t.first <= end for t in treated)
        ):
            return start - 1
    return last


_TOLD_SINCE = frozenset(
    "since left right one has theres now today tonight yesterday hurts cant wont".split()
)
"""Words of a sign that is there, past a comma behind what is only supposed."""
_TOLD_NOW = _TOLD_SINCE | frozenset("is are am im its keeps feels looks when and".split())
"""The same behind what is denied."""
_LISTS = frozenset("or nor no not any neither without".split())
"""Words by which a list goes on."""
_ASKS = frozenset(
    "anyone anybody someone people you u they will would could can might may should does did how "
    "what if".split()
)
"""Words by which a question or a supposition goes on."""


def _part(word: int, tokens: Tokens) -> tuple[int, int]:
    """The words between two commas round a word, in its clause."""
    first = last = word
    while _goes_on(first - 1, first, tokens) and not _parts(first - 1, first, tokens):
        first -= 1
    while _goes_on(last, last + 1, tokens) and not _parts(last, last + 1, tokens):
        last += 1
    return first, last


def _goes_on(word: int, following: int, tokens: Tokens) -> bool:
    return (
        word >= 0
        and following < len(tokens.forms)
        and tokens.clauses[word] == tokens.clauses[following]
    )


def _parts(word: int, following: int, tokens: Tokens) -> bool:
    """Whether a comma, or an "and" that opens something new, stands before the second word."""
    if tokens.places[following] - tokens.places[word] > 1:
        return True
    opened = tokens.forms[following + 1 : following + 2]
    return tokens.forms[following] in ("and", "n", "plus", "also") and not _OPENS.isdisjoint(opened)


_NO_STOP_BACKWARD = frozenset(("my", "so", "just", "only", "also", "still", "since", "which"))
"""Words that end a denial before them, but begin what a cue behind them is about."""


def _answered(tokens: Tokens, groups: Hits, scopes: Scopes) -> None:
    """What a sentence only supposes, the next may confirm or deny ("if it goes white. it has")."""
    starts = {
        sentence: number
        for number, sentence in reversed(list(enumerate(tokens.sentences)))
        if groups.get("came_true") or groups.get("did_not")
    }
    kinds: tuple[Kind, Kind] = ("came_true", "did_not")
    for kind in kinds:
        for answer in groups.get(kind, ()):
            sentence = tokens.sentences[answer.first]
            if answer.first - starts[sentence] > 1:
                continue
            supposed = scopes.get(sentence - 1, [])
            scopes[sentence - 1] = [
                Scope(Status.DENIED, scope.first, scope.last, answer)
                if scope.status is Status.HYPOTHETICAL
                else scope
                for scope in supposed
                if kind == "did_not" or scope.status is not Status.HYPOTHETICAL
            ]


def taken_back(tokens: Tokens, groups: Hits) -> list[Hit[Meaning]]:
    """Denials that the words around them take back: they become signs.

    "i can breathe, but barely"; "i dont think i can breathe"; "breathing is fine. well, sort of."
    """
    kept: list[Hit[Meaning]] = []
    signs: list[Hit[Meaning]] = []
    for denial in groups.get("symptom_denial", ()):
        by = _taken_back_by(denial, tokens, groups)
        if by is None:
            kept.append(denial)
        else:  # the doubt is part of the sign, so that its "not" does not deny it again
            covered = denial.covered | by
            signs.append(replace(denial, first=min(covered), last=max(covered), covered=covered))
    if signs:
        groups["symptom_denial"] = kept
    return signs


def _taken_back_by(denial: Hit[Meaning], tokens: Tokens, groups: Hits) -> frozenset[int] | None:
    """The words before a denial that take it back, none if words after it do; None if none do."""
    sentence = tokens.sentences[denial.last]
    for back in groups.get("takes_back", ()):
        apart = tokens.sentences[back.first] - sentence
        if 0 < back.first - denial.last <= TAKEN_BACK_WITHIN and 0 <= apart <= 1:
            return frozenset()
    for trail in groups.get("trail", ()):
        ends = trail.last + 1
        if 0 < trail.first - denial.last <= TAKEN_BACK_WITHIN and (
            ends == len(tokens.forms) or tokens.sentences[ends] != tokens.sentences[trail.last]
        ):
            return frozenset()
    before = denial.first - 1
    if before >= 0 and negates(tokens.forms[before]):
        if tokens.places[denial.first] - tokens.places[before] == 1:
            return frozenset((before,))  # "not swallowing ok"
    for doubt in groups.get("doubt", ()):
        if (
            0 <= denial.first - doubt.last <= DOUBT_BEFORE
            and tokens.clauses[doubt.last] == tokens.clauses[denial.first]
            and tokens.places[denial.first] - tokens.places[doubt.last] <= DOUBT_BEFORE
        ):
            return doubt.covered
    return None


TAKEN_BACK_WITHIN = 4
"""Words after a denial within which it can be taken back."""
DOUBT_BEFORE = 4
"""Places before a denial within which a doubt takes it back."""


def _negators(cue: Hit[Meaning], tokens: Tokens) -> set[int]:
    """The words of a cue that negate: a sign that holds them has used them up."""
    words = {word for word in cue.covered if negates(tokens.forms[word])}
    return words or set(cue.covered)


def negates(word: str) -> bool:
    """Whether a word turns what follows into its opposite."""
    return word in ("no", "not", "never", "without", "cannot") or word[-2:] == "nt"


_STRENGTH = (
    Status.DENIED,
    Status.HYPOTHETICAL,
    Status.OTHER_PERSON,
    Status.HISTORY,
    Status.RESOLVED,
)


_NOW = frozenset("is are feels has have looks hurts keeps cant wont isnt arent".split())
"""Words of a sign that is there now."""


def _told_as_now(hit: Hit[Meaning], scope: Scope, tokens: Tokens) -> bool:
    """Whether a time long past dates something else: "the implant feels hard, 2 years ago"."""
    if scope.status is not Status.HISTORY:
        return False
    dated = {tokens.forms[word] for word in scope.cue.covered} & _TIME_OF_TREATMENT
    return bool(dated) and not _NOW.isdisjoint(tokens.forms[hit.first : hit.last + 1])


def first_scope(
    hit: Hit[Meaning], scopes: Scopes, tokens: Tokens
) -> tuple[Status, Hit[Meaning] | None]:
    """The strongest status that a cue gives to a hit, and the cue."""
    here = scopes.get(tokens.sentences[hit.first], ())
    acting = {
        scope.status: scope.cue
        for scope in here
        if scope.acts_on(hit) and not _told_as_now(hit, scope, tokens)
    }
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
            if len(denial.covered) < len(hit.covered):
                continue
            negating = {
                word for word in hit.covered - denial.covered if negates(tokens.forms[word])
            }
            if len(denial.covered) > len(hit.covered) or not negating:
                return (
                    Status.DENIED,
                    evidence,
                    tokens.evidence(denial.first, denial.last, denial.payload.phrase).words,
                )
    status, cue = first_scope(hit, scopes, tokens)
    if cue is None:
        return status, evidence, None
    return status, evidence, tokens.evidence(cue.first, cue.last, cue.payload.phrase).words
