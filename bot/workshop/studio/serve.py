"""Runs the studio until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.channels.signals import on_stop
from bot.channels.web.serve import Served
from bot.workshop.studio.app import Studio

HOST = "127.0.0.1"
"""This machine only: whoever reaches the studio can change the knowledge."""


async def serve(
    folder: Path, cache: Path | None, port: int, listening: Callable[[str], None]
) -> None:
    """Serve until SIGTERM or SIGINT; ``listening`` is told the address.

    Raises:
        OSError: the port is taken.
    """
    studio = Studio(folder, cache)
    served = Served(studio.app(), HOST, port)
    stopped = asyncio.Event()
    async with studio.running():
        await served.start()
        on_stop(stopped.set)
        listening(f"http://{HOST}:{served.port}/")
        await stopped.wait()
        await served.stop()
