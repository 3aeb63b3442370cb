"""Which question to ask next: at most one, and only if its answer would change the advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.content.levels import Level
from bot.content.models import RedFlag
from bot.conversation.engine import Engine
from bot.conversation.memory import earlier_of
from bot.conversation.session import Session
from bot.reply.cards import short_name
from bot.reply.compose import Audience
from bot.reply.reply import Button, Line, Part
from bot.triage.assess import assess
from bot.triage.assessment import Assessment, Earlier
from bot.understanding.reading import Reading

FREQUENT = (
    "botulinum_toxin",
    "unspecified_filler",
    "laser",
    "chemical_peel",
    "eyelid_surgery",
    "facelift",
    "breast_augmentation",
    "liposuction",
    "tummy_tuck",
    "microneedling",
    "thread_lift",
    "rhinoplasty",
)
"""Treatments offered as buttons, the most frequent first where the symptoms tell nothing."""
OFFERED = 8
SPANS = {0: 0, 1: 1, 2: 3, 4: 7, 8: 14, 15: 28, 29: 90, 91: 365}
"""Days offered as buttons: first and last day of each."""
CHECKLIST = 6
NEAR = 3
"""Of these, red flags that one of the symptoms told belongs to."""
COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ", "DE", "ES")
NOTHING = Reading(text="")
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the buttons that answer it. Words answer it as well."""

    name: str
    part: Part
    rows: Rows


