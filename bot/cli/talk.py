"""Talking to people: the terminal and the Telegram worker."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from bot.channels import terminal
from bot.cli.shared import engine_of
from bot.config import Config


@click.command()
@click.pass_obj
def chat(config: Config) -> None:
    """Talk to the bot in the terminal. No token needed."""
    terminal.chat(engine_of(config), Console())


@click.command()
@click.pass_obj
def run(config: Config) -> None:
    """Run the Telegram worker (long polling). Needs TELEGRAM_TOKEN."""
    if config.token is None:
        raise click.UsageError(
            "TELEGRAM_TOKEN is not set. Ask @BotFather for a token, then: "
            "TELEGRAM_TOKEN=... aftercare run. Without one, 'aftercare chat' works."
        )
    from bot.channels.telegram.worker import run_worker  # noqa: PLC0415 - 0.3 s of imports

    sys.exit(run_worker(config, engine_of(config)))
