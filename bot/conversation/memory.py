"""From a session to what the next message is judged with, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.content.knowledge import Origin
from bot.content.levels import Level, highest
from bot.conversation.session import Session
from bot.triage.assessment import Assessment, Earlier
from bot.understanding.reading import TRAITS, Evidence, Finding, Side, Status

MAX_TOLD = 20

_SIDES: tuple[Side, ...] = ("left", "right", "both", "one")


def earlier_of(session: Session, now: dt.datetime) -> Earlier:
    """What is known of a chat from before a message."""
    return Earlier(
        session.treatments,
        session.days(now),
        session.level,
        session.symptoms,
        session.red_flags,
        tuple(_finding(number, text) for number, text in enumerate(session.told, 1)),
        session.floor,
    )


def edited_from(session: Session, now: dt.datetime) -> Earlier:
    """The same for a message that was changed: what its first version told must not count."""
    return Earlier(session.treatments, session.days(now))


def fresh(session: Session, now: dt.datetime) -> Session:
    """The session as a message finds it: what is too old is gone."""
    if session.expired(now):
        session = Session()
    if not session.together(now):
        session = replace(
            session,
            told=(),
            denied=(),
            ruled_out=(),
            red_flags=(),
            areas=(),
            since=None,
            floor=None,
            asked="",
            done=(),
            rated=False,
        )
    return replace(session, seen=now, began=session.began or now)


def new_talk(session: Session, now: dt.datetime) -> Session:
    """Start over; what is set stays."""
    return Session(
        country=session.country,
        language=session.language,
        clinic=session.clinic,
        seen=now,
        began=now,
    )


def remember(assessment: Assessment, session: Session, now: dt.datetime) -> Session:
    """The session after an assessment: names of the knowledge and days, no words."""
    reading = assessment.reading
    treated_on = session.treated_on
    if reading.days is not None:
        treated_on = now - dt.timedelta(days=min(reading.days, 36_500))
    elif reading.had and set(reading.had) - set(session.treatments):
        treated_on = None
    is_advice = assessment.level is not Level.INFO
    kept = [f for f in assessment.findings if f.status in (Status.PRESENT, Status.RESOLVED)]
    told = tuple(dict.fromkeys(_text(f) for f in kept))[-MAX_TOLD:]
    here = {f.symptom for f in kept}
    denied = dict.fromkeys((*session.denied, *reading.told(Status.DENIED)))
    signs = {sign.red_flag for sign in reading.signs if sign.status is Status.PRESENT}
    met = tuple(m.flag.id for m in assessment.red_flags)
    return replace(
        session,
        treatments=reading.had or session.treatments,
        treated_on=treated_on,
        level=assessment.level if is_advice else session.level,
        symptoms=_last((*session.symptoms, *assessment.symptoms)),
        # flags that rest on symptoms and days are judged anew; words and taps are remembered
        red_flags=tuple(f for f in met if f in signs or f in session.red_flags),
        reasons=_reasons(assessment) if is_advice else session.reasons,
        told=told,
        denied=tuple(slug for slug in denied if slug not in here)[-MAX_TOLD:],
        ruled_out=tuple(f for f in session.ruled_out if f not in met),
        areas=_last((*session.areas, *sorted(reading.areas))),
        since=_since(kept, session, now),
        floor=_floor(assessment, session),
    )


def _floor(assessment: Assessment, session: Session) -> Level | None:
    """After an emergency the advice stays urgent; what repetition raised stays raised."""
    levels = [session.floor] if session.floor else []
    if assessment.repeated:
        levels.append(min(assessment.level, Level.URGENT, key=lambda level: level.rank))
    if assessment.level is Level.EMERGENCY:
        levels.append(Level.URGENT)
    return highest(*levels) if levels else None


def _since(kept: Iterable[Finding], session: Session, now: dt.datetime) -> dt.datetime | None:
    days = [f.since for f in kept if f.since is not None and f.since < 36_500]
    times = [now - dt.timedelta(days=max(days))] if days else []
    return min([*times, *([session.since] if session.since else [])], default=None)


def _reasons(assessment: Assessment) -> tuple[str, ...]:
    texts = (f"{reason.text} ({reason.origin})" for reason in assessment.reasons)
    return tuple(dict.fromkeys(texts))[:12]


def _last(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))[-MAX_TOLD:]


def _text(finding: Finding) -> str:
    words = [finding.symptom, *(t for t in TRAITS if getattr(finding, t))]
    if finding.status is Status.RESOLVED:
        words.append("resolved")
    if finding.side:
        words.append(finding.side)
    return " ".join(words)


def _finding(number: int, text: str) -> Finding:
    """A finding without words; its place, below 0, tells it from the others."""
    symptom, *words = text.split()
    side = next((side for side in _SIDES if side in words), None)
    finding = Finding(
        symptom=symptom,
        status=Status.RESOLVED if "resolved" in words else Status.PRESENT,
        evidence=Evidence(-number, -number, "", "", Origin("(told before)", 0)),
        side=side,
    )
    traits: dict[str, Any] = {word: True for word in words if word in TRAITS}
    return replace(finding, **traits)
