"""The knowledge: its faults, in which form they are wanted, and the schemas for editors."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from bot.config import Config
from bot.content.clinics import Clinic, check_clinics
from bot.content.faults import Fault
from bot.content.knowledge import Knowledge
from bot.content.load import check as check_knowledge


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="github: faults stand in the pull request, at their lines.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--fix", is_flag=True, help="First put files into order: spaces, line ends, sorting.")
@click.option("--report", is_flag=True, help="Also what the knowledge covers, and what is due.")
@click.pass_obj
def check(config: Config, form: str, as_json: bool, fix: bool, report: bool) -> None:
    """Check the knowledge, and the clinics' file: every fault, with line and remedy.

    Warnings do not fail the check. --fix never changes what a file means; comments are kept.
    """
    form = "json" if as_json else form
    if fix:
        _fix(config)
    knowledge, faults = check_knowledge(config.knowledge)
    clinics: Mapping[str, Clinic] = {}
    if knowledge is not None and config.clinics is not None:
        clinics, found = check_clinics(config.clinics, knowledge)
        faults += found
    errors = sum(fault.severity == "error" for fault in faults)
    if knowledge is not None and report:
        _report(knowledge, as_json=form == "json")
        if form == "json":
            return
    if form == "json":
        click.echo(json.dumps([fault.as_dict() for fault in faults]))
    elif form == "github":
        for fault in faults:
            click.echo(as_annotation(fault, config.knowledge))
    for fault in faults if form == "text" else ():
        click.secho(str(fault), fg="red" if fault.severity == "error" else "yellow")
    if form != "json":
        click.echo(_sum(knowledge, clinics, errors, len(faults) - errors))
    sys.exit(1 if errors else 0)


def _sum(
    knowledge: Knowledge | None, clinics: Mapping[str, Clinic], errors: int, warnings: int
) -> str:
    more = f", {warnings} warning{'s' * (warnings != 1)}" if warnings else ""
    if knowledge is None or errors:
        return click.style(f"{errors} error{'s' * (errors != 1)}{more}", fg="red")
    return (
        click.style("OK", fg="green") + f" {len(knowledge.treatments)} treatments, "
        f"{len(knowledge.symptoms)} symptoms, {len(knowledge.red_flags)} red flags, "
        f"{len(knowledge.topics)} topics, {len(knowledge.sources)} sources, "
        f"version {knowledge.edition}" + (f", {len(clinics)} clinics" if clinics else "") + more
    )


def as_annotation(fault: Fault, folder: Path) -> str:
    """A fault in the form in which GitHub shows it beside the line of a pull request."""
    file = folder.parent / fault.path
    here = Path.cwd()
    shown = file.resolve()
    name = shown.relative_to(here).as_posix() if shown.is_relative_to(here) else fault.path
    place = ",".join(
        f"{key}={_escape(str(value), property_too=True)}"
        for key, value in (("file", name), ("line", fault.line), ("col", fault.col))
    )
    return f"::{fault.severity} {place}::{_escape(f'{fault.what}; {fault.remedy}')}"


def _escape(text: str, *, property_too: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_too else text


def _fix(config: Config) -> None:
    from bot.workshop.tidy import tidy_folder  # noqa: PLC0415 - only here

    done = tidy_folder(config.knowledge, config.cache)
    for file in done.changed:
        click.echo(f"put into order: {file}", err=True)
    for file in done.left:
        click.echo(f"left as it is, because it cannot be read yet: {file}", err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.pass_obj
def schema(config: Config, folder: Path | None) -> None:
    """Write the JSON Schemas that editors use (default: knowledge/schema)."""
    from bot.content.schema import write_schemas  # noqa: PLC0415 - only here

    for file in write_schemas(folder or config.knowledge / "schema"):
        click.echo(file)


def _report(knowledge: Knowledge, *, as_json: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - a quarter of a second, with the next

    from bot.quality import show  # noqa: PLC0415
    from bot.quality.coverage import cover  # noqa: PLC0415

    found = cover(knowledge, dt.date.today())  # noqa: DTZ011 - the maintainer's day
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    else:
        show.coverage(found, knowledge, Console())
