"""The buttons under an advice, and the cards that they bring."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.conversation.questions import Questions, Rows, pairs
from bot.conversation.session import Session
from bot.conversation.turn import Reminder, Turn
from bot.reply.cards import Summary, short_name
from bot.reply.compose import Audience
from bot.reply.reply import Button, Reply
from bot.triage.assessment import Assessment

HOURS = (4, 12, 24)
REMINDER = "check"
"""Id of the one reminder that a chat may have."""
SHOWN_TRAITS = ("severe", "mild", "sudden", "worse", "one_sided")


class Deck:
    """Answers taps on cards, reminders and *Was this helpful?*"""

    def __init__(self, engine: Engine, questions: Questions) -> None:
        self._engine = engine
        self._questions = questions

    def rows(self, found: Assessment, session: Session) -> Rows:
        """The buttons of an advice; an emergency has none that distract."""
        if found.level is Level.EMERGENCY:
            return ()
        names = ["danger", "why", "sources"]
        if found.topics:
            names.insert(0, "experts")
        if any(treatment.expected for treatment in found.treatments):
            names.insert(1, "normal")
        if found.level.rank >= Level.CONTACT_CLINIC.rank:
            names.append("silent")
        names += ["clinic", "remind"]
        labels = self._engine.composer.wording(self._engine.audience(session)).buttons
        cards = pairs(Button(labels[name], f"c:{name}:{session.tag}") for name in names)
        if session.rated:
            return cards
        rating = tuple(
            Button(labels[name], f"f:{name}:{session.tag}") for name in ("helpful", "not_helpful")
        )
        return (*cards, rating)

    def turn(self, kind: str, value: str, session: Session, now: dt.datetime) -> Turn | None:
        """The turn of a tap; None for a button that is not of this room, or has nothing left."""
        if kind in ("c", "p"):
            return self._card(value, session, now)
        if kind == "r":
            return self._reminder(value, session, now)
        if kind == "f" and value in ("helpful", "not_helpful"):
            audience = self._engine.audience(session)
            name = "rated_before" if session.rated else "rated"
            reply = self._engine.composer.line(name, audience)
            counted = None if session.rated else value
            return Turn(replace(session, rated=True), (reply,), feedback=counted)
        return None

    def _card(self, name: str, session: Session, now: dt.datetime) -> Turn | None:
        cards, audience = self._engine.cards, self._engine.audience(session)
        if name == "danger":
            return Turn(session, (cards.danger(session.treatments, audience),))
        if name == "silent":
            return Turn(session, (cards.route(session.level, audience),))
        if not session.told and not session.red_flags:
            return None
        if name == "remind":
            return Turn(session, (self._ask_when(session, audience),))
        found = self._questions.recall(session, now)
        reply = {
            "experts": lambda: cards.experts(found, audience, now.date()),
            "normal": lambda: cards.normal(found, audience),
            "sources": lambda: cards.sources(found, audience, now.date()),
            "why": lambda: cards.why(found, audience),
            "clinic": lambda: cards.clinic(self._summary(found, session, now), audience),
        }.get(name)
        return Turn(session, (reply(),)) if reply else None

    def _ask_when(self, session: Session, audience: Audience) -> Reply:
        composer = self._engine.composer
        label = composer.wording(audience).buttons["hours"]
        row = tuple(Button(label.format(hours=h), f"r:{h}:{session.tag}") for h in HOURS)
        return composer.line("remind_ask", audience, buttons=(row,))

    def _reminder(self, value: str, session: Session, now: dt.datetime) -> Turn | None:
        composer, audience = self._engine.composer, self._engine.audience(session)
        if value == "off":
            name = "remind_off" if session.remind_at else "remind_none"
            reply = composer.line(name, audience, edits=True)
            session = replace(session, remind_at=None)
            return Turn(session, (reply,), reminder=Reminder(REMINDER, None))
        if value not in map(str, HOURS):
            return None
        due = now + dt.timedelta(hours=int(value))
        cancel = Button(composer.wording(audience).buttons["cancel"], f"r:off:{session.tag}")
        reply = composer.line("remind_set", audience, buttons=((cancel,),), edits=True, hours=value)
        session = replace(session, remind_at=due)
        return Turn(session, (reply,), reminder=Reminder(REMINDER, due))

    def _summary(self, found: Assessment, session: Session, now: dt.datetime) -> Summary:
        composer, knowledge = self._engine.composer, self._engine.knowledge
        lines = composer.wording(self._engine.audience(session)).lines
        symptoms = []
        for finding in found.findings:
            told = [lines[f"trait_{t}"] for t in SHOWN_TRAITS if getattr(finding, t)]
            told += [finding.side] if finding.side in ("left", "right") else []
            name = composer.symptom(finding.symptom)
            symptoms.append(f"{name} ({', '.join(told)})" if told else name)
        symptoms += [met.flag.signs[0] for met in found.red_flags if not met.evidence]
        denied = [composer.symptom(slug) for slug in session.denied]
        denied += [knowledge.red_flags[f].signs[0] for f in session.ruled_out]
        days = session.days(now)
        return Summary(
            treatments=tuple(short_name(treatment) for treatment in found.treatments),
            treated_on=session.treated_on.date() if session.treated_on else None,
            day=int(days) if days is not None else None,
            areas=tuple(slug.replace("_", " ") for slug in session.areas),
            symptoms=tuple(dict.fromkeys(symptoms)),
            since=session.since.date() if session.since else None,
            denied=tuple(dict.fromkeys(denied)),
            level=found.level,
        )
