"""The knowledge: its faults, and the schemas for editors."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from bot.config import Config
from bot.content.knowledge import Knowledge
from bot.content.load import check as check_knowledge
from bot.content.schema import write_schemas
from bot.quality import page, show
from bot.quality.coverage import cover


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--report", is_flag=True, help="Also what the knowledge covers, and what is due.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report as a page, with the matrix as a picture.",
)
@click.pass_obj
def check(config: Config, as_json: bool, report: bool, html: Path | None) -> None:
    """Check the knowledge: every fault of every file, with line and remedy."""
    knowledge, faults = check_knowledge(config.knowledge)
    errors = sum(fault.severity == "error" for fault in faults)
    if knowledge is not None and (report or html):
        _report(knowledge, as_json=as_json, shown=report, html=html)
        if as_json:
            return
    if as_json:
        click.echo(
            json.dumps(
                [
                    {
                        "path": f.path,
                        "line": f.line,
                        "col": f.col,
                        "severity": f.severity,
                        "what": f.what,
                        "remedy": f.remedy,
                    }
                    for f in faults
                ]
            )
        )
    else:
        console = Console(soft_wrap=True, highlight=False)
        for fault in faults:
            style = "red" if fault.severity == "error" else "yellow"
            console.print(Text(str(fault), style=style))
        if knowledge is not None:
            console.print(
                f"[green]OK[/green] {len(knowledge.treatments)} treatments, "
                f"{len(knowledge.symptoms)} symptoms, {len(knowledge.red_flags)} red flags, "
                f"{len(knowledge.topics)} topics, {len(knowledge.sources)} sources, "
                f"version {knowledge.edition}"
            )
        else:
            console.print(f"[red]{errors} errors[/red]")
    sys.exit(1 if errors else 0)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.pass_obj
def schema(config: Config, folder: Path | None) -> None:
    """Write the JSON Schemas that editors use (default: knowledge/schema)."""
    for file in write_schemas(folder or config.knowledge / "schema"):
        click.echo(file)


def _report(knowledge: Knowledge, *, as_json: bool, shown: bool, html: Path | None) -> None:
    found = cover(knowledge, dt.date.today())  # noqa: DTZ011 - the maintainer's day
    if html is not None:
        html.write_text(page.coverage_page(found, knowledge), "utf-8")
        click.echo(f"written: {html}", err=True)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    elif shown:
        show.coverage(found, knowledge, Console())
