"""Which treatments were had, and the time told next to each."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.content.knowledge import Knowledge
from bot.understanding.context import Scopes, first_scope
from bot.understanding.index import Hit
from bot.understanding.phrases import Hits, Kind, Meaning
from bot.understanding.reading import Status
from bot.understanding.times import NOT_SINCE, TimeExpression
from bot.understanding.tokens import COMMA, Stretch, Tokens

_JOINERS = frozenset(("and", "plus", "n"))
_GENERAL = frozenset("surgery surgeries op ops operation procedure filler fillers surgeon".split())
"""A broad treatment called by such a word is the narrow one; called by its own name it is not."""
_JOINED_REACH = 3
"""Words between two treatments that "and" joins."""
_TWO_IN_ONE = frozenset(("and", "plus", "with", "n"))
_REACH = {"duration": 2, "after": 7}
"""Words that may stand between a treatment and a time; 14 for the other kinds."""
_TRAILING_REACH = 6
"""The same for a length that ends its part of a sentence ("implants over the muscle 7 weeks,")."""
_NO_LENGTH_SINCE = frozenset("lasted lasts for took takes within every next first in up".split())
_INTRODUCED = frozenset(("that", "this", "it", "both", "all"))
_SENTENCE_COST = 8
"""A time in the next sentence ("that was sunday") counts as so many words further away."""
_AFTERWARDS = frozenset(("after", "since", "following", "post"))
_TO_COME_REACH = 6
_OTHERS_REACH = 8
_UNDONE = frozenset(
    "never not havent hasnt hadnt havnt havn if until till before when once unless".split()
)
"""Before "had it": it was not, or not yet."""
_UNDONE_NEXT = frozenset(("never", "not", "havent", "hasnt", "hadnt"))
"""Directly before a word for having had it."""
_OWN = frozenset(
    "my i me ive im id her his she he hers shes hes wifes mum mums mom moms sister daughter "
    "our we us mine".split()
)


_REACH_STATED = 10
"""Words around a treatment in which a statement names somebody."""
_ASKING = frozenset(
    "how what which should would can could will whats price cost does do why thinking".split()
)


def specific(
    knowledge: Knowledge, hits: Sequence[Hit[Meaning]], tokens: Tokens
) -> list[Hit[Meaning]]:
    """Of mentions on the same words the longer one, and the narrower treatment."""
    kept: list[Hit[Meaning]] = []
    ordered = sorted(hits, key=lambda h: (-len(h.covered), h.first - h.last, h.first))
    for hit in ordered:
        broader_here = False
        for other in kept:
            if not hit.overlaps(other):
                continue
            broader = knowledge.treatments[other.payload.name].broader
            if hit.payload.name == other.payload.name or hit.payload.name in broader:
                broader_here = True
            elif hit.covered <= other.covered:
                narrower = knowledge.treatments[hit.payload.name].broader
                if other.payload.name in narrower:
                    kept.remove(other)
                elif _TWO_IN_ONE.isdisjoint(tokens.forms[other.first : other.last + 1]):
                    broader_here = True  # but "lift with implants" names two
            if broader_here:
                break
        if not broader_here:
            kept.append(hit)
    kept.sort(key=lambda h: h.first)
    names = {hit.payload.name for hit in kept}
    # "restylane yesterday ... the filler": the general word means the special one
    dropped = {broad for name in names for broad in knowledge.treatments[name].broader}
    return [
        hit
        for number, hit in enumerate(kept)
        if hit.payload.name not in dropped or _joined(hit, kept, number, tokens)
    ]


def _joined(hit: Hit[Meaning], hits: Sequence[Hit[Meaning]], number: int, tokens: Tokens) -> bool:
    """Whether "and" joins a mention to the next or last one ("arm lipo and a mommy makeover")."""
    if not _GENERAL.isdisjoint(tokens.forms[hit.first : hit.last + 1]):
        return False
    for other in hits[max(0, number - 1) : number + 2]:
        if other.payload.name == hit.payload.name:
            continue
        low, high = (hit, other) if hit.first < other.first else (other, hit)
        between = tokens.forms[low.last + 1 : high.first]
        if len(between) <= _JOINED_REACH and _JOINERS.intersection(between):
            return True
    return False


def questions(tokens: Tokens) -> frozenset[int]:
    """The sentences that end with a question mark."""
    asked = set()
    for number, sentence in enumerate(tokens.sentences):
        last = number + 1 == len(tokens.sentences)
        if last or tokens.sentences[number + 1] != sentence:
            end = len(tokens.text) if last else tokens.spans[number + 1][0]
            if "?" in tokens.text[tokens.spans[number][1] : end]:
                asked.add(sentence)
    return frozenset(asked)


def was_had(
    hit: Hit[Meaning],
    tokens: Tokens,
    groups: Hits,
    times: Sequence[TimeExpression],
    scopes: Scopes,
    *,
    real: bool,
    asked_sentences: Collection[int] = (),
) -> bool:
    """Whether the treatment was had, or is planned or only asked about."""
    sentence = tokens.sentences[hit.first]

    def nearest(kind: Kind, reach: int, after: int) -> int | None:
        best = None
        for cue in groups.get(kind, ()):
            if tokens.sentences[cue.first] != sentence:
                continue
            if kind == "had" and cue.first and tokens.forms[cue.first - 1] in _UNDONE_NEXT:
                continue
            gap = hit.first - cue.last if cue.last < hit.first else cue.first - hit.last
            if gap <= (reach if cue.last < hit.first else after) and (best is None or gap < best):
                best = max(gap, 0)
        return best

    if _lies_ahead(hit, tokens, groups) or _only_wished(hit, tokens, groups):
        return False
    status, cue = first_scope(hit, scopes, tokens)
    if status is Status.DENIED and cue is not None and cue.payload.phrase.startswith("never"):
        return False  # "never had filler"
    asked = status in (Status.HYPOTHETICAL, Status.OTHER_PERSON)
    had = nearest("had", 8, 6)
    for time in times:
        if tokens.sentences[time.first] != sentence or time.kind == "before":
            continue
        gap = hit.first - time.last if time.last < hit.first else time.first - hit.last
        if gap <= _reach_of_had(time, tokens) and (had is None or gap < had):
            had = max(gap, 0)
    kinds: tuple[Kind, ...] = ("planned",) if real else ("planned", "perhaps_planned")
    near = (nearest(kind, 10, 6) for kind in kinds)
    planned = min((found for found in near if found is not None), default=None)
    if had is None and groups.get("future"):
        return False
    if asked and had is None:
        return False
    if asked:
        return real and (planned is None or (had is not None and had < planned))
    if planned is None:
        return had is not None or real or _stated(hit, tokens, sentence in asked_sentences)
    if had is None:
        return False
    return had <= planned if real else had < planned


def _reach_of_had(time: TimeExpression, tokens: Tokens) -> int:
    if time.kind == "duration" and not _stands_alone(time, tokens):
        return 2  # "rhinoplasty 6 days"
    return 8


def _lies_ahead(hit: Hit[Meaning], tokens: Tokens, groups: Hits) -> bool:
    """Whether words for a date to come stand before the mention ("booked for ...")."""
    return any(
        tokens.sentences[cue.first] == tokens.sentences[hit.first]
        and cue.first < hit.first
        and hit.first - cue.last <= _TO_COME_REACH
        and _marks_between(cue, hit, tokens) == 0
        for cue in groups.get("to_come", ())
    )


def _only_wished(hit: Hit[Meaning], tokens: Tokens, groups: Hits) -> bool:
    """Whether somebody else had it and the writer only wants it."""
    return bool(groups.get("wished")) and any(
        tokens.sentences[other.first] == tokens.sentences[hit.first]
        and 0 <= hit.first - other.last <= _OTHERS_REACH
        for other in groups.get("relative", ())
    )


def _stated(hit: Hit[Meaning], tokens: Tokens, asked: bool) -> bool:
    """Whether a sentence without a question tells of somebody and the treatment."""
    if asked:
        return False
    sentence = tokens.sentences[hit.first]
    low, high = hit.first, hit.last
    while low > 0 and tokens.sentences[low - 1] == sentence and hit.first - low < _REACH_STATED:
        low -= 1
    while (
        high + 1 < len(tokens.forms)
        and tokens.sentences[high + 1] == sentence
        and high - hit.last < _REACH_STATED
    ):
        high += 1
    near = tokens.forms[low : high + 1]
    asking = any(
        word in _ASKING and (word != "can" or number == 0 or near[number - 1] != "i")
        for number, word in enumerate(near)
    )
    return not asking and not _OWN.isdisjoint(near)


def after_all(
    hits: Sequence[Hit[Meaning]],
    tokens: Tokens,
    groups: Hits,
    times: Sequence[TimeExpression],
    *,
    real: bool,
) -> list[bool]:
    """Which of the treatments that are only asked about were had all the same.

    "can lip filler set off a cold sore? had mine tuesday": words for having had it, with a time
    or with a symptom, mean the treatment of the sentence before them.
    """
    had = [False] * len(hits)
    if groups.get("future"):
        return had
    told_in = {tokens.sentences[t.first] for t in times if t.kind not in NOT_SINCE}
    for cue in groups.get("had_it", ()):
        sentence = tokens.sentences[cue.first]
        if not real and sentence not in told_in:
            continue
        if not _UNDONE.isdisjoint(tokens.forms[max(0, cue.first - 2) : cue.first]):
            continue
        earlier = [tokens.sentences[h.first] for h in hits if h.last < cue.first]
        before = max(earlier, default=-1)
        for number, hit in enumerate(hits):
            if tokens.sentences[hit.first] != before or hit.last >= cue.first:
                continue
            had[number] = not (
                _lies_ahead(hit, tokens, groups) or _only_wished(hit, tokens, groups)
            )
    return had


def attached(
    hit: Hit[Meaning],
    tokens: Tokens,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[Meaning]],
    mentions: Sequence[Hit[Meaning]],
) -> TimeExpression | None:
    """The time expression nearest to the mention of a treatment, in its sentence.

    A time in the next sentence counts where that points back ("that was sunday"). A month without
    a day counts only where nothing surer stands.
    """
    best: tuple[bool, float, TimeExpression] | None = None
    for time in times:
        if time.kind in NOT_SINCE:
            continue
        apart = tokens.sentences[time.first] - tokens.sentences[hit.first]
        if apart and not (apart == 1 and _points_back(time, tokens)):
            continue
        low, high = (time, hit) if time.last < hit.first else (hit, time)
        gap = high.first - low.last - 1
        alone = time.kind == "duration" and _stands_alone(time, tokens)
        reach = 14 if alone else _REACH.get(time.kind, 14)
        if time.kind == "duration" and _ends_its_part(time, tokens) and low is hit:
            reach = max(reach, _TRAILING_REACH)
        if gap > reach:
            continue
        cost = float(gap) + apart * _SENTENCE_COST + _marks_between(low, high, tokens)
        cost += 4 * sum(low.last < s.first < high.first for s in symptoms)
        cost += 6 * sum(low.last < m.first < high.first for m in mentions if m is not hit)
        if time.kind == "after" and time.last > hit.last:
            cost += 6  # "botox ... two days after": the day of the symptom
        if time.kind == "ago" and low is time and tokens.forms[time.last + 1] in _AFTERWARDS:
            cost += 6  # "drain out today after my tummy tuck (day 8)": the day of something else
        if low is hit and _marks_between(low, high, tokens):
            # "i had botox, on the 20th my lid dropped"
            cost += 3 * any(0 < s.first - time.last <= 3 for s in symptoms)
        if time.first > 0 and tokens.forms[time.first - 1] == "since":
            # "double vision since yesterday, botox 5 days ago"
            cost += 8 * any(0 < time.first - s.last <= 2 for s in symptoms)
        if low is hit and tokens.forms[time.first - 1] == "and":
            # "day 5 since botox and today my cheeks came up red"
            cost += 6 * any(0 < s.first - time.last <= 4 for s in symptoms)
        if time.kind == "duration":
            cost += 3
        if time.kind in ("day_number", "now"):
            cost += 2
        if best is None or (time.kind == "month", cost) < best[:2]:
            best = (time.kind == "month", cost, time)
    return best[2] if best else None


def _points_back(time: Stretch, tokens: Tokens) -> bool:
    """``that was sunday``, at the start of a sentence."""
    start = time.first
    while start > 0 and time.first - start < 4:
        if tokens.sentences[start - 1] != tokens.sentences[time.first]:
            break
        start -= 1
    said = tokens.forms[start : start + 2]
    if said[0] in ("thats", "its") and start < time.first:
        return True
    return len(said) > 1 and said[0] in _INTRODUCED and said[1] == "was" and start < time.first


def _stands_alone(time: Stretch, tokens: Tokens) -> bool:
    """Whether a length stands between two marks: "vaser on my back, 5 days, burning"."""
    before = time.first
    while before > 0 and tokens.forms[before - 1] in ("about", "around", "so", "its", "only"):
        before -= 1
    return _mark_before(before, tokens) and _mark_before(time.last + 1, tokens)


def _ends_its_part(time: Stretch, tokens: Tokens) -> bool:
    """Whether a mark follows a length that nothing before it makes another kind of length."""
    before = tokens.forms[time.first - 1] if time.first else ""
    return before not in _NO_LENGTH_SINCE and _mark_before(time.last + 1, tokens)


def _marks_between(low: Stretch, high: Stretch, tokens: Tokens) -> int:
    """What the marks between two stretches of words cost: as much as a comma at most."""
    apart = tokens.places[high.first] - tokens.places[low.last]
    return min(COMMA, max(0, apart - max(0, high.first - low.last)))


def _mark_before(number: int, tokens: Tokens) -> bool:
    if number <= 0 or number >= len(tokens.places):
        return True
    return tokens.places[number] - tokens.places[number - 1] > COMMA
