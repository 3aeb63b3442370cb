"""Figures of an evaluation as tables in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.quality import evaluation


def score(figures: dict[str, Any], result: evaluation.Score, misses: int, console: Console) -> None:
    """Print the figures, then so many misses with what they rest on, the worst first."""
    table = Table("figure", "value", title="Evaluation")
    for name, value in figures.items():
        if name == "by_kind":
            continue
        if isinstance(value, dict):
            value = "  ".join(f"{k} {v:g}" for k, v in value.items())  # noqa: PLW2901
        table.add_row(name, str(value))
    console.print(table)
    kinds = Table("kind", "messages", "level ok", "under", "over")
    for kind, row in figures["by_kind"].items():
        kinds.add_row(kind, *(str(v) for v in row.values()))
    console.print(kinds)
    listed = evaluation.in_order(result.misses)
    for miss in listed[:misses]:
        _miss(miss, console)
    if len(listed) > misses:
        console.print(f"... and {len(listed) - misses} more; --misses {len(listed)} lists all.")


def _miss(miss: evaluation.Miss, console: Console) -> None:
    style = "red" if miss.wrong_level else "yellow"
    console.print(Text(f"{miss.id}: got {miss.got}, accepted {'/'.join(miss.wanted)}", style=style))
    console.print(Text("  " + miss.text))
    if miss.missing:
        console.print(Text("  missing: " + ", ".join(miss.missing)))
    if miss.extra:
        console.print(Text("  extra: " + ", ".join(miss.extra)))
    for line in miss.evidence:
        console.print(Text("  " + line, style="dim"))
    for reason in miss.reasons if miss.wrong_level else ():
        console.print(Text("  " + reason, style="dim"))
