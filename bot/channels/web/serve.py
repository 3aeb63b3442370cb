"""Runs an application beside the bot, in the same loop."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette

SHUTDOWN = 1
"""Seconds that connections have to end; the drain has been before."""


class Served:
    """A server that is listening."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._socket = socket.create_server((host, port), backlog=512, reuse_port=False)
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN,
                timeout_keep_alive=60,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer from now on."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End, after the answers under way."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=SHUTDOWN + 1)
        self._socket.close()
