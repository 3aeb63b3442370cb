"""Webhook delivery as the Bot API describes it: in order, with the secret, again until 2xx."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
HEADER = "X-Telegram-Bot-Api-Secret-Token"
RETRY = 0.05
"""Seconds before a failed delivery is tried again; the real server waits longer."""


class WebhookDelivery:
    """Posts the updates of a queue to an address until it is stopped.

    Up to ``connections`` at the same time, but those of one chat one after the other.
    """

    def __init__(
        self,
        updates: deque[dict[str, Any]],
        arrived: asyncio.Event,
        url: str,
        secret: str,
        connections: int = 1,
    ) -> None:
        self._updates, self._arrived = updates, arrived
        self._url, self._secret = url, secret
        self._connections = connections
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._busy: set[int] = set()
        self.tries = 0
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async with ClientSession(
            timeout=ClientTimeout(total=60), connector=TCPConnector(limit=0)
        ) as session:
            try:
                while True:
                    self._arrived.clear()
                    self._begin(session)
                    await self._arrived.wait()
            finally:
                for task in self._under_way.values():
                    task.cancel()
                await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _begin(self, session: ClientSession) -> None:
        """Begin with the first waiting update of each chat."""
        seen: set[int] = set()
        for update in self._updates:
            if len(self._under_way) >= self._connections:
                return
            chat = _chat(update) if self._connections > 1 else 0
            if chat in seen or chat in self._busy:
                seen.add(chat)
                continue
            seen.add(chat)
            self._busy.add(chat)
            task = asyncio.create_task(self._deliver(session, update, chat))
            self._under_way[update["update_id"]] = task

    async def _deliver(self, session: ClientSession, update: dict[str, Any], chat: int) -> None:
        headers = {HEADER: self._secret} if self._secret else {}
        while True:
            self.tries += 1
            try:
                async with session.post(self._url, json=update, headers=headers) as response:
                    accepted = 200 <= response.status < 300
            except (ClientError, TimeoutError):
                accepted = False
            if accepted:
                break
            await asyncio.sleep(RETRY)
        self._updates.remove(update)  # only a 2xx confirms an update
        self._busy.discard(chat)
        del self._under_way[update["update_id"]]
        self._arrived.set()

    def goes_to(self, url: str, secret: str) -> bool:
        """Whether this is where to, and with this secret."""
        return (url, secret) == (self._url, self._secret)

    async def stop(self) -> None:
        """End the delivery; what is not confirmed stays in the queue."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def _chat(update: dict[str, Any]) -> int:
    message = update.get("message") or update.get("edited_message")
    message = message or update.get("callback_query", {}).get("message") or {}
    try:
        return int(message["chat"]["id"])
    except (LookupError, TypeError, ValueError):  # an odd one, for tests
        return 0
