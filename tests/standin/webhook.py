"""Webhook delivery as the Bot API describes it: in order, with the secret, again until 2xx."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
HEADER = "X-Telegram-Bot-Api-Secret-Token"
RETRY = 0.05
"""Seconds before a failed delivery is tried again; the real server waits longer."""


class WebhookDelivery:
    """Posts the updates of a queue to an address until it is stopped."""

    def __init__(
        self, updates: deque[dict[str, Any]], arrived: asyncio.Event, url: str, secret: str
    ) -> None:
        self._updates, self._arrived = updates, arrived
        self._url, self._secret = url, secret
        self.tries = 0
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        headers = {HEADER: self._secret} if self._secret else {}
        async with ClientSession(timeout=ClientTimeout(total=5)) as session:
            while True:
                if not self._updates:
                    self._arrived.clear()
                    await self._arrived.wait()
                    continue
                self.tries += 1
                try:
                    async with session.post(
                        self._url, json=self._updates[0], headers=headers
                    ) as response:
                        accepted = 200 <= response.status < 300
                except (ClientError, TimeoutError):
                    accepted = False
                if accepted:
                    self._updates.popleft()  # only a 2xx confirms an update
                else:
                    await asyncio.sleep(RETRY)

    async def stop(self) -> None:
        """End the delivery; what is not confirmed stays in the queue."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
