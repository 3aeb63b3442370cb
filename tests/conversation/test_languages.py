"""Pages for people who write another language: known by few words, short, and never too late."""

from __future__ import annotations

import pytest
import yaml

from bot.content.levels import Level
from bot.content.words import words_of
from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.compose import Audience
from bot.reply.render import html_messages, visible
from bot.understanding.vocabulary import common_words
from tests.conftest import ROOT

SCREEN = 1000
"""Characters on the screen of a phone, closing lines included."""
LEVELS = {Level.EMERGENCY, Level.URGENT, Level.CONTACT_CLINIC, Level.SELF_CARE}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hola, tengo una pregunta", "es"),
        ("olá, fiz botox ontem", "pt"),
        ("j'ai mal depuis hier", "fr"),
        ("hallo", "de"),
        ("ich kann nicht schlucken", "de"),
        ("non riesco a respirare", "it"),
        ("не могу дышать", "ru"),
        ("nefes alamıyorum", "tr"),
        ("hello, is it normal that my eye hurts", None),
        ("my mum said que sera sera, los angeles, lip filler hurts a bit since yesterday", None),
        ("i had a peeling in las vegas", None),
        ("gracias", None),
        ("", None),
        ("123 ?!", None),
    ],
)
def test_the_language_of_a_message(engine: Engine, text: str, language: str | None) -> None:
    assert engine.tongues.of(text) == language


def test_no_english_message_of_the_cases_is_taken_for_another_language(engine: Engine) -> None:
    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [text for item in inner for text in texts(item)]

    checked = 0
    for file in (ROOT / "tests" / "cases").rglob("*.yaml"):
        for text in texts(yaml.safe_load(file.read_text("utf-8"))):
            words = words_of(text)
            if sum(word in common_words() for word in words) < 0.7 * len(words):
                continue  # written in another language
            checked += 1
            assert engine.tongues.of(text) is None, (file.name, text)
    assert checked > 1000


def test_every_page_is_whole_and_fits_a_screen(engine: Engine) -> None:
    english = engine.knowledge.wording["en"]
    assert len(engine.knowledge.welcome) == 7
    for language, page in engine.knowledge.welcome.items():
        assert page.reviewed_by is None, "until somebody has signed it"
        assert page.commands.keys() == english.commands.keys()
        assert set(page.levels) == LEVELS
        for level in page.levels:
            for audience in (Audience(), Audience("GB")):
                (text,) = html_messages(engine.composer.welcome(language, audience, level))
                assert visible(text) <= SCREEN + len(english.disclaimer), (language, visible(text))
                assert "{" not in text
        for level in (Level.EMERGENCY, Level.SELF_CARE):
            mark = english.headlines[level][0]
            assert page.levels[level].startswith(mark)


@pytest.mark.parametrize("command", ["start", "start dysport", "language"])
def test_the_language_of_the_app_brings_its_page_first(engine: Engine, command: str) -> None:
    incoming = Incoming("command", command, language="es")
    first, *others = Conversation(engine).respond(incoming, Session()).replies
    assert "Solo leo y escribo inglés" in html_messages(first)[0]
    assert others, "and then what everybody gets"
    plain = Conversation(engine).respond(Incoming("command", command, language="xx"), Session())
    assert len(plain.replies) == len(others)
