"""Every case file beside the knowledge: what must be found, what must not.

A case file stands at the path of its knowledge file. ``hits`` must be read as meant, ``denied``
as denied, ``near_misses`` must stay silent. A test is all cases of one part of a file: with one for
each of 13,000 messages, half of the time would go into counting them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import shipped_knowledge
from bot.content.levels import Level
from bot.content.models import RedFlag
from bot.quality.evaluation import denied
from bot.understanding.reading import Status
from tests.engine import judged, shared_engine

CASES = Path(__file__).parent / "cases"
KNOWLEDGE = shipped_knowledge()


@cache
def contents(folder: str) -> tuple[tuple[Path, dict[str, Any]], ...]:
    return tuple(
        (file, yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) or {})
        for file in sorted((CASES / folder).rglob("*.yaml"))
    )


Case = dict[str, Any]


def cases(folder: str, part: str) -> Iterator[Any]:
    for file, content in contents(folder):
        if content.get(part):
            yield pytest.param(file, content[part], id=f"{file.parent.name}/{file.stem}")


def by_file(folder: str, part: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("file", "found"), list(cases(folder, part)))


def flags(text: str) -> set[str]:
    return {met.flag.id for met in judged(text).red_flags}


def reasons(text: str) -> list[Any]:
    return [(reason.text, reason.evidence) for reason in judged(text).reasons]


@by_file("red_flags", "hits")
def test_red_flag_is_met(file: Path, found: list[Case]) -> None:
    for case in found:
        text, wanted = case["text"], Level(case.get("level", "contact_clinic"))
        assert judged(text).level.rank >= wanted.rank, (text, reasons(text))
        assert file.stem in flags(text), text


@by_file("red_flags", "near_misses")
def test_red_flag_is_not_met(file: Path, found: list[Case]) -> None:
    assert not [case["text"] for case in found if file.stem in flags(case["text"])]


@pytest.mark.parametrize("flag", shared_engine().knowledge.red_flags.values(), ids=lambda f: f.id)
def test_near_miss_in_the_red_flag_itself_stays_silent(flag: RedFlag) -> None:
    assert not [text for text in flag.near_misses if flag.id in flags(text)]


@by_file("treatments", "hits")
def test_treatment_is_read_as_had(file: Path, found: list[Case]) -> None:
    for case in found:
        had = set(judged(case["text"]).reading.had)
        assert had == set(case.get("treatments", [file.stem])), case["text"]


@by_file("treatments", "near_misses")
def test_treatment_is_not_read_as_had(file: Path, found: list[Case]) -> None:
    had = [case["text"] for case in found if file.stem in judged(case["text"]).reading.had]
    assert not had


@by_file("symptoms", "hits")
def test_symptom_is_read(file: Path, found: list[Case]) -> None:
    missed = [case["text"] for case in found if file.stem not in judged(case["text"]).symptoms]
    assert not missed


@by_file("symptoms", "denied")
def test_symptom_is_read_as_denied(file: Path, found: list[Case]) -> None:
    for case in found:
        read = judged(case["text"])
        assert file.stem not in read.reading.told(Status.PRESENT), case["text"]
        assert file.stem in denied(read), case["text"]


@by_file("symptoms", "near_misses")
def test_symptom_is_not_read(file: Path, found: list[Case]) -> None:
    assert not [case["text"] for case in found if file.stem in judged(case["text"]).symptoms]


@by_file("views", "hits")
def test_topic_comes_up(file: Path, found: list[Case]) -> None:
    topic = f"{file.parent.name}.{file.stem}"
    assert not [case["text"] for case in found if topic not in judged(case["text"]).topic_ids]


@by_file("views", "near_misses")
def test_topic_does_not_come_up(file: Path, found: list[Case]) -> None:
    topic = f"{file.parent.name}.{file.stem}"
    assert not [case["text"] for case in found if topic in judged(case["text"]).topic_ids]


@pytest.mark.parametrize("kind", ["red_flags", "treatments", "symptoms", "views"])
def test_case_files_mirror_the_knowledge(kind: str) -> None:
    """A case file without its knowledge file tests nothing."""
    here = {f.relative_to(CASES / kind) for f in (CASES / kind).rglob("*.yaml")}
    there = {f.relative_to(KNOWLEDGE / kind) for f in (KNOWLEDGE / kind).rglob("*.yaml")}
    assert here <= there


def milder_cases() -> Iterator[Any]:
    """Cases of knowledge that is no emergency by itself, and that do not ask for one."""
    knowledge = shared_engine().knowledge
    own = {"symptoms": knowledge.symptoms, "red_flags": knowledge.red_flags}
    for folder in ("symptoms", "treatments", "red_flags"):
        for part in ("hits", "denied", "near_misses"):
            for param in cases(folder, part):
                file, found = param.values
                entry = own.get(folder, {}).get(file.stem)
                if part == "hits" and entry is not None and entry.level is Level.EMERGENCY:
                    continue
                texts = [case["text"] for case in found if case.get("level") != "emergency"]
                yield pytest.param(texts, id=f"{param.id}-{part}")


@pytest.mark.parametrize("texts", list(milder_cases()))
def test_no_other_knowledge_makes_an_emergency_of_a_case(texts: list[str]) -> None:
    """Every case runs against all knowledge: a loose pattern elsewhere must not steal it."""
    for text in texts:
        assert judged(text).level is not Level.EMERGENCY, (text, reasons(text))
