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

_COMMANDS = {
    "ask": "ask:ask",
    "chat": "talk:chat",
    "check": "check:check",
    "diff": "diff:diff",
    "eval": "evaluate:evaluate",
    "explain": "explain:explain",
    "gaps": "gaps:gaps",
    "import": "import_page:import_page",
    "key": "talk:key",
    "new": "new:new",
    "report": "report:report",
    "run": "talk:run",
    "schema": "check:schema",
    "studio": "studio:studio",
}
"""Module and name of each command. A module is imported when its command is called: ``check`` runs
at every save of an editor and must not wait for the rest of the program."""


class _Commands(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, name = _COMMANDS.get(cmd_name, "").partition(":")
        if not module:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
