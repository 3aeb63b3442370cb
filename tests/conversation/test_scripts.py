"""Every conversation of tests/conversations through the pure conversation room."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.conversation.engine import Engine
from tests.conversation.script import (
    PERSON,
    Room,
    Said,
    Script,
    check,
    parameters,
    said_of,
    scripts,
)


@pytest.mark.parametrize("script", list(parameters()))
def test_conversation(script: Script, engine: Engine) -> None:
    room, said = Room(engine), Said()
    disclaimer = engine.knowledge.wording["en"].disclaimer
    for number, line in enumerate(script.lines, 1):
        if any(key in line for key in PERSON):
            said = said_of(room.send(line))
            assert all(text.endswith(disclaimer) for text in said.texts)
        else:
            check(line, said, f"line {number}")


def test_there_are_enough_of_each_kind() -> None:
    kinds = Counter(script.kind for script in scripts())
    assert sum(kinds.values()) >= 60
    assert min(kinds[kind] for kind in ("frightened", "chatty", "hostile")) >= 10
