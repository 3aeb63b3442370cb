"""A reply as parts, before any channel turns it into text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.content.levels import Level

PartKind = Literal[
    "headline",
    "reason",
    "action",
    "say",
    "do_not",
    "expected",
    "experts",
    "views",
    "label",
    "dispute",
    "self_care",
    "changes",
    "sources",
    "note",
    "text",
    "evidence",
    "change",
    "question",
    "copy",
    "disclaimer",
]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a part."""

    text: str
    url: str | None = None
    """Address that the line leads to."""
    bold: str = ""
    """Words before the text, set in bold (a name)."""
    phone: str = ""
    """A number to call that stands in the text; a channel makes it easy to call or to copy."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines."""

    kind: PartKind
    lines: tuple[Line, ...]
    title: str = ""
    folded: bool = False
    """Shown closed at first where a channel can do so."""
    bullets: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message."""

    label: str
    data: str
    """What comes back when it is tapped: 1 to 64 bytes, no personal data."""


@dataclass(frozen=True)
class Reply:
    """One answer. Its last part is always the disclaimer; see ``bot.reply.disclaimer``."""

    parts: tuple[Part, ...]
    level: Level | None = None
    entries: tuple[str, ...] = ()
    """Ids of the topics and red flags that are shown."""
    buttons: tuple[tuple[Button, ...], ...] = ()
    edits: bool = False
    """Replaces the message whose button was tapped, where the channel can do so."""
