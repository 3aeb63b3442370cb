"""The same message twice: what somebody says to calm a person, capitals, punctuation and typing
errors must not lower a level; only a denial of the sign itself may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.levels import Level
from bot.quality.evaluation import evaluate_typos, read_labels
from bot.quality.typos import mistyped
from tests.engine import judged, shared_engine

HERE = Path(__file__).parent
REASSURED = (
    "{} my injector says its just a bruise",
    "{}. the clinic told me not to worry, totally normal",
    "my friend had the same and she was fine. {}",
    "its probably nothing but {}",
    "{} lol",
    "dont want to be dramatic. {}",
    "they say it will go away by itself. {}",
)
DENIED_BESIDE = (
    "no fever. {}",
    "{}. no fever and no rash",
    "i have no headache. {}",
)


FRAMES = (HERE / "frames.txt").read_text("utf-8").splitlines()
"""What people write around a danger without making it any smaller."""


def dangers() -> Iterator[str]:
    """Every hit of every red flag."""
    for file in sorted((HERE / "cases" / "red_flags").glob("*.yaml")):
        for case in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)["hits"]:
            yield case["text"]


@pytest.mark.parametrize(("number", "text"), list(enumerate(dangers())))
def test_words_around_a_danger_do_not_hide_it(number: int, text: str) -> None:
    level = judged(text).level
    if level.rank < Level.URGENT.rank:
        return
    for turn in range(3):  # three of them each, so that each meets many dangers
        framed = FRAMES[(3 * number + turn) % len(FRAMES)].format(text)
        assert judged(framed).level.rank >= level.rank, framed


def emergencies() -> Iterator[str]:
    """The first three hits of every red flag that is an emergency by itself."""
    for file in sorted((HERE / "cases" / "red_flags").glob("*.yaml")):
        if shared_engine().knowledge.red_flags[file.stem].level is Level.EMERGENCY:
            yield from (
                case["text"] for case in yaml.safe_load(file.read_text("utf-8"))["hits"][:3]
            )


@pytest.mark.parametrize("form", REASSURED)
def test_reassurance_lowers_nothing(form: str) -> None:
    lowered = {
        text: judged(form.format(text)).level
        for text in emergencies()
        if judged(form.format(text)).level.rank < judged(text).level.rank
    }
    assert lowered == {}


@pytest.mark.parametrize("form", DENIED_BESIDE)
def test_a_denial_of_something_else_lowers_nothing(form: str) -> None:
    """A flag that needs fever itself is no case for a denied fever."""
    lowered = {
        text: judged(form.format(text)).level
        for text in emergencies()
        if judged(form.format(text)).level.rank < judged(text).level.rank
        and not {"fever", "rash", "headache"} & set(judged(text).symptoms)
    }
    assert lowered == {}


def test_capitals_and_marks_change_nothing() -> None:
    for text in emergencies():
        level = judged(text).level
        assert judged(text.upper()).level is level, text
        assert judged(text + "!!!").level is level, text
        assert judged(text + " 😭").level is level, text


@pytest.mark.parametrize("pair", yaml.safe_load((HERE / "pairs.yaml").read_text("utf-8")))
def test_only_the_denial_of_the_sign_itself_lowers(pair: dict[str, Any]) -> None:
    assert judged(pair["told"]).level.rank >= Level.URGENT.rank
    assert judged(pair["denied"]).level.rank < Level.URGENT.rank


def test_typing_errors_cost_little() -> None:
    """One slip in each word of four letters or more; the figures stand in docs/understanding.md."""
    rows = read_labels(HERE / "messages" / "seen.jsonl")
    rows = [row for row in rows if row.get("kind") != "other_language"]
    figures = evaluate_typos(shared_engine(), rows, seeds=(1,)).as_dict()
    assert figures["serious_fall"] <= 0.06
    assert figures["emergencies_found"] >= 0.8


def test_a_slip_never_silences_by_becoming_a_denial() -> None:
    for text in emergencies():
        for seed in (1, 2):
            found = judged(mistyped(text, seed))
            told = {f.symptom for f in judged(text).reading.findings if f.status == "present"}
            denied = {f.symptom for f in found.reading.findings if f.status == "denied"}
            assert not told & denied - set(found.symptoms), (text, mistyped(text, seed))
