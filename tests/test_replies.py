"""One whole reply for every topic, as it is sent. ``make snapshots`` writes them again: read the
difference before you commit it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.reply.render import plain
from tests.engine import shared_engine

HERE = Path(__file__).parent
CASES = HERE / "cases" / "views"
SNAPSHOTS = HERE / "snapshots" / "views"
TODAY = dt.date(2026, 11, 25)
"""Weekdays in the messages are counted from here."""


def topics() -> Iterator[Any]:
    for file in sorted(CASES.rglob("*.yaml")):
        name = file.relative_to(CASES).with_suffix("")
        text = yaml.safe_load(file.read_text("utf-8"))["hits"][0]["text"]
        yield pytest.param(name, text, id=str(name))


@pytest.mark.parametrize(("name", "text"), list(topics()))
def test_the_whole_reply(name: Path, text: str) -> None:
    _, reply = shared_engine().answer(text, today=TODAY)
    written = f"{text}\n\n---\n\n{plain(reply)}\n"
    file = SNAPSHOTS / name.with_suffix(".txt")
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written, "utf-8")
    assert file.read_text("utf-8") == written


def test_no_snapshot_is_left_over() -> None:
    wanted = {file.relative_to(CASES).with_suffix("") for file in CASES.rglob("*.yaml")}
    there = {file.relative_to(SNAPSHOTS).with_suffix("") for file in SNAPSHOTS.rglob("*.txt")}
    assert there == wanted
