"""A small load balancer: each request to the next of several addresses, past those that are down.

Another address is tried when one cannot be connected to, or closes before it has answered: the
latter is more than nginx does with a POST by default, and what `non_idempotent` has it do.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, web


class Proxy:
    """Forwards POST requests to replicas in turn."""

    def __init__(self, replicas: list[str]) -> None:
        self.replicas = replicas
        self.handed: defaultdict[str, set[int]] = defaultdict(set)
        """Updates that each of them was given; what is confirmed since is not taken out, nor what
        it sent back. One that could not be connected to was given nothing."""
        self._turn = itertools.count()
        self._runner: web.AppRunner | None = None
        self._session: ClientSession | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1; returns the address."""
        self._session = ClientSession(timeout=ClientTimeout(total=60))
        app = web.Application(client_max_size=2**21)
        app.router.add_post("/{path:.*}", self._forward)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        server = site._server
        assert server is not None
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
        return self.url

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _forward(self, request: web.Request) -> web.Response:
        assert self._session is not None
        body = await request.read()
        update = json.loads(body)["update_id"]
        first = next(self._turn)
        for number in range(len(self.replicas)):
            address = self.replicas[(first + number) % len(self.replicas)]
            self.handed[address].add(update)
            try:
                async with self._session.post(
                    f"{address}{request.path}", data=body, headers=_kept(request)
                ) as answer:
                    return web.Response(status=answer.status, body=await answer.read())
            except ClientConnectorError:
                self.handed[address].discard(update)
            except (ClientError, TimeoutError):
                continue
        return web.Response(status=502)


def _kept(request: web.Request) -> dict[str, str]:
    dropped = {"host", "content-length", "connection", "transfer-encoding"}
    return {name: value for name, value in request.headers.items() if name.lower() not in dropped}
