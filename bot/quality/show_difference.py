"""What an edit changes, in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from bot.quality.difference import (
    TITLES,
    VERDICTS,
    Change,
    Difference,
    Edit,
    Kind,
    Verdict,
    words_changed,
)
from bot.quality.page import shortened

STYLES = {
    Kind.LOWERED: "bold red",
    Kind.FLAG_LOST: "red",
    Kind.RAISED: "yellow",
    Kind.ENTRIES: "cyan",
    Kind.READING: "blue",
    Kind.TEXT: "dim",
}
VERDICT_STYLES = {
    Verdict.WRONG: "bold red",
    Verdict.UNLABELLED: "dim",
    Verdict.BOTH: "dim",
    Verdict.RIGHT: "green",
}
LISTED = 5
"""Paths and places shown of a longer list."""
WIDTH = 160


def difference(found: Difference, console: Console, *, limit: int, text: bool) -> None:
    """Print the changes by kind; of each kind but the lowered at most ``limit``."""
    for kind in found.counts:
        changes = found.of(kind)
        console.print(Text(f"{TITLES[kind]} ({len(changes):,})", style=STYLES[kind]))
        if kind is Kind.TEXT:
            _edits(found, console, limit, text=text)
            continue
        most = len(changes) if kind is Kind.LOWERED else limit
        for change in changes[:most]:
            _change(change, console)
            if text and change.edit is not None:
                console.print(_words(found.edits[change.edit], "    "))
        _more(len(changes), most, console)
    for title, paths in (
        ("added to the knowledge", found.entries_added),
        ("removed from the knowledge", found.entries_removed),
        ("new messages", found.messages_added),
        ("messages that are gone", found.messages_removed),
    ):
        if paths:
            rest = f" and {len(paths) - LISTED} more" if len(paths) > LISTED else ""
            console.print(Text(f"{len(paths):,} {title}: {', '.join(paths[:LISTED])}{rest}"))
    console.print(
        Text(f"{found.before} → {found.after}: ", style="bold").append(
            found.summary, style="bold red" if found.lowered else ""
        ),
        soft_wrap=True,
    )


def _change(change: Change, console: Console) -> None:
    head = Text("  ")
    if change.steps:
        head.append(f"{change.old.level} → {change.new.level}", style=STYLES[change.kind])
        head.append(f"  {change.steps:+d}  ")
        head.append(VERDICTS[change.verdict], style=VERDICT_STYLES[change.verdict])
    else:
        head.append(change.new.level, style=STYLES[change.kind])
    head.append(f"  {change.claims[0].place}", style="dim")
    console.print(head, soft_wrap=True)
    console.print(Text(f"    {shortened(change.text, WIDTH)}"), soft_wrap=True)
    for title, ids in (
        ("red flags", change.flags),
        ("entries", change.entries),
        ("read", change.reading),
        ("against it", change.against),
    ):
        if ids:
            console.print(Text(f"    {title}: {', '.join(ids)}", style="dim"), soft_wrap=True)


def _edits(found: Difference, console: Console, limit: int, *, text: bool) -> None:
    """Changes of text by themselves: each once, with the number of replies it stands in."""
    for number, changes in found.texts[:limit]:
        place = changes[0].claims[0].place
        count = "1 reply" if len(changes) == 1 else f"{len(changes):,} replies"
        console.print(Text(f"  in {count}, as to {place}", style="dim"), soft_wrap=True)
        if text:
            console.print(_words(found.edits[number], "    "))
    if not text:
        console.print("  --text shows them word by word")
    _more(len(found.texts), limit, console)


def _words(edit: Edit, indent: str) -> Text:
    shown = Text(indent)
    styles = {"-": "red strike", "+": "green", "=": ""}
    for sign, words in words_changed(edit):
        marked = {"-": f"[-{words}-]", "+": f"{{+{words}+}}", "=": words}[sign]
        shown.append(marked.replace("\n", f"\n{indent}"), style=styles[sign]).append(" ")
    return shown


def _more(number: int, most: int, console: Console) -> None:
    if number > most:
        console.print(f"  ... and {number - most:,} more; --limit {number} lists all")
