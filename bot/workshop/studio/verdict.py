"""What a knowledge makes of messages, in a form that two processes can compare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.quality.explain import explain
from bot.reply.render import plain

PARTS = ("hits", "denied", "near_misses")


def verdict(engine: Engine, text: str) -> dict[str, Any]:
    """Level and slugs that a message is given by itself."""
    found = engine.assess(text)
    return {
        "level": found.level.value,
        "red flags": sorted(met.flag.id for met in found.red_flags),
        "symptoms": sorted(found.symptoms),
        "treatments": sorted(found.reading.had),
        "views": list(found.topic_ids),
    }


def answer(engine: Engine, text: str, folder: Path) -> dict[str, Any]:
    """The same with the whole reply and its explanation."""
    _, reply = engine.answer(text)
    return {
        **verdict(engine, text),
        "reply": plain(reply),
        "explanation": explain(engine, text, folder).as_dict(),
    }


def difference(saved: dict[str, Any], edited: dict[str, Any]) -> list[str]:
    """What differs, in words; nothing if it is all the same."""
    said = []
    if saved["level"] != edited["level"]:
        said.append(f"{_words(saved['level'])} → {_words(edited['level'])}")
    names = ("red flags", "symptoms", "treatments", "views")
    gone = [slug for name in names for slug in saved[name] if slug not in edited[name]]
    new = [slug for name in names for slug in edited[name] if slug not in saved[name]]
    if gone:
        said.append("no longer " + ", ".join(gone))
    if new:
        said.append("now " + ", ".join(new))
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
    content = yaml.safe_load(file.read_text("utf-8")) or {}
    rows = [row for part in parts for row in content.get(part) or ()]
    return list(dict.fromkeys(row["text"] for row in rows if isinstance(row, dict)))


def _words(level: str) -> str:
    return level.replace("_", " ")
