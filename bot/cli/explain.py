"""Why a message gets its level: for people in the terminal, as a page, or for machines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from bot.cli.shared import engine_of
from bot.config import Config
from bot.quality import page, show
from bot.quality.explain import explain as explained


@click.command()
@click.argument("text", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it as a page that needs nothing else.",
)
@click.pass_obj
def explain(config: Config, text: str | None, as_json: bool, html: Path | None) -> None:
    """Show how a message is read, which rules fired and nearly fired, and what would change it."""
    if text is None:
        text = sys.stdin.read() if not sys.stdin.isatty() else None
    if not text:
        raise click.UsageError(
            'Nothing to explain. Write: aftercare explain "botox 2 days ago, ..."'
        )
    engine = engine_of(config)
    found = explained(engine, text, config.knowledge)
    if html is not None:
        html.write_text(page.explanation_page(found, engine.knowledge.version), "utf-8")
        click.echo(f"written: {html}", err=True)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    elif html is None:
        show.explanation(found, Console())
