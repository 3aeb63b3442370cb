"""Commands and what their buttons do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.conversation.deck import REMINDER, Deck
from bot.conversation.engine import Engine
from bot.conversation.memory import new_talk
from bot.conversation.questions import Questions, pairs
from bot.conversation.session import Session
from bot.conversation.turn import Reminder, Turn
from bot.reply.cards import short_name
from bot.reply.compose import Audience, listed
from bot.reply.reply import Button, Line, Part

PAGES = ("help", "privacy")
"""Commands that show a page and change nothing."""


class Commands:
    """Answers commands."""

    def __init__(
        self, engine: Engine, questions: Questions, deck: Deck, *, counts_gaps: bool = False
    ) -> None:
        self._engine = engine
        self._questions = questions
        self._deck = deck
        self._counts_gaps = counts_gaps

    def respond(self, name: str, argument: str, session: Session, now: dt.datetime) -> Turn | None:
        """The turn of a command; None if there is no such command."""
        audience = self._engine.audience(session)
        if name == "privacy" and self._counts_gaps:
            told = self._engine.composer.wording(audience).lines["privacy_gaps"]
            return Turn(session, (self._engine.composer.page(name, audience, extra=(told,)),))
        if name in PAGES:
            return Turn(session, (self._engine.composer.page(name, audience),))
        if name == "start":
            return self._start(session)
        if name == "forget":
            reply = self._engine.composer.page("forget", audience)
            return Turn(Session(), (reply,), reminder=Reminder(REMINDER, None))
        if name == "new":
            reply = self._engine.composer.page("new", audience)
            cancel = Reminder(REMINDER, None) if session.remind_at else None
            return Turn(new_talk(session, now), (reply,), reminder=cancel)
        if name == "country":
            return self._country(argument, session)
        if name == "language":
            return self._language(session)
        if name == "settings":
            return self._settings(session)
        if name == "about":
            return self._about(session)
        if name == "sources":
            shown = self._deck.turn("c", "sources", session, now)
            return shown or Turn(session, (self._engine.composer.page("sources", audience),))
        return None

    def tapped(self, kind: str, value: str, session: Session, now: dt.datetime) -> Turn | None:
        """The turn of a button that a command has shown."""
        audience = self._engine.audience(session)
        if kind == "k" and value == "skip":
            session = replace(session, asked="")
            reply = self._engine.composer.line("noted_country_skip", audience, edits=True)
            return Turn(session, (reply,))
        if kind == "l" and value in self._engine.knowledge.wording:
            session = replace(session, language=value)
            reply = self._engine.composer.line("language_set", audience, language="English")
            return Turn(session, (reply,))
        if kind == "l" and value in self._engine.knowledge.welcome:
            return Turn(session, (self._engine.composer.welcome(value, audience),))
        if kind == "o" and value in ("country", "language", "forget"):
            return self.respond(value, "", session, now)
        if kind == "o" and value == "clinic_off":
            session = replace(session, clinic="")
            return Turn(session, (self._engine.composer.line("clinic_off", audience),))
        return None

    def _start(self, session: Session) -> Turn:
        """The welcome, and once the question for the country."""
        audience = self._engine.audience(session)
        if session.country is not None or "country" in session.done:
            return Turn(session, (self._engine.composer.page("start", audience),))
        question = self._questions.write("country", session, audience)
        session = replace(session, asked="country", done=(*session.done, "country"))
        reply = self._engine.composer.page(
            "start", audience, more=[question.part], buttons=question.rows
        )
        return Turn(session, (reply,))

    def _country(self, argument: str, session: Session) -> Turn:
        composer, audience = self._engine.composer, self._engine.audience(session)
        if not argument:
            rows = self._questions.write("country", session, audience).rows
            session = replace(session, asked="country")
            return Turn(session, (composer.line("country_unknown", audience, buttons=rows),))
        code = self._engine.country_code(argument)
        code = code or self._engine.country_code(argument.upper())
        if code is None:
            return Turn(session, (composer.line("country_not_known", audience),))
        session = replace(session, country=code, asked="")
        name = self._engine.knowledge.countries.countries[code].name
        audience = self._engine.audience(session)
        return Turn(session, (composer.line("country_set", audience, country=name),))

    def _language(self, session: Session) -> Turn:
        composer, audience = self._engine.composer, self._engine.audience(session)
        names = [Button(composer.wording(audience).buttons["english"], "l:en")]
        pages = self._engine.knowledge.welcome
        names += [Button(page.name, f"l:{code}") for code, page in pages.items()]
        return Turn(session, (composer.line("language_list", audience, buttons=pairs(names)),))

    def _settings(self, session: Session) -> Turn:
        composer, audience = self._engine.composer, self._engine.audience(session)
        wording, knowledge = composer.wording(audience), self._engine.knowledge
        country = knowledge.countries.countries.get(session.country or "")
        kept = [short_name(knowledge.treatments[slug]) for slug in session.treatments]
        kept += [composer.symptom(text.split()[0]) for text in session.told]
        lines = [
            wording.lines["settings_country"].format(
                country=country.name if country else wording.lines["unset"]
            ),
            wording.lines["settings_language"],
            *self._clinic_line(audience),
            wording.lines["settings_kept"].format(
                kept=listed(kept) or wording.lines["settings_nothing"]
            ),
        ]
        if session.remind_at is not None:
            time = f"{session.remind_at:%Y-%m-%d %H:%M}"
            lines.append(wording.lines["settings_reminder"].format(time=time))
        names = ["country", "language", "forget"]
        if audience.clinic is not None:
            names.insert(2, "clinic_off")
        rows = [(Button(wording.buttons[name], f"o:{name}"),) for name in names]
        if session.remind_at is not None:
            rows.append((Button(wording.buttons["cancel"], f"r:off:{session.tag}"),))
        part = Part("text", tuple(map(Line, lines)), bullets=True)
        return Turn(session, (composer.parts([part], audience, rows),))

    def _clinic_line(self, audience: Audience) -> list[str]:
        if audience.clinic is None:
            return []
        line = self._engine.composer.wording(audience).lines["settings_clinic"]
        return [line.format(clinic=audience.clinic.name)]

    def _about(self, session: Session) -> Turn:
        knowledge = self._engine.knowledge
        audience = self._engine.audience(session)
        wording = self._engine.composer.wording(audience)
        version = wording.lines["version"].format(
            version=knowledge.edition,
            topics=len(knowledge.topics),
            flags=len(knowledge.red_flags),
            sources=len(knowledge.sources),
        )
        reply = self._engine.composer.page("about", audience, extra=(wording.unreviewed, version))
        return Turn(session, (reply,))
