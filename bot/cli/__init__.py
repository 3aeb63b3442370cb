"""The command line: ``aftercare`` or ``python -m bot``. One module for each group of commands.

Exit codes: 0 done, 1 the knowledge has faults or a threshold is missed, 2 wrong usage or input.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from bot import __version__
from bot.cli import ask, check, diff, evaluate, explain, gaps, report, studio, talk
from bot.config import ConfigError, from_environment


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
    try:
        config = from_environment()
    except ConfigError as wrong:
        raise click.UsageError(str(wrong)) from None
    if knowledge is not None:
        config = replace(config, knowledge=knowledge)
    context.obj = config


for command in (
    talk.chat,
    talk.run,
    talk.key,
    ask.ask,
    explain.explain,
    studio.studio,
    check.check,
    check.schema,
    evaluate.evaluate,
    diff.diff,
    report.report,
    gaps.gaps,
):
    main.add_command(command)
