"""How many days ago the latest treatment was."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.index import Hit
from bot.understanding.phrases import Hits, Meaning
from bot.understanding.reading import TreatmentMention
from bot.understanding.times import NOT_SINCE, TimeExpression
from bot.understanding.tokens import Tokens

_LOOSE = ("now", "day_number", "after", "date", "ago", "weekday")
"""Kinds of time that count without a treatment next to them, the surest first."""
_LATEST = 3 * 365
"""Days; an older time without a treatment next to it is another story."""
_DATED = frozenset(("weekday", "date", "month"))
_AHEAD_REACH = 10
_JUST_REACH = 2
"""Words from "just had" to the illness it is about ("just had the flu")."""
_HAD = frozenset(("had", "since", "ago", "after", "got", "did", "done", "was"))
"""Between words for a date to come and a date: that date is past."""


def past_times(
    tokens: Tokens,
    groups: Hits,
    times: Sequence[TimeExpression],
    symptoms: Sequence[Hit[Meaning]],
) -> list[TimeExpression]:
    """The times without dates to come ("booked for the 14th"), without "just had the flu", and
    without those of something else that the writer had."""
    treated = groups.get("treatment", ())
    times = [
        time
        for time in times
        if not _just_had(time, tokens, symptoms)
        and not any(_another_story(hit, time, tokens) for hit in treated)
    ]
    ahead = groups.get("to_come")
    if not ahead:
        return times
    return [
        time
        for time in times
        if time.kind not in _DATED
        or not any(
            tokens.sentences[cue.first] == tokens.sentences[time.first]
            and cue.first <= time.first
            and time.first - cue.last <= _AHEAD_REACH
            and _HAD.isdisjoint(tokens.forms[cue.last + 1 : time.first])
            for cue in ahead
        )
    ]


def _just_had(time: TimeExpression, tokens: Tokens, symptoms: Sequence[Hit[Meaning]]) -> bool:
    """Whether "just had" tells of an illness and of no treatment."""
    said = tokens.forms[time.first : time.last + 1]
    if list(said) not in (["just", "had"], ["just", "got"]):
        return False
    return any(0 < symptom.first - time.last <= _JUST_REACH for symptom in symptoms)


def _another_story(treatment: Hit[Meaning], time: TimeExpression, tokens: Tokens) -> bool:
    """Whether the writer had something else at a time behind a treatment, though no mark says so:
    "arm went weak after sclerotherapy i had covid last year"."""
    for word in range(treatment.last + 1, time.first - 2):
        if tokens.forms[word] == "i" and tokens.forms[word + 1] in ("had", "got", "caught"):
            unbroken = tokens.places[time.first] - tokens.places[word] == time.first - word
            return unbroken and _SAME.isdisjoint(tokens.forms[word + 2 : time.first])
    return False


_SAME = frozenset(
    "it them this that mine one some done another more treatment surgery op operation session "
    "filler botox injections injection put in".split()
)
"""Words for the treatment itself: "botox in my forehead i had it on monday"."""


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
    that belongs to no symptom. A month without a day counts where nothing else is told.
    """
    if mentions and not had and (groups.get("to_come") or groups.get("future")):
        return None  # "can i fly 2 weeks after a tummy tuck? surgery is in may"
    told = [(m.treatment, m.time) for m in mentions if m.had and m.time is not None]
    sessions = _session_times(tokens, groups, times, symptoms)
    until_now = [t for _, t in told if t.kind != "after"] + sessions
    sure = [t.days for t in until_now if t.kind != "month"]
    if sure:
        return min(sure)
    began: dict[str, float] = {}
    for treatment, time in told:
        if time.kind == "after":
            began[treatment] = max(time.days, began.get(treatment, 0))
    if began:
        first = max(began.values())
        later = [
            t.days
            for t in times
            if t.days > first and t.days <= _LATEST and _until_now(t, tokens, symptoms)
        ]
        if first == 0:
            later += _opening_lengths(tokens, times)
        return max(later, default=min(began.values()))
    loose = _loose_days(tokens, times, symptoms, had=had)
    if loose is None and until_now:
        return min(t.days for t in until_now)
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
        if time.kind in NOT_SINCE or time.kind in ("duration", "day_number"):
            continue
        if time.days > _LATEST:
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


def _until_now(time: TimeExpression, tokens: Tokens, symptoms: Sequence[Hit[Meaning]]) -> bool:
    """Whether a length lasts until now: what began after the treatment is no older than it."""
    if time.kind == "now":
        return True
    now = time.first > 0 and tokens.forms[time.first - 1] == "now"
    return time.kind == "day_number" and (now or not _of_symptom(time, symptoms))


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
    usable = [t for t in times if t.kind in _LOOSE and t.days <= _LATEST]
    if not had:
        usable = [t for t in usable if t.kind in ("after", "day_number")]
    chosen = [t for t in usable if not _of_symptom(t, symptoms)] or usable
    for kind in _LOOSE:
        days = [t.days for t in chosen if t.kind == kind]
        if days:
            return max(days)
    return max(_opening_lengths(tokens, times), default=None) if had else None


def _opening_lengths(tokens: Tokens, times: Sequence[TimeExpression]) -> list[float]:
    """Bare lengths that open a sentence ("seven days of this")."""
    return [
        t.days
        for t in times
        if t.kind == "duration"
        and t.days <= _LATEST
        and (t.first == 0 or tokens.sentences[t.first - 1] != tokens.sentences[t.first])
    ]
