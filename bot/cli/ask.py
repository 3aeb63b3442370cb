"""One answer, for people, with its evidence, or for machines."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.channels import terminal
from bot.cli.shared import STYLES, engine_of
from bot.config import Config
from bot.conversation.engine import Engine
from bot.quality import evaluation
from bot.reply.compose import Audience
from bot.reply.render import plain
from bot.reply.reply import Reply
from bot.triage.assessment import Assessment
from bot.understanding.reading import TRAITS


@click.command()
@click.argument("text", required=False)
@click.option("--explain", is_flag=True, help="Add the evidence: words, rules, files and lines.")
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
        _explain(assessment, console)


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


def _explain(assessment: Assessment, console: Console) -> None:
    reading = assessment.reading
    table = Table("read as", "how", "words", "phrase", "file", title="Evidence", expand=False)
    for mention in reading.treatments:
        when = f", day {mention.days:g}" if mention.days is not None else ""
        how = "had" if mention.had else "asked about"
        table.add_row(
            mention.treatment,
            how + when,
            mention.evidence.words,
            mention.evidence.phrase,
            str(mention.evidence.origin),
        )
    for finding in reading.findings:
        traits = [t for t in TRAITS if getattr(finding, t)]
        if finding.side:
            traits.append(f"side: {finding.side}")
        if finding.since is not None:
            traits.append(f"since {finding.since:g} days")
        how = str(finding.status) + (f" ({finding.cue})" if finding.cue else "")
        table.add_row(
            finding.symptom,
            ", ".join([how, *traits]),
            finding.evidence.words,
            finding.evidence.phrase,
            str(finding.evidence.origin),
        )
    for sign in reading.signs:
        how = str(sign.status) + (f" ({sign.cue})" if sign.cue else "")
        table.add_row(
            f"sign: {sign.red_flag}",
            how,
            sign.evidence.words,
            sign.evidence.phrase,
            str(sign.evidence.origin),
        )
    console.print(table)
    if reading.repairs:
        console.print("Repaired: " + ", ".join(f"{r.typed} → {r.read_as}" for r in reading.repairs))
    console.print(f"Days since treatment: {assessment.days}")
    rules = Table("level", "step", "rule", "words", "file", title="Reasons")
    for reason in assessment.reasons:
        rules.add_row(
            Text(reason.level.value, style=STYLES[reason.level]),
            reason.step,
            reason.text,
            "; ".join(e.words for e in reason.evidence),
            str(reason.origin),
        )
    console.print(rules)
