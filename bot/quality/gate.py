"""The gate: a lowered level needs a reason that stands in the history."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.quality.difference import Difference, Verdict
from bot.quality.page import shortened

MIN_WORDS = 3
"""A reason of fewer words gives none."""
NAMED = 10
"""So many messages are named in the refusal."""
_LINE = re.compile(r"(?im)^[ \t]*safety:[ \t]*(\S.*?)[ \t]*$")


def reasons(commit_messages: Iterable[str]) -> list[str]:
    """What the ``safety:`` lines of commit messages say; lines of comment are left out."""
    return [
        reason
        for message in commit_messages
        for reason in _LINE.findall(message)
        if len(reason.split()) >= MIN_WORDS
    ]


def refusal(difference: Difference, given: Iterable[str]) -> str | None:
    """Why the edit is refused, naming the messages and the remedy; None: it may pass."""
    lowered = difference.lowered
    if not lowered or list(given):
        return None
    told = f"{_messages(len(lowered))} told to get help later"
    lines = [f"refused: {told}; no commit message after {difference.before} says why that is safe."]
    for change in lowered[:NAMED]:
        wrong = " (wrong by its label)" if change.verdict is Verdict.WRONG else ""
        lines.append(
            f"  {change.old.level} → {change.new.level}{wrong}: "
            f'"{shortened(change.text, 100)}" ({change.claims[0].place})'
        )
    if len(lowered) > NAMED:
        lines.append(f"  ... and {len(lowered) - NAMED} more")
    lines.append(
        "Undo what lowers them; or, if it is right, write why in a line of the commit message:\n"
        "  safety: a bruise on day 2 is expected, the label said so before"
    )
    return "\n".join(lines)


def _messages(number: int) -> str:
    return "1 message is" if number == 1 else f"{number:,} messages are"
