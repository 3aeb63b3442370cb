"""Figures of an evaluation and of the coverage as tables in the terminal."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.content.knowledge import Knowledge
from bot.quality import evaluation
from bot.quality.coverage import Coverage


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


def coverage(found: Coverage, knowledge: Knowledge, console: Console) -> None:
    """Print what the knowledge covers; blocks darker with more views, a dot for calendar only."""
    table = Table("what", "number", title=f"Knowledge {found.version}")
    for name, number in found.counts.items():
        table.add_row(name.replace("_", " "), str(number))
    console.print(table)
    totals: Counter[str] = Counter()
    for (_, symptom), number in found.matrix.items():
        totals[symptom] += number
    most = [slug for slug, _ in totals.most_common(18)]
    console.print("Views by treatment and symptom (· calendar only)", style="bold")
    width = max(map(len, knowledge.treatments))
    console.print(Text(" " * width + "".join(f"{n:3}" for n in range(1, len(most) + 1))))
    for slug in knowledge.treatments:
        cells = "".join(f"{_cell(found, slug, symptom):>3}" for symptom in most)
        console.print(Text(f"{slug:{width}}{cells}"))
    console.print(", ".join(f"{n} {slug}" for n, slug in enumerate(most, 1)))
    for title, lines in (
        ("files overdue for review", found.overdue),
        ("facts resting on one source", found.single),
        ("facts resting on judgement or the triage policy only", found.judged),
        ("files hard to read", found.hard),
    ):
        console.print(f"{len(lines)} {title}", style="bold")
        for line in lines[:5]:
            console.print(Text("  " + line[:160]))
        if len(lines) > 5:
            console.print(f"  ... and {len(lines) - 5} more; --json lists all")


def _cell(found: Coverage, treatment: str, symptom: str) -> str:
    number = found.matrix.get((treatment, symptom), 0)
    if number:
        return str(number)
    return "·" if (treatment, symptom) in found.calendar else ""


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
