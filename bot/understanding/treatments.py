"""Which treatments were had, and how many days ago."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.knowledge import Knowledge
from bot.understanding.context import Scopes, first_scope
from bot.understanding.index import Hit
from bot.understanding.phrases import Hits, Kind, Meaning
from bot.understanding.reading import Status, TreatmentMention
from bot.understanding.times import TimeExpression
from bot.understanding.tokens import Tokens


def specific(knowledge: Knowledge, hits: list[Hit[Meaning]]) -> list[Hit[Meaning]]:
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
                else:
                    broader_here = True
            if broader_here:
                break
        if not broader_here:
            kept.append(hit)
    names = {hit.payload.name for hit in kept}
    # "restylane yesterday ... the filler": the general word means the special one
    dropped = {broad for name in names for broad in knowledge.treatments[name].broader}
    kept = [hit for hit in kept if hit.payload.name not in dropped]
    return sorted(kept, key=lambda h: h.first)


def was_had(
    hit: Hit[Meaning],
    tokens: Tokens,
    groups: Hits,
    times: Sequence[TimeExpression],
    scopes: Scopes,
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

    status, cue = first_scope(hit, scopes, tokens)
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


def attached(
    hit: Hit[Meaning],
    tokens: Tokens,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[Meaning]],
    mentions: Sequence[Hit[Meaning]],
) -> TimeExpression | None:
    """The time expression nearest to the mention of a treatment, in its sentence."""
    best: tuple[float, TimeExpression] | None = None
    for time in times:
        if time.kind == "habit" or tokens.sentences[time.first] != tokens.sentences[hit.first]:
            continue
        if time.last < hit.first:
            low, high = time.last, hit.first
        else:
            low, high = hit.last, time.first
        gap = high - low - 1
        if gap > _REACH.get(time.kind, 14):
            continue
        cost = float(gap)
        cost += 4 * sum(low < s.first < high for s in symptoms)
        cost += 6 * sum(low < m.first < high for m in mentions if m is not hit)
        if time.kind == "after" and time.last > hit.last:
            cost += 6  # "botox ... two days after": the day of the symptom
        if time.kind == "duration":
            cost += 3
        if time.kind in ("day_number", "now"):
            cost += 2
        if best is None or cost < best[0]:
            best = (cost, time)
    return best[1] if best else None


_REACH = {"duration": 2, "after": 7}
"""Words that may stand between a treatment and a time; 14 for the other kinds."""
_LOOSE = ("now", "day_number", "after", "date", "ago", "weekday")
"""Kinds of time that count without a treatment next to them, the surest first."""


def days_since(
    mentions: Sequence[TreatmentMention],
    tokens: Tokens,
    groups: Hits,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[Meaning]],
    *,
    had: bool,
) -> float | None:
    """Days since the latest treatment.

    A time next to a treatment counts; a time next to words for the latest session ("my last lot
    was five weeks ago") counts as well; "two days after my facelift" is only the day on which
    something began, so a longer time until now wins over it. Else the surest time of the message
    that belongs to no symptom.
    """
    told = [m.time for m in mentions if m.had and m.time is not None]
    sessions = _session_times(tokens, groups, times, symptoms)
    until_now = [t.days for t in told if t.kind != "after"] + [t.days for t in sessions]
    if until_now:
        return min(until_now)
    began = [t.days for t in told]
    loose = _loose_days(tokens, times, symptoms, had=had)
    if began:
        later = [
            t.days
            for t in times
            if t.kind in ("now", "day_number")
            and t.days > max(began)
            and not _of_symptom(t, symptoms)
        ]
        return max(later, default=min(began))
    return loose


def _session_times(
    tokens: Tokens,
    groups: Hits,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[Meaning]],
) -> list[TimeExpression]:
    """Times next to words for the latest session, with no symptom between."""
    found = []
    for time in times:
        if time.kind in ("habit", "duration", "day_number") or time.days > 3 * 365:
            continue
        for session in groups.get("session", ()):
            if time.kind == "after" and not 0 < session.first - time.last <= 3:
                continue  # "4 weeks since the last lot"
            if tokens.sentences[session.first] != tokens.sentences[time.first]:
                continue
            low, high = sorted(((session.first, session.last), (time.first, time.last)))
            if high[0] - low[1] > 5:
                continue
            if not any(low[1] < s.first < high[0] for s in symptoms):
                found.append(time)
                break
    return found


def _of_symptom(time: TimeExpression, symptoms: Sequence[Hit[Meaning]]) -> bool:
    return any(0 <= time.first - s.last <= 3 or 0 <= s.first - time.last <= 2 for s in symptoms)


def _loose_days(
    tokens: Tokens,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[Meaning]],
    *,
    had: bool,
) -> float | None:
    """Days since the treatment where no time stands near its mention."""
    usable = [t for t in times if t.kind in _LOOSE and t.days <= 3 * 365]
    if not had:
        usable = [t for t in usable if t.kind in ("after", "day_number")]
    chosen = [t for t in usable if not _of_symptom(t, symptoms)] or usable
    for kind in _LOOSE:
        days = [t.days for t in chosen if t.kind == kind]
        if days:
            return max(days)
    if had:
        # "ten days of headache, started the evening of my bocouture", "seven days of this"
        bare = [
            t.days
            for t in times
            if t.kind == "duration"
            and t.days <= 3 * 365
            and (t.first == 0 or tokens.sentences[t.first - 1] != tokens.sentences[t.first])
        ]
        if bare:
            return max(bare)
    return None
