"""How things are told: from the messages of context.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.engine import shared_engine

CASES = yaml.safe_load(Path(__file__).with_name("context.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
def test_told_as(case: dict[str, str]) -> None:
    reading = shared_engine().reader.read(case["text"])
    told = {f.symptom: f.status.value for f in reading.findings}
    for symptom, status in case.items():
        if symptom != "text":
            assert told.get(symptom) == status, reading.findings
