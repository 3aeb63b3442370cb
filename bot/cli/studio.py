"""The studio: a page to edit the knowledge and to see at once what an edit changes."""

from __future__ import annotations

import asyncio
import sys

import click

from bot.config import Config


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8010, show_default=True,
    help="Listen at this port of 127.0.0.1; 0 takes a free one.",
)  # fmt: skip
@click.pass_obj
def studio(config: Config, port: int) -> None:
    """Edit the knowledge in the browser and see what an edit changes before it is saved."""
    from bot.workshop.studio.serve import serve  # noqa: PLC0415 - the web server, only here

    def listening(address: str) -> None:
        click.echo(f"The studio is at {address} (Ctrl+C ends it)")

    try:
        asyncio.run(serve(config.knowledge, config.cache, port, listening))
    except OSError as fault:
        click.echo(
            f"Port {port} cannot be used ({fault.strerror}); take another: --port 0", err=True
        )
        sys.exit(1)
