"""Talking to people: the terminal and Telegram; and the key for what is stored."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from bot.cli.shared import engine_of
from bot.config import Config


@click.command()
@click.pass_obj
def chat(config: Config) -> None:
    """Talk to the bot in the terminal. No token needed."""
    from rich.console import Console  # noqa: PLC0415 - a bot on Telegram has no terminal

    from bot.channels import terminal  # noqa: PLC0415

    terminal.chat(engine_of(config), Console())


@click.command()
@click.option(
    "--webhook", metavar="URL", help="Have Telegram deliver to this address, in place of polling."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Listen at this port, not at PORT.")
@click.pass_obj
def run(config: Config, webhook: str | None, port: int | None) -> None:
    """Run the Telegram bot. Needs TELEGRAM_TOKEN."""
    if config.token is None:
        raise click.UsageError(
            "TELEGRAM_TOKEN is not set. Ask @BotFather for a token, then: "
            "TELEGRAM_TOKEN=... aftercare run. Without one, 'aftercare chat' works."
        )
    if webhook is not None and not webhook.strip():
        raise click.UsageError("--webhook needs an address; is WEBHOOK_URL set?")
    if webhook is not None:
        config = replace(config, webhook_url=webhook)
    if port is not None:
        config = replace(config, port=port)
    from bot.channels.telegram.run import run_bot  # noqa: PLC0415 - 0.3 s of imports

    sys.exit(run_bot(config, engine_of(config, for_long=True)))


@click.command()
def key() -> None:
    """Make a key for AFTERCARE_KEY. Keep it apart from the database."""
    from bot.store.sealing import new_key  # noqa: PLC0415 - only here

    click.echo(new_key())
