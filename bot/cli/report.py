"""The knowledge for people who look rather than read."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from bot.cli.shared import engine_of
from bot.config import Config
from bot.quality import page
from bot.quality.evaluation import LabelError
from bot.quality.report import gather_report


@click.command()
@click.argument(
    "file", default="report.html", type=click.Path(path_type=Path, dir_okay=False, writable=True)
)
@click.option(
    "--messages",
    "labelled",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Labelled messages (docs/labels.md) in place of those in tests/messages.",
)
@click.pass_obj
def report(config: Config, file: Path, labelled: tuple[Path, ...]) -> None:
    """Write one page on all there is to see: coverage, levels, experts, red flags, reviews."""
    engine = engine_of(config)
    own = sorted((config.knowledge.resolve().parent / "tests" / "messages").glob("*.jsonl"))
    today = dt.date.today()  # noqa: DTZ011 - the maintainer's day
    try:
        found = gather_report(engine, config.knowledge.resolve(), labelled or own, today)
    except LabelError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    try:
        file.write_text(page.report_page(found, engine.knowledge), "utf-8")
    except OSError as error:
        click.echo(f"{file} cannot be written: {error.strerror}; name another file", err=True)
        sys.exit(2)
    click.echo(f"written: {file}")
