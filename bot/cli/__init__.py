"""The command line: ``aftercare`` or ``python -m bot``. One module for each group of commands.

Exit codes: 0 done, 1 the knowledge has faults or a threshold is missed, 2 wrong usage or input.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click

from bot import __version__
from bot.config import ConfigError, from_environment

COMMANDS = {
    "chat": "talk.chat",
    "run": "talk.run",
    "key": "talk.key",
    "ask": "ask.ask",
    "check": "check.check",
    "schema": "check.schema",
    "eval": "evaluate.evaluate",
    "diff": "diff.diff",
    "report": "report.report",
}
"""Where each command stands. Its module is imported when it is used: what is in memory for a
table in the terminal is no part of a bot that runs for months."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - all alike
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(".")
        command = getattr(import_module(f"bot.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
