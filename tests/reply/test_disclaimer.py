"""Promise 1: the disclaimer closes every message that carries guidance, whatever comes in."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.render import html_messages, length, plain, plain_messages, visible
from bot.reply.reply import Reply
from tests.standin.entities import parse_html

PIECES = st.sampled_from(
    ["botox", "filler", "2 days ago", "cant breathe", "bruise", "no fever", "lip went white",
     "surgery", "calf pain", "<b>", "&", "i want to die", "headache", "?", "\n", "💀", "ja", "not", "hola tengo", "lips", "left calf", "is it normal", "stop asking",
     "since", "yesterday", "swollen", "my eye", "laser", "worse", "{lips}", "%s", "\x00"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map(" ".join))
KINDS = st.sampled_from(
    ["text", "command", "button", "photo", "voice", "video", "sticker", "location", "contact",
     "document", "poll", "media"]
)  # fmt: skip
BUTTONS = st.sampled_from(
    ["c:experts", "c:normal", "c:clinic", "c:silent", "c:remind", "c:x", "r:4", "r:off", "r:x",
     "f:helpful", "t:laser", "t:other", "w:8", "w:9", "w:x", "s:none", "s:stroke", "x:worse",
     "k:GB", "k:skip", "k:XX", "l:en", "l:es", "o:country", "o:clinic_off", "o:x", "zz", ":", ""]
)  # fmt: skip
COMMANDS = st.sampled_from(
    ["start", "start dysport", "start skin_studio-dysport", "start dr_one", "help", "privacy", "forget", "country", "country gb", "language",
     "sources", "about", "new", "settings", "here bruise", "x"]
)  # fmt: skip
NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


def closes(engine: Engine, reply: Reply) -> None:
    disclaimer = engine.knowledge.wording["en"].disclaimer
    assert reply.parts[-1].kind == "disclaimer"
    assert plain(reply).endswith(disclaimer)
    for message in plain_messages(reply):
        assert message.endswith(disclaimer)
        assert length(message) <= 4096
    for message in html_messages(reply):
        text, _ = parse_html(message)
        assert text.endswith(disclaimer)
        assert visible(message) == length(text) <= 4096


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(KINDS, st.one_of(TEXTS, BUTTONS, COMMANDS), st.booleans()), min_size=1, max_size=4))
def test_every_reply_of_every_turn(engine: Engine, turns: list[tuple[str, str, bool]]) -> None:
    conversation, session = Conversation(engine), Session()
    for kind, text, flag in turns:
        turn = conversation.respond(Incoming(kind, text, flag, flag, flag), session, NOW)  # type: ignore[arg-type]
        assert turn.replies
        for reply in turn.replies:
            closes(engine, reply)
            for row in reply.buttons:
                for button in row:
                    assert 1 <= len(button.data.encode()) <= 64
        session = turn.session


def test_errors_of_ours_close_with_it_too(engine: Engine) -> None:
    for reply in Conversation(engine).failed(Session()).replies:
        closes(engine, reply)


def test_it_says_the_three_things(engine: Engine) -> None:
    text = engine.knowledge.wording["en"].disclaimer.lower()
    assert "education" in text
    assert "not replace the advice of your own doctor" in text
    assert "911 or your local emergency number" in text
    assert "does not make anyone your doctor" in text


def test_a_reply_too_long_for_one_message_is_split_at_lines(engine: Engine) -> None:
    _, reply = engine.answer("botox 2 days ago, headache and a bruise")
    whole = html_messages(reply)
    pieces = html_messages(reply, limit=900)
    assert len(pieces) > len(whole)
    for piece in pieces:
        text, _ = parse_html(piece)
        assert length(text) <= 900
