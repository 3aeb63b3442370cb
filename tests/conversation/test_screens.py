"""docs/screens.md and README.md show what is really said.

To renew them: python -m tests.conversation.test_screens
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.reply import Reply
from tests.conversation.script import shown
from tests.conversation.test_turns import NOW
from tests.engine import shared_engine

FILE = Path(__file__).parent.parent.parent / "docs" / "screens.md"
README = FILE.parent.parent / "README.md"
BEGIN, END = "<!-- screens: held to the bot by tests/conversation/test_screens.py -->\n", "<!-- end -->"
SHORT = ("headline", "change", "reason", "text")
"""Parts of a message that README.md shows; the others are left out."""
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


SHORT_TALKS: dict[str, list[str]] = {
    "Three short messages are read together": ["i had filler", "yesterday", "lip is white"],
    "A second message counts what came before": ["botox 3 days ago, headache", "its getting worse"],
    "A link of a clinic, and nobody answers there": [
        "/start skin_studio-dysport",
        "10 days ago, my eyelid droops",
        "nobody picks up at my clinic",
    ],
}


def talk(engine: Engine, lines: list[str]) -> Iterator[tuple[str, tuple[Reply, ...]]]:
    """A conversation: each line of the person, and what is said to it."""
    conversation, session = Conversation(engine), Session()
    offered: dict[str, str] = {}
    for line in lines:
        incoming = Incoming("text", line)
        if line.startswith("["):
            incoming = Incoming("button", offered[line.strip("[]")])
        elif line.startswith("/"):
            incoming = Incoming("command", line[1:])
        turn = conversation.respond(incoming, session, NOW)
        session = turn.session
        offered |= {b.label: b.data for reply in turn.replies for row in reply.buttons for b in row}
        yield line, turn.replies


def short_screens(engine: Engine) -> str:
    """The screens of README.md: the first parts of each message, the closing lines left out."""
    disclaimer = engine.knowledge.wording["en"].disclaimer
    out = []
    for title, lines in SHORT_TALKS.items():
        out += [f"**{title}**", "", "```text"]
        for number, (line, replies) in enumerate(talk(engine, lines)):
            out += [*([""] if number else []), f"you  {line}", ""]
            for reply in replies:
                shown_parts = [part for part in reply.parts[:-1] if part.kind in SHORT]
                left_out = len(shown_parts) < len(reply.parts) - 1 or len(shown_parts) > 2
                brief = replace(reply, parts=(*shown_parts[:2], reply.parts[-1]))
                out += screen(brief, disclaimer, buttons=False)
                out += ["     [...]"] if left_out else []
        out += ["```", ""]
    return "\n".join(out)


def screens(engine: Engine) -> str:
    """The page: each conversation as a phone shows it, the closing lines once."""
    disclaimer = engine.knowledge.wording["en"].disclaimer
    out = ["# Screens", "", "Three conversations as a phone shows them. Every message ends with:", ""]
    out += [f"> {disclaimer}", "", "It is left out below, as are the buttons under later messages."]
    for title, lines in TALKS.items():
        out += ["", f"## {title}", "", "```text"]
        for number, (line, replies) in enumerate(talk(engine, lines)):
            out += [*([""] if number else []), f"you  {line}", ""]
            for reply in replies:
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


def test_the_screens_of_the_readme_are_what_is_said(engine: Engine) -> None:
    _, _, rest = README.read_text("utf-8").partition(BEGIN)
    assert rest.partition(END)[0] == short_screens(engine)


def test_an_emergency_on_the_page_has_no_buttons() -> None:
    emergency = re.search(r"EMERGENCY.*?```", FILE.read_text("utf-8"), re.DOTALL)
    assert emergency is not None
    assert "[ " not in emergency[0]


if __name__ == "__main__":
    FILE.write_text(screens(shared_engine()), "utf-8")
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{short_screens(shared_engine())}{END}{after}", "utf-8")
