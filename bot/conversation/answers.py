"""What a short message means as an answer to the question that is open."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.models import Wording
from bot.content.words import words_of
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.understanding.reading import Reading

AnswerKind = Literal["treatment", "days", "sign", "none", "trend", "country", "unsure", "which"]
_NUMBERS = re.compile(r"(?:\s*(?:\d|and|,|&|\+|#|no\.?|number|nr\.?)\s*)+", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"\s*(\d{1,4})\s*", re.ASCII)

NAMED = 3
"""Words of a message that does no more than name a treatment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whether tapped or written."""

    kind: AnswerKind
    values: tuple[str, ...] = ()
    """Slugs, days, red flags, ``worse|same|better``, or a country's code."""


def whole(text: str, wording: Wording) -> str | None:
    """The name of a message that means something by itself (``thanks``); None for others.

    Several in a row count as the last one that is more than a greeting: "hi, no".
    """
    words = words_of(text)
    words = tuple(word for word in words if any(char.isalnum() for char in word))
    phrases, longest = wording.by_words, wording.longest
    found: list[str] = []
    while words:
        for size in range(min(longest, len(words)), 0, -1):
            name = phrases.get(words[:size])
            if name is not None:
                found.append(name)
                words = words[size:]
                break
        else:
            return None
    rest = [name for name in found if name not in ("hello", "fine", "thanks")]
    return (rest or found)[-1] if found else None


def stands_alone(text: str, wording: Wording) -> bool:
    """Whether a message is an answer or small talk whole: ``none``, ``2 and 3``, ``thanks``."""
    return whole(text, wording) is not None or _NUMBERS.fullmatch(text) is not None


def answer_of(
    text: str, reading: Reading, session: Session, engine: Engine, checklist: tuple[str, ...]
) -> Answer | None:
    """The answer that a message without signs gives to the open question.

    Args:
        checklist: Red flags asked for, in the order of their numbers.
    """
    asked = session.asked
    wording = engine.composer.wording(engine.audience(session))
    said = whole(text, wording)
    if said == "none" and not asked and "signs" in session.done and not session.ruled_out:
        return Answer("none")  # after small talk, still about the list above
    if asked in ("treatment", "when") and said == "no":
        return Answer("unsure")
    if asked == "signs":
        if said in ("none", "no"):
            return Answer("none")
        if said == "yes":
            return Answer("which")
        if _NUMBERS.fullmatch(text):
            numbers = [int(digit) for digit in re.findall(r"\d", text)]
            flags = [checklist[n - 1] for n in numbers if 0 < n <= len(checklist)]
            return Answer("sign", tuple(flags)) if flags else Answer("which")
    if asked == "worse" and said in ("yes", "no", "none", "same", "better"):
        trend = {"yes": "worse", "better": "better"}.get(said, "same")
        return Answer("trend", (trend,))
    if asked == "country":
        code = engine.country_code(text)
        if code is not None:
            return Answer("country", (code,))
        if said in ("no", "none", "unsure"):
            return Answer("unsure")
    if asked and said == "unsure":
        return Answer("unsure")
    if session.told and said in ("same", "better"):
        return Answer("trend", (said,))
    if asked == "treatment" and reading.treatments:
        return Answer("treatment", tuple(dict.fromkeys(m.treatment for m in reading.treatments)))
    named = tuple(dict.fromkeys(m.treatment for m in reading.treatments))
    if named and len(words_of(text)) <= NAMED and "?" not in text and not reading.requests:
        if not session.told and not reading.had:  # "nose filler": it was had, for doubt raises
            return Answer("treatment", named)
        if session.told and set(named) <= set(session.treatments or named):
            return Answer("treatment", session.treatments or named)
    days = reading.days
    if asked == "when" and days is None:
        days = _days(text, session, engine)
    if days is not None and session.treatments and not reading.treatments:
        return Answer("days", (str(days),))
    return None


def _days(text: str, session: Session, engine: Engine) -> float | None:
    """Days in an answer that leaves "ago" out: "about 2 weeks", "3"."""
    if len(text) > 60:
        return None
    bare = _BARE_NUMBER.fullmatch(text)
    if bare is not None:
        return float(bare[1])
    return engine.reader.read(f"it was {text} ago", treatments=session.treatments).days


def with_treatment(reading: Reading) -> Reading:
    """The reading of an answer that only names a treatment: it was had."""
    return replace(reading, treatments=tuple(replace(m, had=True) for m in reading.treatments))
