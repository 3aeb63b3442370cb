"""The only place that ends a reply: every one closes with the disclaimer."""

from __future__ import annotations

from collections.abc import Iterable

from bot.content.levels import Level
from bot.content.models import Wording
from bot.reply.reply import Button, Line, Part, Reply


def close(
    wording: Wording,
    parts: Iterable[Part],
    *,
    level: Level | None = None,
    entries: Iterable[str] = (),
    buttons: Iterable[tuple[Button, ...]] = (),
    edits: bool = False,
) -> Reply:
    """A finished reply: the parts that hold something, and the disclaimer as the last one."""
    kept = tuple(part for part in parts if part.lines)
    disclaimer = Part("disclaimer", (Line(wording.disclaimer),))
    return Reply((*kept, disclaimer), level, tuple(entries), tuple(buttons), edits)
