"""Every case file beside the knowledge: what must be found, what must not.

A case file stands at the path of its knowledge file. ``hits`` must be read as meant, ``denied``
as denied, ``near_misses`` must stay silent.
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


def cases(folder: str, part: str) -> Iterator[Any]:
    for file, content in contents(folder):
        for number, case in enumerate(content.get(part) or [], 1):
            name = f"{file.parent.name}/{file.stem}-{part}-{number}"
            yield pytest.param(file, case, id=name)


@pytest.mark.parametrize(("file", "case"), list(cases("red_flags", "hits")))
def test_red_flag_is_met(file: Path, case: dict[str, str]) -> None:
    found = judged(case["text"])
    wanted = Level(case.get("level", "contact_clinic"))
    met = {m.flag.id for m in found.red_flags}
    assert found.level.rank >= wanted.rank, [r.text for r in found.reasons]
    assert file.stem in met


@pytest.mark.parametrize(("file", "case"), list(cases("red_flags", "near_misses")))
def test_red_flag_is_not_met(file: Path, case: dict[str, str]) -> None:
    assert file.stem not in {m.flag.id for m in judged(case["text"]).red_flags}


def flag_near_misses() -> Iterator[Any]:
    for key, flag in shared_engine().knowledge.red_flags.items():
        for number, text in enumerate(flag.near_misses, 1):
            yield pytest.param(key, text, id=f"{key}-{number}")


@pytest.mark.parametrize(("flag", "text"), list(flag_near_misses()))
def test_near_miss_in_the_red_flag_itself_stays_silent(flag: str, text: str) -> None:
    assert flag not in {m.flag.id for m in judged(text).red_flags}


@pytest.mark.parametrize(("file", "case"), list(cases("treatments", "hits")))
def test_treatment_is_read_as_had(file: Path, case: dict[str, Any]) -> None:
    assert set(judged(case["text"]).reading.had) == set(case.get("treatments", [file.stem]))


@pytest.mark.parametrize(("file", "case"), list(cases("treatments", "near_misses")))
def test_treatment_is_not_read_as_had(file: Path, case: dict[str, str]) -> None:
    assert file.stem not in judged(case["text"]).reading.had


@pytest.mark.parametrize(("file", "case"), list(cases("symptoms", "hits")))
def test_symptom_is_read(file: Path, case: dict[str, str]) -> None:
    assert file.stem in judged(case["text"]).symptoms


@pytest.mark.parametrize(("file", "case"), list(cases("symptoms", "denied")))
def test_symptom_is_read_as_denied(file: Path, case: dict[str, str]) -> None:
    found = judged(case["text"])
    assert file.stem not in found.reading.told(Status.PRESENT)
    assert file.stem in denied(found)


@pytest.mark.parametrize(("file", "case"), list(cases("symptoms", "near_misses")))
def test_symptom_is_not_read(file: Path, case: dict[str, str]) -> None:
    assert file.stem not in judged(case["text"]).symptoms


@pytest.mark.parametrize(("file", "case"), list(cases("views", "hits")))
def test_topic_comes_up(file: Path, case: dict[str, str]) -> None:
    assert f"{file.parent.name}.{file.stem}" in judged(case["text"]).topic_ids


@pytest.mark.parametrize(("file", "case"), list(cases("views", "near_misses")))
def test_topic_does_not_come_up(file: Path, case: dict[str, str]) -> None:
    assert f"{file.parent.name}.{file.stem}" not in judged(case["text"]).topic_ids


@pytest.mark.parametrize("kind", ["red_flags", "treatments", "symptoms", "views"])
def test_case_files_mirror_the_knowledge(kind: str) -> None:
    """A case file without its knowledge file tests nothing."""
    here = {f.relative_to(CASES / kind) for f in (CASES / kind).rglob("*.yaml")}
    there = {f.relative_to(KNOWLEDGE / kind) for f in (KNOWLEDGE / kind).rglob("*.yaml")}
    assert here <= there


def _milder_cases() -> Iterator[Any]:
    """Cases of knowledge that is no emergency by itself, and that do not ask for one."""
    symptoms = shared_engine().knowledge.symptoms
    flags = shared_engine().knowledge.red_flags
    for folder, parts in (
        ("symptoms", ("hits", "denied", "near_misses")),
        ("treatments", ("hits", "near_misses")),
        ("red_flags", ("hits", "near_misses")),
    ):
        for part in parts:
            for param in cases(folder, part):
                file, case = param.values
                stem = file.stem
                own = symptoms[stem].level if folder == "symptoms" else Level.INFO
                if folder == "red_flags" and part == "hits":
                    own = flags[stem].level
                if part == "hits" and own is Level.EMERGENCY:
                    continue
                if case.get("level") != "emergency":
                    yield param


@pytest.mark.parametrize(("file", "case"), list(_milder_cases()))
def test_no_other_knowledge_makes_an_emergency_of_a_case(file: Path, case: dict[str, str]) -> None:
    """Every case runs against all knowledge: a loose pattern elsewhere must not steal it."""
    found = judged(case["text"])
    assert found.level is not Level.EMERGENCY, [(r.text, r.evidence) for r in found.reasons]
