"""Everything between a text and its reply, compiled from one knowledge."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Mapping
from pathlib import Path

from bot.content.clinics import Clinic
from bot.content.knowledge import Knowledge
from bot.content.words import words_of
from bot.conversation.session import Session
from bot.reply.cards import Cards
from bot.reply.compose import Audience, Composer
from bot.reply.reply import Reply
from bot.triage.assess import assess
from bot.triage.assessment import Assessment, Earlier
from bot.understanding.languages import Tongues
from bot.understanding.read import Reader


class Engine:
    """``Engine(knowledge).answer(text)``: read, assess, compose."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.clinics: Mapping[str, Clinic] = {}
        """The operator's clinics, which are no part of the knowledge, by slug."""
        self.reader = Reader(knowledge)
        self.tongues = Tongues(knowledge)
        self.composer = Composer(knowledge)
        self.cards = Cards(self.composer)

    @classmethod
    def from_folder(cls, folder: Path) -> Engine:
        """Load, check and compile a folder.

        Raises:
            KnowledgeError: with every fault.
        """
        from bot.content.load import load  # noqa: PLC0415 - not for what is compiled already

        engine = cls(load(folder))
        # The knowledge lives as long as the process. Left to the garbage collector, each full
        # collection would walk all of it and hold up an answer for 80 ms.
        gc.collect()
        gc.freeze()
        return engine

    def assess(
        self, text: str, earlier: Earlier | None = None, *, today: dt.date | None = None
    ) -> Assessment:
        """Read a message and judge it."""
        known = earlier.treatments if earlier else ()
        reading = self.reader.read(text, today=today, treatments=known)
        return assess(self.knowledge, reading, earlier)

    def audience(self, session: Session) -> Audience:
        """For whom a chat's replies are written."""
        return Audience(session.country, session.language, self.clinics.get(session.clinic))

    def country_code(self, name: str) -> str | None:
        """The code of a country that is given by its name or code; None if it is not listed.

        A code has to be in capitals: "no" is no country.
        """
        wanted = words_of(name)
        said = self.knowledge.wording["en"].said
        for code, found in self.knowledge.countries.countries.items():
            names = (found.name, *said.get(f"country_{code.lower()}", ()))
            if name.strip() == code or (wanted and wanted in map(words_of, names)):
                return code
        return None

    def answer(
        self, text: str, audience: Audience | None = None, *, today: dt.date | None = None
    ) -> tuple[Assessment, Reply]:
        """The answer to one message with nothing known before it."""
        assessment = self.assess(text, today=today)
        return assessment, self.composer.compose(assessment, audience or Audience(), today=today)
