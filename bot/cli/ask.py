"""One answer, for people, with its evidence, or for machines."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console

from bot.channels import terminal
from bot.cli.shared import engine_of
from bot.config import Config
from bot.conversation.engine import Engine
from bot.quality import evaluation, show
from bot.quality.explain import explain as explained
from bot.reply.compose import Audience
from bot.reply.render import plain
from bot.reply.reply import Reply
from bot.triage.assessment import Assessment
from bot.understanding.reading import TRAITS


@click.command()
@click.argument("text", required=False)
@click.option("--explain", is_flag=True, help="Add what 'aftercare explain' says of it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", is_flag=True, help="Read an object a line from stdin, write one a line.")
@click.option("--country", help="ISO code of the person's country, for the emergency number.")
@click.pass_obj
def ask(
    config: Config,
    text: str | None,
    explain: bool,
    as_json: bool,
    jsonl: bool,
    country: str | None,
) -> None:
    """Answer one message, or one a line with --jsonl."""
    engine = engine_of(config)
    audience = Audience(country=country.upper() if country else None)
    if jsonl:
        _ask_lines(engine, audience)
        return
    if text is None:
        text = sys.stdin.read() if not sys.stdin.isatty() else None
    if not text:
        raise click.UsageError('Nothing to answer. Write: aftercare ask "botox 2 days ago, ..."')
    assessment, reply = engine.answer(text, audience)
    if as_json:
        click.echo(json.dumps(as_object(assessment, reply), ensure_ascii=False))
        return
    console = Console()
    terminal.show(reply, console)
    if explain:
        console.print()
        show.explanation(explained(engine, text, config.knowledge), console)


def as_object(assessment: Assessment, reply: Reply) -> dict[str, Any]:
    """The machine-readable answer; docs/json.md names the fields."""
    return {
        "level": assessment.level.value,
        "treatments": list(assessment.reading.had),
        "symptoms": list(assessment.symptoms),
        "denied": list(evaluation.denied(assessment)),
        "days": assessment.reading.days,
        "findings": [
            {
                "symptom": finding.symptom,
                "status": finding.status.value,
                "words": finding.evidence.words,
                "told": [t for t in TRAITS if getattr(finding, t)],
                "side": finding.side,
                "since": finding.since,
            }
            for finding in assessment.reading.findings
        ],
        "red_flags": [met.flag.id for met in assessment.red_flags],
        "entries": list(reply.entries),
        "reply": plain(reply),
    }


def _ask_lines(engine: Engine, audience: Audience) -> None:
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text = row["text"]
            if not isinstance(text, str):
                raise TypeError
        except (json.JSONDecodeError, KeyError, TypeError):
            click.echo(f'stdin:{number}: no object with a text; write {{"text": "..."}}', err=True)
            sys.exit(2)
        assessment, reply = engine.answer(text, audience)
        click.echo(json.dumps(as_object(assessment, reply), ensure_ascii=False))
