"""Figures of an evaluation, of the coverage, and why a message got its level, in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.quality import evaluation
from bot.quality.coverage import Coverage
from bot.quality.explain import CODES, Explanation, kinds_of

LEVEL_STYLES = {
    Level.EMERGENCY: "bold white on red",
    Level.URGENT: "bold yellow",
    Level.CONTACT_CLINIC: "yellow",
    Level.SELF_CARE: "green",
    Level.INFO: "blue",
}
_KIND_STYLES = {
    "danger sign": "bold white on red",
    "symptom": "black on yellow",
    "treatment": "white on blue",
    "time": "black on green",
    "how it is told": "white on magenta",
    "cue": "black on white",
    "place": "black on cyan",
}


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


def explanation(x: Explanation, console: Console) -> None:
    """Print the words as they were read, the rules, those that nearly fired, what would change."""
    level = x.level.replace("_", " ")
    day = "no day told" if x.days is None else f"day {x.days:g}"
    console.print(
        Text.assemble(
            (f" {level} ", LEVEL_STYLES[Level(x.level)]),
            f"  {day}, {', '.join(x.treatments) or 'no treatment told'}",
            "; the words sound like danger: the person is asked" if x.asks else "",
        )
    )
    console.print()
    console.print(_message(x))
    legend = Text()
    for kind in kinds_of(x):
        legend.append(f"{CODES[kind]} {kind}", style=_KIND_STYLES.get(kind, "dim"))
        legend.append("  ")
    if x.scopes:
        legend.append("‹a cue acts on it›  ", style="underline")
    console.print(legend)
    if x.repairs:
        console.print("Repaired: " + ", ".join(f"{typed} → {read}" for typed, read in x.repairs))
    _items(
        console,
        "What cues act on",
        [(s.cue, f"makes {s.status.replace('_', ' ')}: {s.words}", s.origin) for s in x.scopes],
    )
    told = [(t.name, f"{t.kind}, {t.how}: {t.words}", t.origin) for t in x.told]
    _items(console, "What was read", [*told, *(("time", words, "") for words in x.day_words)])
    _items(
        console,
        "Rules that fired",
        [(_level(r.level), f"{r.step}: {r.text}" + _quoted(r.words), r.origin) for r in x.rules],
    )
    _items(
        console,
        "Rules that nearly fired",
        [(_level(n.level), f"{n.name}: has {n.has}, but {n.lacks}", n.origin) for n in x.nearly],
    )
    _items(
        console,
        "What would change the level",
        [(_level(c.level), f"if {c.when}", "") for c in x.changes],
    )
    _items(console, "Expert views shown", [(key, "", file) for key, file in x.entries])


def _message(x: Explanation) -> Text:
    """Each run of words of one kind in its colour, with its letter; brackets where a cue acts."""
    line = Text()
    for number, word in enumerate(x.words):
        after = x.words[number + 1] if number + 1 < len(x.words) else None
        opened = word.scopes and (not number or x.words[number - 1].scopes != word.scopes)
        closed = word.scopes and (after is None or after.scopes != word.scopes)
        kind = word.labels[0].kind if word.labels else ""
        style = _KIND_STYLES.get(kind, "dim" if kind else "")
        if word.scopes:
            style += " underline"
        line.append(word.before + ("‹" if opened else ""))
        line.append(f"{word.typed} → {word.read_as}" if word.read_as else word.typed, style=style)
        if kind and (after is None or not after.labels or after.labels[0].kind != kind):
            line.append(f"/{CODES[kind]}", style="dim")
        line.append("›" if closed else "")
    line.append(x.rest)
    return line


def _level(name: str) -> Text:
    return Text(name.replace("_", " "), style=LEVEL_STYLES[Level(name)])


def _quoted(words: Sequence[str]) -> str:
    return f" [{'; '.join(words)}]" if words else ""


def _items(console: Console, title: str, items: Sequence[tuple[str | Text, str, str]]) -> None:
    """Name, text, and below it the line of the knowledge, whole, so that a click opens it."""
    if not items:
        return
    console.print()
    console.print(title, style="bold")
    table = Table.grid(padding=(0, 2, 0, 1))
    table.add_column(max_width=30)
    table.add_column(overflow="fold")
    for name, text, where in items:
        place = "" if where.endswith(":0") else where
        said = Text("\n".join(filter(None, (text, place))))
        said.stylize("dim", len(said) - len(place))
        table.add_row(Text(name) if isinstance(name, str) else name, said)
    console.print(table)
