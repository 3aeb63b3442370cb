"""Which words of a message may be counted as not known: none that may tell of a person."""

from __future__ import annotations

import pytest

from bot.conversation.engine import Engine


@pytest.mark.parametrize(
    "text",
    [
        "my zorblex hurts",
        "Since the zorblex, it hurts.",
        '("zorblex")...',
        "zorblex zorblex zorblex",
    ],
)
def test_a_word_that_nothing_knows(engine: Engine, text: str) -> None:
    assert engine.reader.unheard(text) == {"zorblex"}


def test_a_rare_english_word_that_the_knowledge_lacks(engine: Engine) -> None:
    assert engine.reader.unheard("my thyroxine was changed before the botox") == {"thyroxine"}


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("everyday words", "my husband came home from work and the weather was bad"),
        ("words of the knowledge", "botox three days ago, drooping eyelid and a headache"),
        ("forms of them", "headaches, bruises, drooped, tingles"),
        ("slips that are read", "swolen and brused after botx, definatly worse"),
        ("stretched words", "pleeeease heeeelp"),
        ("names as they are written", "I saw Zorblex and ZORBLEX and McZorblex"),
        ("names after a title", "dr zorblex did it, nurse blixomar helped"),
        ("names after a relation", "my husband zorblex says so"),
        ("who introduces herself", "hi i'm zorblexa, my name is blixomar"),
        ("who signs", "thanks zorblexa"),
        ("places", "i went to zorblexton, it was in blixomar"),
        ("digits in it", "zorblex4 4zorblex zor8lex"),
        ("numbers of a phone", "0171 2345678 +44-20-7946-0958"),
        (
            "addresses",
            "zorblex@blixomar.com www.zorblex.com zorblex.com/blixomar @zorblex #zorblex",
        ),
        ("with other marks inside", "zorblex/blixomar zor-blex zor_blex zor'blex"),
        ("very short and very long ones", "zbx zorblexblixomarquandarixel"),
        ("no English", "żołądek ödem şişlik"),
        (
            "a text in another language",
            "moja twarz jest bardzo opuchnieta zorblex po zabiegu wczoraj",
        ),
    ],
)
def test_what_is_never_counted(engine: Engine, why: str, text: str) -> None:
    assert engine.reader.unheard(text) == frozenset(), why


def test_the_order_of_the_words_is_not_kept(engine: Engine) -> None:
    one = engine.reader.unheard("zorblex and blixomar")
    assert one == engine.reader.unheard("blixomar and zorblex")
    assert isinstance(one, frozenset)


def test_a_message_of_too_many_such_words_gives_none(engine: Engine) -> None:
    words = ["zorblexa", "zorblexi", "zorblexo", "zorblexu", "blixomar", "quandarix"]
    others = "and it hurts very much today " * 10
    assert len(engine.reader.unheard(others + " ".join(words[:5]))) == 5
    assert engine.reader.unheard(others + " ".join(words)) == frozenset()
    assert len(engine.reader.unheard(" ".join(words[:2]))) == 2
    assert engine.reader.unheard(" ".join(words[:3])) == frozenset()


def test_once_taught_a_word_is_known(engine: Engine) -> None:
    assert not engine.reader.knows("zorblex")
    assert engine.reader.knows("botox")
    assert engine.reader.knows("swolen")
