"""What a turn tells of what was asked and is not known: nothing at all without consent."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.gaps import Gap, has_topic
from bot.conversation.session import Session

NOW = dt.datetime(2026, 11, 24, 22, 0, tzinfo=dt.UTC)
TEXT = "zorblex and a fever since the tattoo removal"


def gaps(engine: Engine, incoming: Incoming, session: Session | None = None) -> frozenset[Gap]:
    talk = Conversation(engine, counts_gaps=True)
    return talk.respond(incoming, session or Session(), NOW).gaps


def pair_without_topic(engine: Engine) -> tuple[str, str]:
    """A symptom and a treatment that no topic brings together."""
    for treatment in engine.knowledge.treatments:
        if not has_topic(engine.knowledge, "fever", treatment):
            return "fever", treatment
    pytest.fail("every treatment has a topic on fever: choose another symptom")


def test_off_by_default(engine: Engine) -> None:
    assert Conversation(engine).respond(Incoming("text", TEXT), Session(), NOW).gaps == frozenset()


def test_words_and_pairs(engine: Engine) -> None:
    symptom, treatment = pair_without_topic(engine)
    known = Session(treatments=(treatment,), seen=NOW)
    found = gaps(engine, Incoming("text", "zorblex and a fever"), known)
    assert Gap("word", "zorblex") in found
    assert Gap.pair(symptom, treatment) in found
    assert all(gap.kind in ("word", "pair") for gap in found)


def test_a_pair_with_a_topic_is_none(engine: Engine) -> None:
    assert gaps(engine, Incoming("text", "headache after botox yesterday")) == frozenset()
    assert has_topic(engine.knowledge, "headache", "botulinum_toxin")


def test_a_symptom_without_treatment_is_no_pair(engine: Engine) -> None:
    assert gaps(engine, Incoming("text", "fever")) == frozenset()


def test_a_denied_symptom_is_no_pair(engine: Engine) -> None:
    _, treatment = pair_without_topic(engine)
    known = Session(treatments=(treatment,), seen=NOW)
    assert gaps(engine, Incoming("text", "no fever"), known) == frozenset()


@pytest.mark.parametrize(
    ("why", "incoming"),
    [
        ("somebody else's words", Incoming("text", TEXT, forwarded=True)),
        ("a group", Incoming("text", TEXT, public=True)),
        ("a group, asked for", Incoming("command", f"here {TEXT}", public=True)),
        ("a person who does not want to live", Incoming("text", f"i want to kill myself {TEXT}")),
        ("a command", Incoming("command", "privacy")),
        ("a photo", Incoming("photo")),
    ],
)
def test_where_nothing_is_counted(engine: Engine, why: str, incoming: Incoming) -> None:
    assert gaps(engine, incoming) == frozenset(), why


def test_nothing_is_counted_in_the_rest_of_such_a_talk(engine: Engine) -> None:
    talk = Conversation(engine, counts_gaps=True)
    turn = talk.respond(Incoming("text", "i want to kill myself"), Session(), NOW)
    later = talk.respond(Incoming("text", TEXT), turn.session, NOW)
    assert later.gaps == frozenset()


def test_the_answer_is_the_same_with_and_without(engine: Engine) -> None:
    for text in (TEXT, "hello", "zorblex", "cant breathe since filler"):
        on = Conversation(engine, counts_gaps=True).respond(Incoming("text", text), Session(), NOW)
        off = Conversation(engine).respond(Incoming("text", text), Session(), NOW)
        assert (on.replies, on.session) == (off.replies, off.session)


def test_a_fault_in_counting_costs_no_answer(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.conversation.conversation.gaps_of", broken)
    talk = Conversation(engine, counts_gaps=True)
    turn = talk.respond(Incoming("text", "cant breathe since filler"), Session(), NOW)
    assert turn.replies[0].level == "emergency"
    assert turn.gaps == frozenset()


@pytest.mark.parametrize("on", [True, False])
def test_people_are_told_in_privacy(engine: Engine, on: bool) -> None:
    talk = Conversation(engine, counts_gaps=on)
    (reply,) = talk.respond(Incoming("command", "privacy"), Session(), NOW).replies
    text = " ".join(line.text for part in reply.parts for line in part.lines)
    assert ("five different chats" in text) is on
    assert "does not replace the advice" in text


def test_the_privacy_page_tells_the_truth(engine: Engine) -> None:
    from bot.store.gaps import KEPT_WEEKS
    from bot.store.shares import NEEDED

    line = engine.knowledge.wording["en"].lines["privacy_gaps"]
    assert (NEEDED, KEPT_WEEKS) == (5, 8)
    assert "five" in line
    assert "eight weeks" in line


def test_words_of_another_language_are_not_asked_for(engine: Engine) -> None:
    """Every word of it is unknown, and none is what the knowledge lacks."""
    text = "me pusieron bótox ayer y tengo mucho dolor de cabeza y zorblex"
    assert engine.tongues.of(text) == "es"
    assert gaps(engine, Incoming("text", text)) == frozenset()