class Questions:
    """Chooses and writes questions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._knowledge = engine.knowledge

    def recall(self, session: Session, now: dt.datetime) -> Assessment:
        """The assessment of all that a session holds."""
        return assess(self._knowledge, NOTHING, _without_level(session, now))

    def _supposed(self, session: Session, now: dt.datetime) -> Assessment:
        """The same, to be compared only."""
        return assess(self._knowledge, NOTHING, _without_level(session, now), level_only=True)

    def next(
        self, assessment: Assessment, session: Session, now: dt.datetime, audience: Audience
    ) -> Question | None:
        """The question whose answer would change the advice; None if there is none."""
        if assessment.level is Level.EMERGENCY:
            return None
        order = ["treatment", "when", "signs", "worse"]
        if assessment.sounds_like_danger:
            order = ["signs", "treatment", "when", "worse"]
        for name in order:
            if name in session.done:
                continue
            question = self._would_change(name, session, now) and self.write(
                name, session, audience
            )
            if question:
                return question
        if session.country is None and "country" not in session.done:
            return self.write("country", session, audience)
        return None

    def write(self, name: str, session: Session, audience: Audience) -> Question:
        """A question with its buttons."""
        wording = self._engine.composer.wording(audience)
        lines = [Line(wording.lines[f"ask_{name}"])]
        if name == "signs":
            numbered = [
                wording.lines["sign_number"].format(number=number, sign=flag.signs[0])
                for number, flag in enumerate(self.checklist(session), 1)
            ]
            lines = [*map(Line, numbered), *lines]
        rows = {
            "treatment": self._treatments,
            "when": self._when,
            "signs": self._signs,
            "worse": self._worse,
            "country": self._countries,
        }[name](session, audience)
        return Question(name, Part("question", tuple(lines), wording.titles[name]), rows)

    def checklist(self, session: Session) -> list[RedFlag]:
        """The red flags of this treatment that a person is asked for, in the order of numbers."""
        composer, told = self._engine.composer, {text.split()[0] for text in session.told}
        flags = composer.danger_flags(session.treatments, limit=CHECKLIST)
        near = [
            flag
            for flag in composer.danger_flags(session.treatments, limit=100)
            if not told.isdisjoint(flag.symptoms)
        ]
        chosen = dict.fromkeys(flag.id for flag in (*near[:NEAR], *flags))
        table = self._knowledge.red_flags
        return [table[f] for f in chosen if table[f].call_first != "crisis_line"][:CHECKLIST]

    # -- would the answer change anything? ------------------------------------------------

    def _would_change(self, name: str, session: Session, now: dt.datetime) -> bool:
        if name == "signs":
            return bool(session.told or session.treatments)
        if not session.told:
            return False
        if name == "treatment":
            if session.treatments:
                return False
            return self._differ((replace(session, treatments=(slug,)) for slug in FREQUENT), now)
        if name == "when":
            if not session.treatments or session.treated_on is not None:
                return False
            days = sorted({day for span in SPANS.items() for day in span})
            return self._differ((on_day(session, day, now) for day in days), now)
        if any({"worse", "better"} & set(told.split()) for told in session.told):
            return False
        worse = replace(session, told=tuple(f"{told} worse" for told in session.told))
        return self._supposed(worse, now).level.rank > self._supposed(session, now).level.rank

    def _differ(self, sessions: Iterable[Session], now: dt.datetime) -> bool:
        """Whether the advice would not be the same for all of them."""
        found = (self._supposed(session, now) for session in sessions)
        return len({(a.level, tuple(row.text for row in a.expected)) for a in found}) > 1

    def day_of(self, first: int, session: Session, now: dt.datetime) -> int | None:
        """The day taken for a span of days: the most urgent one, for doubt raises."""
        if first not in SPANS:
            return None
        days = range(first, SPANS[first] + 1) if SPANS[first] < 30 else (first, SPANS[first])
        return max(days, key=lambda day: self._supposed(on_day(session, day, now), now).level.rank)

    # -- buttons --------------------------------------------------------------------------

    def _treatments(self, session: Session, audience: Audience) -> Rows:
        """Those whose calendar or topics know the symptoms first, then the most frequent."""
        table = self._knowledge.treatments
        told = {text.split()[0] for text in session.told}
        wording, tag = self._engine.composer.wording(audience), session.tag

        def known(slug: str) -> int:
            treatment = table[slug]
            topics = self._knowledge.topics_by_treatment.get(slug, {}).values()
            return len(told & {row.symptom for row in treatment.expected}) + any(
                topic.symptoms[0] in told for topic in topics
            )

        slugs = [slug for slug in FREQUENT if slug in table]
        slugs = sorted(slugs, key=lambda slug: -known(slug))[:OFFERED]
        buttons = [
            Button(_capital(short_name(table[slug])), f"t:{slug}:{tag}") for slug in slugs
        ]
        last = (
            Button(wording.buttons["other"], f"t:other:{tag}"),
            Button(wording.buttons["unsure"], f"t:unsure:{tag}"),
        )
        return (*pairs(buttons), last)

    def _when(self, session: Session, audience: Audience) -> Rows:
        wording, tag = self._engine.composer.wording(audience), session.tag
        return pairs(
            Button(wording.buttons[f"when_{first}"], f"w:{first}:{tag}") for first in SPANS
        )

    def _signs(self, session: Session, audience: Audience) -> Rows:
        """A tap is an answer at once: a danger sign waits for no other button."""
        wording, tag = self._engine.composer.wording(audience), session.tag
        numbers = tuple(
            Button(str(number), f"s:{flag.id}:{tag}")
            for number, flag in enumerate(self.checklist(session), 1)
        )
        return (numbers, (Button(wording.buttons["none"], f"s:none:{tag}"),))

    def _worse(self, session: Session, audience: Audience) -> Rows:
        wording, tag = self._engine.composer.wording(audience), session.tag
        return (
            (Button(wording.buttons["worse_yes"], f"x:worse:{tag}"),),
            (
                Button(wording.buttons["worse_no"], f"x:same:{tag}"),
                Button(wording.buttons["worse_better"], f"x:better:{tag}"),
            ),
        )

    def _countries(self, session: Session, audience: Audience) -> Rows:
        wording = self._engine.composer.wording(audience)
        table = self._knowledge.countries.countries
        clinic = self._engine.clinics.get(session.clinic)
        first = [clinic.country] if clinic and clinic.country else []
        codes = list(dict.fromkeys((*first, *COUNTRIES)))[: len(COUNTRIES)]
        names = [Button(table[c].name, f"k:{c}") for c in codes if c in table]
        return (*pairs(names), (Button(wording.buttons["skip"], "k:skip"),))


def _without_level(session: Session, now: dt.datetime) -> Earlier:
    return replace(earlier_of(session, now), level=None)


def on_day(session: Session, days: float, now: dt.datetime) -> Session:
    """The session with the treatment so many days ago."""
    return replace(session, treated_on=now - dt.timedelta(days=min(days, 36_500)))


def pairs(buttons: Iterable[Button]) -> Rows:
    """Two buttons a row: long enough words, and few rows."""
    row = list(buttons)
    return tuple(tuple(row[i : i + 2]) for i in range(0, len(row), 2))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
