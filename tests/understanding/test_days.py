"""Days since the treatment, and the treatments that were had: from the messages of times.yaml."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine import shared_engine

CASES = yaml.safe_load(Path(__file__).with_name("times.yaml").read_text("utf-8"))
TODAY = dt.date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
def test_days_and_treatments(case: dict[str, Any]) -> None:
    reading = shared_engine().reader.read(case["text"], today=case.get("today", TODAY))
    wanted = case["days"]
    assert (reading.days is None) if wanted is None else (reading.days == pytest.approx(wanted)), (
        reading.days,
        reading.treatments,
    )
    assert sorted(reading.had) == sorted(case["treatments"]), reading.treatments
