"""Reports for people who look rather than read: one self-contained HTML file each."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.content.levels import Level
from bot.quality.evaluation import Score, in_order

_TEMPLATES = Environment(
    loader=PackageLoader("bot.quality"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
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
