"""Turns of a chat: memory, commands, what is forgotten."""

from __future__ import annotations

import datetime as dt

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import MEMORY, Session
from bot.reply.render import plain

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


class Chat:
    """One person's chat, as text."""

    def __init__(self, engine: Engine) -> None:
        self.conversation = Conversation(engine)
        self.session = Session()
        self.now = NOW

    def say(self, text: str) -> str:
        kind = "command" if text.startswith("/") else "text"
        turn = self.conversation.respond(
            Incoming(kind, text.removeprefix("/")), self.session, self.now
        )
        self.session = turn.session
        return "\n".join(plain(reply) for reply in turn.replies)


def test_the_treatment_and_its_day_are_remembered(engine: Engine) -> None:
    chat = Chat(engine)
    chat.say("botox 3 days ago, small bruise")
    chat.now += dt.timedelta(days=1)
    assert "after botulinum toxin, day 4" in chat.say("now a headache")


def test_a_silent_chat_is_forgotten_with_all_that_was_kept(engine: Engine) -> None:
    chat = Chat(engine)
    chat.say("/country Ireland")
    chat.say("botox 3 days ago, small bruise")
    chat.now += MEMORY + dt.timedelta(minutes=1)
    assert "botulinum" not in chat.say("headache").split("Get help")[0]
    assert chat.session.country is None


def test_forget_and_new(engine: Engine) -> None:
    chat = Chat(engine)
    chat.say("/country GB")
    chat.say("botox 3 days ago, small bruise")
    chat.say("/new")
    assert chat.session.treatments == ()
    assert chat.session.country == "GB"
    chat.say("/forget")
    assert chat.session == Session()


def test_the_country_sets_the_number(engine: Engine) -> None:
    chat = Chat(engine)
    assert "your local emergency number" in chat.say("cant breathe")
    assert "999" in chat.say("/country gb")
    assert "Call 999 now" in chat.say("cant breathe")
    assert "no checked number" in chat.say("/country Atlantis")


def test_suicidal_words_get_the_crisis_line_of_the_country(engine: Engine) -> None:
    chat = Chat(engine)
    chat.say("/country US")
    reply = chat.say("i dont want to live anymore")
    assert "988" in reply
    assert "glad that you wrote" in reply


def test_a_deep_link_names_a_treatment(engine: Engine) -> None:
    chat = Chat(engine)
    assert "botulinum toxin" in chat.say("/start dysport")
    assert chat.session.treatments == ("botulinum_toxin",)


def test_a_session_holds_no_words_of_the_person(engine: Engine) -> None:
    chat = Chat(engine)
    chat.say("xylophone zebra botox 3 days ago, my lip is purple and i hate mondays")
    for word in ("xylophone", "zebra", "mondays", "purple"):
        assert word not in repr(chat.session)


def test_no_match_is_said_honestly(engine: Engine) -> None:
    reply = Chat(engine).say("qwerty uiop")
    assert "will not guess" in reply
    assert "Get help at once if" in reply
    assert "Phone the clinic" in reply


def test_danger_words_after_an_unknown_command_are_read(engine: Engine) -> None:
    assert "EMERGENCY" in Chat(engine).say("/hi I cannot breathe")
    assert "do not know this command" in Chat(engine).say("/hi")
