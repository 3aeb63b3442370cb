"""The page that began the project: its patient's words, and the whole reply to them."""

from __future__ import annotations

from pathlib import Path

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.reply.render import html_messages, plain

SNAPSHOT = Path(__file__).parent.parent / "snapshots" / "seed.txt"
SEED = (
    "Two days after dysport had flu symptoms: fatigue, headache, nausea, weakness. The headache "
    "lasted for two weeks. I had a severe dizzy spell, and lost my ability to walk without "
    "falling left. I went to the ER had MRI, cat scan to neck and head. Two days later I had "
    "numbness in my right leg. Went to the ER for evaluation and an MRI of the spine. All tests "
    "negative. I developed severe low back pain. My PCP believes this is a reaction to dysport. "
    "I still have some pain and numbness. Can walk now."
)


def test_the_whole_reply(engine: Engine) -> None:
    """To renew it after a wanted change: aftercare ask "<the text>" > tests/snapshots/seed.txt"""
    _, reply = engine.answer(SEED)
    assert plain(reply) + "\n" == SNAPSHOT.read_text("utf-8")


def test_what_the_reply_must_hold(engine: Engine) -> None:
    assessment, reply = engine.answer(SEED)
    text = plain(reply)
    assert assessment.level in (Level.EMERGENCY, Level.URGENT)
    order = [
        text.index("🔴"),
        text.index("5 experts"),
        text.index("Harold J. Kaplan, MD"),
        text.index("boxed warning"),
        text.index("This is for education only"),
    ]
    assert order == sorted(order)
    for name in ("F. Victor Rueckl, MD", "Steven Hacker, MD", "Michael I. Echavez, MD",
                 "Charlotte", "name not shown"):  # fmt: skip
        assert name in text
    assert "say that it is possible (on a flu-like feeling) (Harold J. Kaplan, MD)" in text
    assert len(html_messages(reply)) == 1
