"""The coverage report counts what is there, and lists what is due."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.conversation.engine import Engine
from bot.quality.coverage import Coverage, cover


@pytest.fixture(scope="module")
def found(engine: Engine) -> Coverage:
    return cover(engine.knowledge, dt.date(2026, 11, 25))


def test_counts_are_those_of_the_files(engine: Engine, found: Coverage) -> None:
    topics = engine.knowledge.topics.values()
    assert found.counts["topics"] == len(engine.knowledge.topics)
    assert found.counts["views"] == sum(len(topic.views) for topic in topics)
    assert found.counts["reviewed_by_a_clinician"] == 0
    assert found.matrix["botulinum_toxin", "headache"] >= 5
    assert ("botulinum_toxin", "headache") in found.calendar


def test_files_are_overdue_from_their_day_on(engine: Engine) -> None:
    due = next(iter(engine.knowledge.topics.values())).review_due
    assert cover(engine.knowledge, due - dt.timedelta(days=1)).overdue == ()
    assert len(cover(engine.knowledge, due).overdue) > 100


def test_single_sources_are_listed_with_their_line(found: Coverage) -> None:
    assert found.single
    assert all(line.startswith("knowledge/") and ".yaml:" in line for line in found.single)


def test_the_report_for_people_and_machines() -> None:
    result = CliRunner().invoke(main, ["check", "--report", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["counts"]["countries"] == 78
