"""The knowledge: its faults, and the schemas for editors."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from bot.config import Config
from bot.content.clinics import Clinic, check_clinics
from bot.content.knowledge import Knowledge
from bot.content.load import check as check_knowledge
from bot.content.schema import write_schemas
from bot.quality import show
from bot.quality.coverage import cover


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--report", is_flag=True, help="Also what the knowledge covers, and what is due.")
@click.pass_obj
def check(config: Config, as_json: bool, report: bool) -> None:
    """Check the knowledge, and the clinics' file: every fault, with line and remedy."""
    knowledge, faults = check_knowledge(config.knowledge)
    clinics: Mapping[str, Clinic] = {}
    if knowledge is not None and config.clinics is not None:
        clinics, found = check_clinics(config.clinics, knowledge)
        faults += found
    errors = sum(fault.severity == "error" for fault in faults)
    if knowledge is not None and report:
        _report(knowledge, as_json=as_json)
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
        if knowledge is not None and not errors:
            console.print(
                f"[green]OK[/green] {len(knowledge.treatments)} treatments, "
                f"{len(knowledge.symptoms)} symptoms, {len(knowledge.red_flags)} red flags, "
                f"{len(knowledge.topics)} topics, {len(knowledge.sources)} sources, "
                f"version {knowledge.edition}"
                + (f", {len(clinics)} clinics" if clinics else "")
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


def _report(knowledge: Knowledge, *, as_json: bool) -> None:
    found = cover(knowledge, dt.date.today())  # noqa: DTZ011 - the maintainer's day
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        show.coverage(found, knowledge, Console())
