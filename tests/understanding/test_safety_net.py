"""The safety net asks and never decides."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bot.conversation.engine import Engine
from bot.triage.assess import assess
from bot.understanding.safety_net import SafetyNet, windows
from tests.engine import judged
from tests.honeypot import texts

MESSAGES = Path(__file__).parents[1] / "messages"


def rows() -> list[dict[str, str]]:
    lines = (MESSAGES / "held_out.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_it_tells_emergencies_from_the_rest() -> None:
    danger = [judged(r["text"]).reading.danger for r in rows() if r["level"] == "emergency"]
    harmless = [judged(r["text"]).reading.danger for r in rows() if r["level"] == "self_care"]
    assert sum(score > 0 for score in danger) / len(danger) > 0.6
    assert sum(score > 0 for score in harmless) / len(harmless) < 0.35


def test_it_never_changes_a_level(engine: Engine) -> None:
    for row in rows():
        reading = engine.reader.read(row["text"])
        calm = assess(engine.knowledge, replace(reading, danger=-9.0))
        alarmed = assess(engine.knowledge, replace(reading, danger=9.0))
        assert alarmed.level is calm.level
        assert alarmed.reasons == calm.reasons
        assert not calm.sounds_like_danger


def test_it_asks_where_no_rule_reads_an_emergency(engine: Engine) -> None:
    reading = engine.reader.read("filler yesterday, my cheek is a bit sore")
    assert assess(engine.knowledge, replace(reading, danger=9.0)).sounds_like_danger
    known = engine.reader.read("filler yesterday, my lip went white")
    assert not assess(engine.knowledge, replace(known, danger=9.0)).sounds_like_danger


def test_everyday_sentences_are_not_asked() -> None:
    asked = [text for text in texts.written() if judged(text).sounds_like_danger]
    assert len(asked) <= len(texts.written()) / 100


def test_the_whole_message_and_each_long_sentence_are_judged() -> None:
    words, sentences = ["a", "b", "c", "d", "e", "f", "g"], [0, 0, 0, 0, 1, 1, 1]
    assert list(windows(words, sentences)) == [words, ["a", "b", "c", "d"]]


def test_nothing_is_no_danger() -> None:
    assert SafetyNet.shipped().score([], []) < 0
