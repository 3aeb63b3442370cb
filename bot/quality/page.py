"""Reports for people who look rather than read: one self-contained HTML file each.

And the same in Markdown, where a pull request is to show it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.quality.coverage import Coverage
from bot.quality.difference import TITLES, VERDICTS, Change, Difference, Kind, words_changed
from bot.quality.evaluation import Score, in_order
from bot.quality.explain import CODES, Explanation, kinds_of
from bot.quality.report import Report

DANGEROUS = (Kind.LOWERED, Kind.FLAG_LOST)
LIMITS = dict.fromkeys(Kind, 20) | {Kind.LOWERED: 60}
"""Rows of each kind in Markdown."""
COMMENT = 65_000
"""Characters that a comment on GitHub holds, with some to spare."""
WORST = 25
"""Misses shown in the report."""


def shortened(text: str, most: int) -> str:
    """Text on one line, cut at so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def cell(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no mention, no cell border."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    return re.sub(r"[\\`*_\[\]|~@#]", lambda m: f"&#{ord(m.group())};", escaped)


def _environment(*, escaped: bool) -> Environment:
    templates = Environment(
        loader=PackageLoader("bot.quality"),
        autoescape=escaped,  # noqa: S701 - Markdown has its own escape: cell
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"folder": _folder, "shorten": shortened, "cell": cell}
    return templates


def _folder(change: Change) -> str:
    """The folder that the message stands in, as deep as it tells kinds apart."""
    path = re.split(r"[: ]", change.claims[0].place)[0]
    return "/".join(path.split("/")[:-1][:3]) or path


_PAGES = _environment(escaped=True)
_MARKDOWN = _environment(escaped=False)


def evaluation_page(figures: dict[str, Any], score: Score, version: str) -> str:
    """Figures, confusion matrix, kinds and all misses, the most dangerous first."""
    return _PAGES.get_template("evaluation.html").render(
        figures={k: v for k, v in figures.items() if k != "by_kind"},
        kinds=figures["by_kind"],
        misses=in_order(score.misses),
        version=version,
        **_confusion(score),
    )


def report_page(report: Report, knowledge: Knowledge) -> str:
    """Everything there is to see of one knowledge."""
    return _PAGES.get_template("report.html").render(
        report=report,
        knowledge=knowledge,
        sets=[
            (labelled, labelled.score.as_dict(), _confusion(labelled.score))
            for labelled in report.labelled
        ],
        misses=[miss for miss in report.misses if miss.wrong_level][:WORST],
        **_coverage(report.coverage, knowledge),
    )


def difference_page(found: Difference) -> str:
    """What an edit changes, to be filtered by kind, place and words."""
    return _PAGES.get_template("difference.html").render(
        folders=sorted({_folder(change) for change in found.changes}),
        worded=lambda number: words_changed(found.edits[number]),
        **_difference(found),
    )


def difference_markdown(found: Difference, reasons: Sequence[str], refused: str | None) -> str:
    """The same as a comment on a pull request; long lists are cut."""

    def marked(number: int) -> str:
        marks = {"-": "~~{}~~", "+": "**{}**", "=": "{}"}
        return " ".join(
            marks[sign].format(cell(shortened(words, 120)))
            for sign, words in words_changed(found.edits[number])
        )

    template = _MARKDOWN.get_template("difference.md")
    shared = _difference(found) | {"reasons": reasons, "refused": refused, "marked": marked}
    text = ""
    for cut in (1, 2, 4, 8, 20):
        text = template.render(
            limits={kind: most // cut for kind, most in LIMITS.items()}, **shared
        )
        if len(text) <= COMMENT:
            break
    return text


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "found": found,
        "titles": TITLES,
        "verdicts": VERDICTS,
        "dangerous": DANGEROUS,
        "texts": found.texts,
    }


def _coverage(coverage: Coverage, knowledge: Knowledge) -> dict[str, Any]:
    symptoms = sorted(
        {s for _, s in coverage.matrix} | {s for _, s in coverage.calendar},
        key=lambda slug: (-sum(n for (_, s), n in coverage.matrix.items() if s == slug), slug),
    )
    return {
        "coverage": coverage,
        "treatments": list(knowledge.treatments.values()),
        "symptoms": symptoms,
        "names": {slug: symptom.name for slug, symptom in knowledge.symptoms.items()},
        "most": max(coverage.matrix.values(), default=1),
    }


def _confusion(score: Score) -> dict[str, Any]:
    return {
        "levels": [level.value for level in Level],
        "rank": {level.value: level.rank for level in Level},
        "confusion": score.confusion,
        "most": max(score.confusion.values(), default=1),
    }


def explanation_page(explanation: Explanation, version: str) -> str:
    """One message with its words as they were read, its rules, and what would change them."""
    return _PAGES.get_template("explain.html").render(
        x=explanation,
        codes=CODES,
        kinds=kinds_of(explanation),
        unknown=any(not word.known for word in explanation.words),
        version=version,
    )
