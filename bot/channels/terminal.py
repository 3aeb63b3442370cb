"""The terminal channel: replies in colour, and a conversation without a token."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.content.levels import Level
from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session
from bot.reply.reply import Button, Part, Reply

NEEDS_A_PHONE = ("c:remind", "r:")
"""Buttons that a terminal cannot serve: it wakes nobody up."""
_COLOURS = {
    Level.EMERGENCY: "red",
    Level.URGENT: "dark_orange",
    Level.CONTACT_CLINIC: "yellow",
    Level.SELF_CARE: "green",
    Level.INFO: "blue",
}


def show(reply: Reply, console: Console) -> None:
    """Print a reply; without a terminal it is plain text."""
    if not console.is_terminal:
        from bot.reply.render import plain  # noqa: PLC0415 - the plain form of the same reply

        console.print(plain(reply), markup=False, highlight=False, soft_wrap=True)
        return
    body = Text()
    for number, part in enumerate(reply.parts):
        if number:
            body.append("\n\n")
        _write(part, body, reply.level)
    colour = _COLOURS.get(reply.level, "white") if reply.level else "white"
    console.print(Panel(body, border_style=colour, width=min(console.width, 88)))


def _write(part: Part, body: Text, level: Level | None) -> None:
    if part.title:
        body.append(part.title + "\n", style="bold")
    for number, line in enumerate(part.lines):
        if number:
            body.append("\n")
        if part.bullets:
            body.append("• ")
        if line.bold:
            body.append(line.bold + ": ", style="bold")
        style = {
            "headline": f"bold {_COLOURS.get(level, 'white') if level else 'white'}",
            "disclaimer": "italic dim",
            "note": "dim",
        }.get(part.kind, "")
        body.append(line.text, style=style)
        if line.url and part.kind in ("views", "sources", "label"):
            body.append(f" <{line.url}>", style="dim")


def chat(engine: Engine, console: Console) -> None:
    """Talk until the end of input or ``/quit``."""
    conversation = Conversation(engine)
    session = Session()
    turn = conversation.respond(Incoming("command", "start"), session)
    while True:
        session = turn.session
        offered: list[Button] = []
        for reply in turn.replies:
            show(reply, console)
            for row in reply.buttons:
                numbers = []
                for button in row:
                    if button.data.startswith(NEEDS_A_PHONE):
                        continue
                    offered.append(button)
                    numbers.append(f"[{len(offered)}] {button.label}")
                if numbers:
                    console.print("  " + "   ".join(numbers), markup=False, highlight=False)
        try:
            text = console.input("[bold cyan]you>[/bold cyan] ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if text in ("/quit", "/exit"):
            return
        if not text:
            continue
        if text.isdigit() and 1 <= int(text) <= len(offered):
            incoming = Incoming("button", offered[int(text) - 1].data)
        elif text.startswith("/"):
            incoming = Incoming("command", text[1:])
        else:
            incoming = Incoming("text", text)
        turn = conversation.respond(incoming, session)
