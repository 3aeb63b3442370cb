"""Which treatments were had, and how many days ago."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.knowledge import Knowledge
from bot.understanding.context import Scope, first_scope
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
    scopes: Sequence[Scope],
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

    status, cue = first_scope(hit, scopes)
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


def days_of(mentions: Sequence[TreatmentMention]) -> float | None:
    """Days since the latest treatment that was had."""
    known = [m.days for m in mentions if m.had and m.days is not None]
    return min(known) if known else None


def loose_days(
    times: Sequence[TimeExpression], symptoms: Sequence[Hit[Meaning]], had: bool
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
