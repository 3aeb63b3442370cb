"""The command line: ``aftercare`` or ``python -m bot``.

Exit codes: 0 done, 1 the knowledge has faults or a threshold is missed, 2 wrong usage or input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot import __version__
from bot.channels import terminal
from bot.config import Config, from_environment
from bot.content.faults import KnowledgeError
from bot.content.levels import Level
from bot.content.load import check as check_knowledge
from bot.content.schema import write_schemas
from bot.conversation.engine import Engine
from bot.quality import evaluation, page, show
from bot.reply.compose import Audience
from bot.reply.render import plain
from bot.reply.reply import Reply
from bot.triage.assessment import Assessment
from bot.understanding.reading import TRAITS

_STYLES = {
    Level.EMERGENCY: "bold white on red",
    Level.URGENT: "bold yellow",
    Level.CONTACT_CLINIC: "yellow",
    Level.SELF_CARE: "green",
    Level.INFO: "blue",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aftercare")
@click.option(
    "--knowledge",
    type=click.Path(path_type=Path, file_okay=False),
    help="Another knowledge folder than the one shipped.",
)
@click.pass_context
def main(context: click.Context, knowledge: Path | None) -> None:
    """Triage-style guidance after aesthetic treatments. Not medical advice."""
    config = from_environment()
    if knowledge is not None:
        config = Config(config.token, config.api_url, knowledge)
    context.obj = config


def _engine(config: Config) -> Engine:
    try:
        return Engine.from_folder(config.knowledge)
    except KnowledgeError as error:
        console = Console(stderr=True)
        for fault in error.faults:
            console.print(Text(str(fault), style="red"), soft_wrap=True)
        console.print(f"{len(error.faults)} faults; the knowledge is not used.", style="bold red")
        sys.exit(1)


@main.command()
@click.pass_obj
def chat(config: Config) -> None:
    """Talk to the bot in the terminal. No token needed."""
    terminal.chat(_engine(config), Console())


@main.command()
@click.pass_obj
def run(config: Config) -> None:
    """Run the Telegram worker (long polling). Needs TELEGRAM_TOKEN."""
    if config.token is None:
        raise click.UsageError(
            "TELEGRAM_TOKEN is not set. Ask @BotFather for a token, then: "
            "TELEGRAM_TOKEN=... aftercare run. Without one, 'aftercare chat' works."
        )
    from bot.channels.telegram.worker import run_worker  # noqa: PLC0415 - 0.3 s of imports

    sys.exit(run_worker(config, _engine(config)))


@main.command()
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
    engine = _engine(config)
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
            Text(reason.level.value, style=_STYLES[reason.level]),
            reason.step,
            reason.text,
            "; ".join(e.words for e in reason.evidence),
            str(reason.origin),
        )
    console.print(rules)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
@click.pass_obj
def check(config: Config, as_json: bool) -> None:
    """Check the knowledge: every fault of every file, with line and remedy."""
    knowledge, faults = check_knowledge(config.knowledge)
    errors = sum(fault.severity == "error" for fault in faults)
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
                f"{len(knowledge.topics)} topics, {len(knowledge.sources)} sources"
            )
        else:
            console.print(f"[red]{errors} errors[/red]")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.pass_obj
def schema(config: Config, folder: Path | None) -> None:
    """Write the JSON Schemas that editors use (default: knowledge/schema)."""
    for file in write_schemas(folder or config.knowledge / "schema"):
        click.echo(file)


@main.command("eval")
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
    engine = _engine(config)
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
