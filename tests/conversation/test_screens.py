"""docs/screens.md shows what is really said. To renew it: python -m tests.conversation.test_screens"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.reply import Reply
from tests.conversation.script import shown
from tests.conversation.test_turns import NOW
from tests.engine import shared_engine

FILE = Path(__file__).parent.parent.parent / "docs" / "screens.md"
WIDTH = 72
TALKS = {
    "Three short messages, read together": ["i had filler", "yesterday", "lip is white", "ok thanks"],
    "Questions, one at a time": ["headache", "[Botulinum toxin]", "[Yesterday]", "its getting worse"],
    "Nobody answers, and a card for the clinic": [
        "botox 10 days ago, my eyelid droops, no double vision",
        "nobody picks up at my clinic",
        "[Card for my clinic]",
    ],
}


def screens(engine: Engine) -> str:
    """The page: each conversation as a phone shows it, the closing lines once."""
    disclaimer = engine.knowledge.wording["en"].disclaimer
    out = ["# Screens", "", "Three conversations as a phone shows them. Every message ends with:", ""]
    out += [f"> {disclaimer}", "", "It is left out below, as are the buttons under later messages."]
    for title, lines in TALKS.items():
        out += ["", f"## {title}", "", "```text"]
        conversation, session, offered = Conversation(engine), Session(), {}
        for number, line in enumerate(lines):
            label = line.strip("[]")
            tapped = line.startswith("[")
            incoming = Incoming("button", offered[label]) if tapped else Incoming("text", line)
            turn = conversation.respond(incoming, session, NOW)
            session = turn.session
            out += [*([""] if number else []), f"you  {line}", ""]
            for reply in turn.replies:
                offered |= {b.label: b.data for row in reply.buttons for b in row}
                out += screen(reply, disclaimer, buttons=number == 0)
        out.append("```")
    return "\n".join(out) + "\n"


def screen(reply: Reply, disclaimer: str, *, buttons: bool) -> list[str]:
    """One message, wrapped."""
    text = "\n".join(shown(reply)).removesuffix(disclaimer).rstrip()
    rows = [
        wrapped or ""
        for line in text.split("\n")
        for wrapped in (textwrap.wrap(line, WIDTH, subsequent_indent="  ") or [""])
    ]
    if buttons and reply.buttons:
        rows += ["", *("  ".join(f"[ {b.label} ]" for b in row) for row in reply.buttons)]
    return [f"     {row}".rstrip() for row in rows]


def test_the_screens_are_what_is_said(engine: Engine) -> None:
    assert FILE.read_text("utf-8") == screens(engine)


def test_an_emergency_on_the_page_has_no_buttons() -> None:
    emergency = re.search(r"EMERGENCY.*?```", FILE.read_text("utf-8"), re.DOTALL)
    assert emergency is not None
    assert "[ " not in emergency[0]


if __name__ == "__main__":
    FILE.write_text(screens(shared_engine()), "utf-8")
