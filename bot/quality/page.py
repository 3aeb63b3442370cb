"""Reports for people who look rather than read: one self-contained HTML file each."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.quality.coverage import Coverage
from bot.quality.evaluation import Score, in_order

_TEMPLATES = Environment(
    loader=PackageLoader("bot.quality"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def coverage_page(coverage: Coverage, knowledge: Knowledge) -> str:
    """Counts, the matrix of treatments and symptoms as a picture, and what is due."""
    symptoms = sorted(
        {s for _, s in coverage.matrix} | {s for _, s in coverage.calendar},
        key=lambda slug: (-sum(n for (_, s), n in coverage.matrix.items() if s == slug), slug),
    )
    return _TEMPLATES.get_template("coverage.html").render(
        coverage=coverage,
        treatments=list(knowledge.treatments.values()),
        symptoms=symptoms,
        names={slug: symptom.name for slug, symptom in knowledge.symptoms.items()},
        most=max(coverage.matrix.values(), default=1),
    )


def evaluation_page(figures: dict[str, Any], score: Score, version: str) -> str:
    """Figures, confusion matrix, kinds and all misses, the most dangerous first."""
    levels = [level.value for level in Level]
    most = max(score.confusion.values(), default=1)
    rank = {level.value: level.rank for level in Level}
    return _TEMPLATES.get_template("evaluation.html").render(
        figures={k: v for k, v in figures.items() if k != "by_kind"},
        kinds=figures["by_kind"],
        levels=levels,
        rank=rank,
        confusion=score.confusion,
        most=most,
        misses=in_order(score.misses),
        version=version,
    )
