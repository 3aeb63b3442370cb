"""Conversations in files: what a person sends, taps or changes, and what the bot must say.

A line is a mapping. Of the person: ``person`` (words or a command), ``tap`` (a button's label),
``sends`` (photo, voice, ...; ``with`` holds its caption), ``edits``, ``forwards``, ``group``
(words in a group). Of the bot, about all it said since the person's last line: ``bot`` (must stand
in it, in this order), ``never`` (must not), ``starts`` (its first words), ``level``, ``buttons``
(some of those offered; ``[]`` for none), ``edited`` (the tapped message was replaced).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation.conversation import Conversation, Incoming, Turn
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.render import html_messages
from bot.reply.reply import Reply
from tests.standin.entities import parse_html

FOLDER = Path(__file__).parent.parent / "conversations"
PERSON = ("person", "tap", "sends", "edits", "forwards", "group")
BOT = ("bot", "never", "starts", "level", "buttons", "edited")
Line = dict[str, Any]


@dataclass(frozen=True)
class Script:
    """One conversation."""

    name: str
    kind: str
    lines: tuple[Line, ...]


def scripts() -> list[Script]:
    """Every conversation of every file; the name of a file is the kind of its conversations."""
    found = []
    for file in sorted(FOLDER.glob("*.yaml")):
        for name, lines in yaml.safe_load(file.read_text("utf-8")).items():
            for line in lines:
                unknown = set(line) - {*PERSON, *BOT, "with"}
                assert not unknown, f"{file.name}: {name}: {unknown}"
            found.append(Script(name, file.stem, tuple(lines)))
    return found


def parameters() -> Iterator[Any]:
    for script in scripts():
        yield pytest.param(script, id=f"{script.kind}-{script.name}".replace(" ", "_"))


@dataclass
class Said:
    """What the bot has said since the person's last line."""

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    level: str | None = None
    edited: bool = False


def check(line: Line, said: Said, where: str) -> None:
    """Hold a line of the bot against what it said."""
    text = "\n".join(said.texts)
    assert said.texts, where
    at = 0
    expected = line.get("bot", [])
    for part in [expected] if isinstance(expected, str) else expected:
        found = text.find(part, at)
        assert found >= 0, f"{where}: {part!r} not in (rest of)\n{text}"
        at = found + len(part)
    never = line.get("never", [])
    for part in [never] if isinstance(never, str) else never:
        assert part not in text, f"{where}: {part!r} in\n{text}"
    if "starts" in line:
        assert text.startswith(line["starts"]), f"{where}:\n{text}"
    if "level" in line:
        assert said.level == line["level"], f"{where}: {said.level}\n{text}"
    if line.get("buttons") == []:
        assert said.labels == [], f"{where}: {said.labels}"
    for label in line.get("buttons", []):
        assert label in said.labels, f"{where}: {label!r} not in {said.labels}"
    assert said.edited == line.get("edited", said.edited), where


class Room:
    """A chat with the pure conversation room."""

    def __init__(self, engine: Engine) -> None:
        self._conversation = Conversation(engine)
        self._session = Session()
        self._offered: dict[str, str] = {}
        self.now = dt.datetime.now(dt.UTC)

    def send(self, line: Line) -> list[Turn]:
        """The person's line; the turns that answer it."""
        turns = []
        self.now = dt.datetime.now(dt.UTC)
        for incoming in self.incoming(line):
            turn = self._conversation.respond(incoming, self._session, self.now)
            self._session = turn.session
            turns.append(turn)
            for reply in turn.replies:
                self._offered |= {b.label: b.data for row in reply.buttons for b in row}
        return turns

    def incoming(self, line: Line) -> list[Incoming]:
        if "tap" in line:
            assert line["tap"] in self._offered, f"{line['tap']!r} not in {list(self._offered)}"
            return [Incoming("button", self._offered[line["tap"]])]
        if "sends" in line:
            words = [Incoming("text", line["with"])] if "with" in line else []
            return [*words, Incoming(line["sends"])]
        if "edits" in line:
            return [Incoming("text", line["edits"], edited=True)]
        if "forwards" in line:
            return [Incoming("text", line["forwards"], forwarded=True)]
        text = line.get("person", line.get("group", ""))
        public = "group" in line
        if text.startswith("/"):
            return [Incoming("command", text[1:], public=public)]
        return [Incoming("text", text, public=public)]


def said_of(turns: list[Turn]) -> Said:
    """The replies of turns as a person reads them on Telegram."""
    replies = [reply for turn in turns for reply in turn.replies]
    levels = [reply.level.value for reply in replies if reply.level is not None]
    return Said(
        texts=[text for reply in replies for text in shown(reply)],
        labels=[b.label for reply in replies for row in reply.buttons for b in row],
        level=levels[0] if levels else None,
        edited=any(reply.edits for reply in replies),
    )


def shown(reply: Reply) -> list[str]:
    """A reply as Telegram shows it."""
    return [parse_html(message)[0] for message in html_messages(reply)]
