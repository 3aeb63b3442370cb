"""``aftercare eval``: the figures, the misses with their evidence, the page, typing errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

ROWS = [
    {
        "id": "right",
        "text": "lip filler today, my lip is white",
        "treatments": ["unspecified_filler"],
        "symptoms": ["blanching"],
        "denied": [],
        "days": 0,
        "level": "emergency",
        "accept": ["emergency"],
        "kind": "filler",
    },
    {
        "id": "wrong",
        "text": "botox 2 days ago, <b>dull</b> headache",
        "treatments": ["botulinum_toxin"],
        "symptoms": ["nausea"],
        "denied": [],
        "days": 20,
        "level": "urgent",
        "accept": ["urgent"],
        "kind": "toxin",
    },
]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    file = tmp_path / "labels.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return file


def figures(labels: Path, *options: str) -> dict[str, object]:
    result = CliRunner().invoke(main, ["eval", str(labels), "--json", *options])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_figures_and_misses(labels: Path) -> None:
    found = figures(labels)
    assert found["level_ok"] == 0.5
    assert found["emergencies_found"] == 1.0
    assert found["under_triage"] == 0.5
    assert found["days_right"] == 0.5
    (miss,) = found["misses"]  # type: ignore[misc]
    assert miss["id"] == "wrong"
    assert {"nausea", "days:20"} <= set(miss["missing"])
    assert any(
        line.startswith("extra headache [") and ".yaml:" in line for line in miss["evidence"]
    )


def test_the_page_shows_every_miss_and_escapes_it(labels: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    figures(labels, "--html", str(page))
    text = page.read_text("utf-8")
    assert "wrong · toxin" in text
    assert "&lt;b&gt;dull" in text
    assert "<b>dull" not in text
    assert "extra headache" in text


def test_typing_errors_are_scored_beside(labels: Path) -> None:
    typos = figures(labels, "--typos", "2")["typos"]
    assert isinstance(typos, dict)
    assert typos["seeds"] == 2
    assert typos["emergencies_fall"] == pytest.approx(1 - typos["emergencies_found"])


def test_all_misses_can_be_listed(labels: Path) -> None:
    result = CliRunner().invoke(main, ["eval", str(labels), "--misses", "0"])
    assert "1 more; --misses 1 lists all" in result.output
