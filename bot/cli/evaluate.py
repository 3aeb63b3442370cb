"""Scoring labelled messages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from bot.cli.shared import engine_of
from bot.config import Config
from bot.quality import evaluation, page, show


@click.command("eval")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--misses", default=40, show_default=True, help="How many misses to list.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a report.")
@click.option("--typos", default=0, help="Also with one slip a word, so many times over.")
@click.option("--min-level", type=float, help="Exit 1 if level_ok is lower.")
@click.pass_obj
def evaluate(
    config: Config,
    files: tuple[Path, ...],
    misses: int,
    as_json: bool,
    html: Path | None,
    typos: int,
    min_level: float | None,
) -> None:
    """Score labelled messages (docs/labels.md tells the format)."""
    try:
        rows = [row for file in files for row in evaluation.read_labels(file)]
    except evaluation.LabelError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    engine = engine_of(config)
    score = evaluation.evaluate(engine, rows)
    figures = score.as_dict()
    if typos:
        figures["typos"] = evaluation.evaluate_typos(engine, rows, range(1, typos + 1)).as_dict()
    if html is not None:
        html.write_text(page.evaluation_page(figures, score, engine.knowledge.version), "utf-8")
        click.echo(f"written: {html}", err=True)
    if as_json:
        click.echo(
            json.dumps({**figures, "misses": [vars(m) for m in score.misses]}, ensure_ascii=False)
        )
    else:
        show.score(figures, score, misses, Console())
    sys.exit(1 if min_level is not None and (figures["level_ok"] or 0) < min_level else 0)
