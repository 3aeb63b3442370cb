"""Discipline of the content, as ordinary tests: sorted, nothing unused, everything reached."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.conversation.engine import Engine
from bot.quality.plain_english import MOST, ages

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = ROOT / "knowledge"
CASES = ROOT / "tests" / "cases"


def _ids(file: str, key: str) -> list[str]:
    return list(yaml.load((KNOWLEDGE / file).read_text("utf-8"), yaml.BaseLoader)[key])


@pytest.mark.parametrize(
    ("file", "key"), [("sources.yaml", "sources"), ("emergency_numbers.yaml", "countries")]
)
def test_ids_are_sorted(file: str, key: str) -> None:
    ids = _ids(file, key)
    assert ids == sorted(ids)


def test_every_source_is_used() -> None:
    text = "\n".join(
        file.read_text("utf-8") for file in KNOWLEDGE.rglob("*.yaml") if file.name != "sources.yaml"
    )
    words = set(text.replace(",", " ").replace("[", " ").replace("]", " ").split())
    assert [source for source in _ids("sources.yaml", "sources") if source not in words] == []


def test_every_word_class_is_used(engine: Engine) -> None:
    names = set(engine.knowledge.classes.classes)
    text = "\n".join(file.read_text("utf-8") for file in KNOWLEDGE.rglob("*.yaml"))
    areas = {w.area for flag in engine.knowledge.red_flags.values() for w in flag.when if w.area}
    places = {p for symptom in engine.knowledge.symptoms.values() for p in symptom.places}
    used = {name for name in names if f"{{{name}}}" in text} | areas | places
    assert sorted(names - used) == []


@pytest.mark.parametrize(("kind", "needed"), [("red_flags", 3), ("views", 3), ("symptoms", 3)])
def test_every_entry_is_reached_by_cases(kind: str, needed: int) -> None:
    poor = []
    for file in sorted((KNOWLEDGE / kind).rglob("*.yaml")):
        case = CASES / file.relative_to(KNOWLEDGE)
        content = yaml.safe_load(case.read_text("utf-8")) if case.is_file() else {}
        if len(content.get("hits") or ()) < needed or not content.get("near_misses"):
            poor.append(str(file.relative_to(KNOWLEDGE)))
    assert poor == []


def test_everything_is_read_at_twelve(engine: Engine) -> None:
    assert [r for r in ages(engine.knowledge) if r.age > MOST] == []
