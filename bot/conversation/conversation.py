"""The turns of one chat, without knowing any channel.

``respond`` is a pure function of what came in, the session and the clock: it returns the replies
and the session after them. A channel only carries both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from bot.content.levels import Level
from bot.content.words import words_of
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.compose import Audience
from bot.reply.reply import Button, Reply
from bot.triage.assessment import Assessment, Earlier

IncomingKind = Literal["text", "command", "button", "photo", "voice", "sticker", "media"]

PAGES = ("start", "help", "privacy", "sources", "about")
"""Commands that show a page and change nothing."""
ASKED = (
    "botulinum_toxin",
    "unspecified_filler",
    "laser",
    "chemical_peel",
    "eyelid_surgery",
    "facelift",
    "breast_augmentation",
    "liposuction",
    "tummy_tuck",
    "other_surgery",
)
"""Treatments offered as buttons when none is named, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that a person sent."""

    kind: IncomingKind
    text: str = ""
    """The words; a command without its slash, with its argument; a button's data."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what is remembered after it."""

    session: Session
    replies: tuple[Reply, ...]


class Conversation:
    """Answers whatever comes in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def respond(self, incoming: Incoming, session: Session, now: dt.datetime | None = None) -> Turn:
        """One turn. ``now`` is the time at which it came in, with a time zone."""
        now = now or dt.datetime.now(dt.UTC)
        if session.expired(now):
            session = Session()
        session = replace(session, seen=now)
        if incoming.kind == "text":
            return self._text(incoming.text, session, now)
        if incoming.kind == "command":
            return self._command(incoming.text, session, now)
        if incoming.kind == "button":
            return self._button(incoming.text, session)
        return self._page(incoming.kind, session, signs_of=session.treatments)

    def failed(self, session: Session) -> Turn:
        """The reply to an error of ours: never silence."""
        return self._page("error", session)

    # -- text ---------------------------------------------------------------------------

    def _text(self, text: str, session: Session, now: dt.datetime) -> Turn:
        earlier = Earlier(
            session.treatments,
            session.days(now),
            session.level,
            session.symptoms,
            session.red_flags,
        )
        today = now.date()
        assessment = self._engine.assess(text, earlier, today=today)
        ask = self._asks_treatment(assessment)
        buttons = self._buttons(assessment, ask=ask)
        reply = self._engine.composer.compose(
            assessment, self._audience(session), today=today, buttons=buttons
        )
        return Turn(self._remember(assessment, session, now), (reply,))

    def _asks_treatment(self, assessment: Assessment) -> bool:
        return (
            not assessment.treatments
            and bool(assessment.symptoms)
            and assessment.level is not Level.EMERGENCY
        )

    def _buttons(self, assessment: Assessment, *, ask: bool) -> list[tuple[Button, ...]]:
        """An emergency has no buttons that distract."""
        if assessment.level is Level.EMERGENCY:
            return []
        wording = self._engine.composer.wording(Audience())
        rows: list[tuple[Button, ...]] = []
        if ask:
            known = [
                Button(self._short(slug), f"t:{slug}")
                for slug in ASKED
                if slug in self._engine.knowledge.treatments
            ]
            rows += [tuple(known[i : i + 2]) for i in range(0, len(known), 2)]
        row = [Button(wording.buttons["danger"], "p:danger")]
        if assessment.reasons:
            row.append(Button(wording.buttons["why"], "p:why"))
        rows.append(tuple(row))
        return rows

    def _short(self, slug: str) -> str:
        name = self._engine.knowledge.treatments[slug].name
        return name[:1].upper() + name[1:]

    def _remember(self, assessment: Assessment, session: Session, now: dt.datetime) -> Session:
        treated_on = session.treated_on
        if assessment.reading.days is not None:
            treated_on = now - dt.timedelta(days=min(assessment.reading.days, 36_500))
        elif assessment.reading.had and set(assessment.reading.had) - set(session.treatments):
            treated_on = None
        told = assessment.level is not Level.INFO
        reasons = tuple(
            dict.fromkeys(f"{reason.text} ({reason.origin})" for reason in assessment.reasons)
        )
        return replace(
            session,
            treatments=assessment.reading.had or session.treatments,
            treated_on=treated_on,
            level=assessment.level if told else session.level,
            symptoms=tuple(dict.fromkeys((*session.symptoms, *assessment.symptoms)))[-20:],
            red_flags=tuple(met.flag.id for met in assessment.red_flags) or session.red_flags,
            reasons=reasons[:12] if told else session.reasons,
        )

    # -- commands and buttons -------------------------------------------------------------

    def _command(self, text: str, session: Session, now: dt.datetime) -> Turn:
        name, _, argument = text.strip().partition(" ")
        name = name.split("@")[0].lower()
        if name == "start" and argument:
            return self._start_with(argument, session)
        if name == "about":
            return self._about(session)
        if name in PAGES:
            return self._page(name, session)
        if name == "forget":
            return Turn(Session(), self._page("forget", session).replies)
        if name == "new":
            fresh = Session(country=session.country, language=session.language, seen=session.seen)
            return Turn(fresh, self._page("new", session).replies)
        if name == "country":
            return self._country(argument, session)
        if argument.strip():  # "/hi I cannot breathe": the words count, not the slash
            return self._text(argument, session, now)
        return self._page("unknown_command", session)

    def _start_with(self, argument: str, session: Session) -> Turn:
        """A deep link may name a treatment."""
        reading = self._engine.reader.read(f"had {argument.replace('_', ' ')}")
        slug = argument if argument in self._engine.knowledge.treatments else None
        slug = slug or (reading.had[0] if reading.had else None)
        if slug is None:
            return self._page("start", session)
        return self._choose(slug, session)

    def _about(self, session: Session) -> Turn:
        knowledge = self._engine.knowledge
        wording = self._engine.composer.wording(self._audience(session))
        version = wording.lines["version"].format(
            version=knowledge.version,
            topics=len(knowledge.topics),
            flags=len(knowledge.red_flags),
            sources=len(knowledge.sources),
        )
        reply = self._engine.composer.page(
            "about", self._audience(session), extra=(wording.unreviewed, version)
        )
        return Turn(session, (reply,))

    def _country(self, argument: str, session: Session) -> Turn:
        countries = self._engine.knowledge.countries.countries
        wanted = words_of(argument)
        audience = self._audience(session)
        if not wanted:
            return Turn(session, (self._engine.composer.line("country_unknown", audience),))
        for code, found in countries.items():
            if wanted in (words_of(code), words_of(found.name)):
                session = replace(session, country=code)
                reply = self._engine.composer.line(
                    "country_set", self._audience(session), country=found.name
                )
                return Turn(session, (reply,))
        return Turn(session, (self._engine.composer.line("country_not_known", audience),))

    def _button(self, data: str, session: Session) -> Turn:
        kind, _, value = data.partition(":")
        composer, audience = self._engine.composer, self._audience(session)
        if kind == "t" and value in self._engine.knowledge.treatments:
            return self._choose(value, session)
        if data == "p:danger":
            return Turn(session, (composer.danger_page(session.treatments, audience),))
        if data == "p:why":
            return Turn(session, (composer.why_page(session.reasons, audience),))
        return self._page("old_button", session)

    def _choose(self, slug: str, session: Session) -> Turn:
        session = replace(session, treatments=(slug,))
        name = self._engine.knowledge.treatments[slug].name
        reply = self._engine.composer.line(
            "noted_treatment", self._audience(session), treatment=name
        )
        return Turn(session, (reply,))

    def _page(self, name: str, session: Session, signs_of: tuple[str, ...] | None = None) -> Turn:
        reply = self._engine.composer.page(name, self._audience(session), signs_of=signs_of)
        return Turn(session, (reply,))

    @staticmethod
    def _audience(session: Session) -> Audience:
        return Audience(session.country, session.language)
