"""Every reply of every conversation, as somebody meets it who cannot see the screen.

Emoji never carry meaning alone, what to do comes first, and the plain form says the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.reply.render import html_messages, plain, plain_messages
from bot.reply.reply import Reply
from tests.conversation.script import PERSON, Room, Script, parameters
from tests.standin.entities import parse_html

AFTER_THE_ACTION = ("experts", "views", "label", "dispute", "sources", "evidence", "changes", "question")
TAPPABLE = re.compile(r"\+?[0-9]+(?: [0-9]+)*")


def replies(script: Script, engine: Engine) -> Iterator[Reply]:
    room = Room(engine)
    for line in script.lines:
        if any(key in line for key in PERSON):
            for turn in room.send(line):
                yield from turn.replies


def spoken(text: str) -> str:
    """What a screen reader says if it says no emoji."""
    return "".join(char for char in text if unicodedata.category(char) not in ("So", "Sk", "Cf", "Mn"))


def letters(text: str) -> int:
    return sum(char.isalpha() for char in spoken(text))


@pytest.mark.parametrize("script", list(parameters()))
def test_replies_can_be_heard(script: Script, engine: Engine) -> None:
    for reply in replies(script, engine):
        for button in (button for row in reply.buttons for button in row):
            assert letters(button.label) or spoken(button.label).strip().isdigit(), button.label
        for line in (line for part in reply.parts for line in part.lines):
            text = f"{line.bold} {line.text}"
            assert letters(text) >= 2, text
            assert spoken(text).strip(), text
        kinds = [part.kind for part in reply.parts]
        assert kinds[-1] == "disclaimer"
        assert kinds.count("disclaimer") == 1
        if "headline" in kinds:
            assert kinds[0] == "headline", "the level is heard first"
        if "action" in kinds:
            later = [kinds.index(kind) for kind in AFTER_THE_ACTION if kind in kinds]
            assert kinds.index("action") < min(later, default=99), "what to do before all else"
        if reply.level is Level.EMERGENCY and "reason" in kinds:
            assert kinds.index("action") < kinds.index("reason")


@pytest.mark.parametrize("script", list(parameters()))
def test_the_plain_form_says_the_same(script: Script, engine: Engine) -> None:
    for reply in replies(script, engine):
        as_html = " ".join(parse_html(message)[0] for message in html_messages(reply))
        as_text = " ".join(plain_messages(reply))
        assert plain(reply).split() == as_text.split() or len(plain_messages(reply)) > 1
        for line in (line for part in reply.parts for line in part.lines):
            for words in (line.bold, line.text):
                assert words in as_html
                assert words in as_text
        for title in (part.title for part in reply.parts):
            assert title in as_html
            assert title in as_text
        assert not re.search(r"</?\w+>", as_text), "no markup is read out"


def test_levels_differ_in_words_and_not_in_colour_alone(engine: Engine) -> None:
    wording = engine.knowledge.wording["en"]
    assert len({spoken(text) for text in wording.headlines.values()}) == len(wording.headlines)
    for page in engine.knowledge.welcome.values():
        assert len({spoken(text) for text in page.levels.values()}) == len(page.levels)


def test_numbers_can_be_tapped_or_copied(engine: Engine) -> None:
    """Telegram knows a number that begins with + and copies others: so nothing odd stands in one."""
    for country in engine.knowledge.countries.countries.values():
        for number in (country.emergency, country.ambulance, country.crisis_line, country.advice_line):
            assert number is None or TAPPABLE.fullmatch(number), (country.name, number)
    for clinic in engine.clinics.values():
        for number in (*clinic.phone, clinic.after_hours):
            assert number is None or (TAPPABLE.fullmatch(number) and number.startswith("+"))


def test_a_clinics_number_is_left_as_text_and_an_emergency_number_is_code(engine: Engine) -> None:
    room = Room(engine)
    sent = [
        message
        for line in ("/start dr_one", "/country GB", "lip filler today, my lip went white")
        for turn in room.send({"person": line})
        for reply in turn.replies
        for message in html_messages(reply)
    ]
    assert "<code>999</code>" in sent[-1]
    assert "<b>Dr One</b>: +44 20 7946 0000" in sent[-1]
