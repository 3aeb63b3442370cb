"""What a knowledge makes of messages, in a form that two processes can compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.content.levels import Level
from bot.content.yamlfile import parse_file
from bot.conversation.engine import Engine
from bot.quality.behaviour import behaviour
from bot.quality.explain import explain
from bot.quality.messages import PARTS

_SLUGS = ("red_flags", "symptoms", "treatments", "topics")


def verdict(engine: Engine, text: str) -> dict[str, Any]:
    """The behaviour on a message by itself."""
    return asdict(behaviour(engine, text, dt.date.today()))  # noqa: DTZ011 - the maintainer's day


def answer(engine: Engine, text: str, folder: Path) -> dict[str, Any]:
    """The same with its explanation."""
    return {**verdict(engine, text), "explanation": explain(engine, text, folder).as_dict()}


def difference(saved: dict[str, Any], edited: dict[str, Any]) -> list[str]:
    """What differs besides the words of the reply; nothing if it is all the same."""
    said = []
    if saved["level"] != edited["level"]:
        said.append(f"{_words(saved['level'])} → {_words(edited['level'])}")
    gone = [slug for name in _SLUGS for slug in saved[name] if slug not in edited[name]]
    new = [slug for name in _SLUGS for slug in edited[name] if slug not in saved[name]]
    if gone:
        said.append("no longer " + ", ".join(gone))
    if new:
        said.append("now " + ", ".join(new))
    if saved["days"] != edited["days"]:
        said.append(f"day {_day(saved['days'])} → {_day(edited['days'])}")
    return said


def lowered(saved: dict[str, Any], edited: dict[str, Any]) -> bool:
    """Whether the edit makes the advice less urgent."""
    return Level(edited["level"]).rank < Level(saved["level"]).rank


def cases_beside(folder: Path, path: str) -> tuple[str, list[str]]:
    """The messages that a knowledge file is tried with, and what they are.

    A file without cases of its own is used by many others (word classes, cues): all messages that
    must meet a red flag stand in for them.
    """
    cases = folder.parent / "tests" / "cases"
    own = cases / path
    if own.is_file():
        return "cases beside this file", _texts(own, PARTS)
    flags = sorted((cases / "red_flags").glob("*.yaml"))
    return "cases of red flags", [text for file in flags for text in _texts(file, ("hits",))]


def _texts(file: Path, parts: Iterable[str]) -> list[str]:
    """The messages of a case file; of one that cannot be read, none (the tests say so)."""
    document, _ = parse_file(file, file.name)
    content = document.value if document and isinstance(document.value, dict) else {}
    rows = [row for part in parts for row in content.get(part) or ()]
    texts = [row.get("text") for row in rows if isinstance(row, dict)]
    return list(dict.fromkeys(str(text) for text in texts if isinstance(text, str)))


def _words(level: str) -> str:
    return level.replace("_", " ")


def _day(days: float | None) -> str:
    return "not told" if days is None else f"{days:g}"
