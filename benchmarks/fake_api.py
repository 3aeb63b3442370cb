"""A Bot API server that costs next to nothing, so that a bot's own cost shows.

It knows getMe, getUpdates with confirmation by offset, and sendMessage; everything else succeeds.
``POST /load?count=&chats=&text=`` fills the queue, ``GET /state`` tells how far it is.
``python -m benchmarks.fake_api PORT`` runs it by itself.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from urllib.parse import parse_qsl, urlsplit

ME = {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"}
TOKEN = "1:benchmark-token"


class Server:
    """The queue, and when answers came."""

    def __init__(self) -> None:
        self.updates: deque[dict[str, object]] = deque()
        self.number = 1000
        self.answered = 0
        self.first = self.last = 0.0
        self.delays: list[float] = []
        self.pushed: dict[int, float] = {}
        self.arrived = asyncio.Event()

    def load(self, count: int, chats: int, text: str) -> None:
        """Somebody writes, ``count`` times."""
        for _ in range(count):
            self.number += 1
            chat = 1 + self.number % chats
            person = {"id": chat, "is_bot": False, "first_name": "P"}
            message = {
                "message_id": self.number, "date": 1, "text": text, "from": person,
                "chat": {"id": chat, "type": "private", "first_name": "P"},
            }  # fmt: skip
            self.updates.append({"update_id": self.number, "message": message})
            self.pushed.setdefault(chat, time.perf_counter())
        self.arrived.set()

    def clear(self) -> None:
        """Begin to count anew."""
        self.answered, self.first, self.last = 0, 0.0, 0.0
        self.delays, self.pushed = [], {}

    async def call(self, method: str, data: dict[str, object]) -> object:
        """A method of the Bot API."""
        if method == "getMe":
            return ME
        if method == "getUpdates":
            offset = int(str(data.get("offset") or 0))
            while self.updates and self.updates[0]["update_id"] < offset:  # type: ignore[operator]
                self.updates.popleft()
            if not self.updates:
                self.arrived.clear()
                try:
                    wait = float(str(data.get("timeout") or 0))
                    async with asyncio.timeout(wait):
                        await self.arrived.wait()
                except TimeoutError:
                    return []
            return [self.updates[i] for i in range(min(100, len(self.updates)))]
        if method == "sendMessage":
            now = time.perf_counter()
            self.answered += 1
            self.first = self.first or now
            self.last = now
            chat = int(str(data["chat_id"]))
            if chat in self.pushed:
                self.delays.append(now - self.pushed.pop(chat))
            return {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}}
        return True

    def state(self) -> dict[str, object]:
        """How far it is."""
        return {
            "answered": self.answered, "waiting": len(self.updates), "now": time.perf_counter(),
            "first": self.first, "last": self.last, "delays": self.delays,
        }  # fmt: skip


class Connection(asyncio.Protocol):
    """HTTP/1.1, as much of it as clients of one kind use."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._data = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See the base class."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See the base class."""
        self._data += data
        while True:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            lines = head.decode("latin-1").split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (x.partition(":") for x in lines[1:])}
            size = int(headers.get("content-length", 0))
            if len(rest) < size:
                return
            self._data = rest[size:]
            task = asyncio.ensure_future(
                self._answer(lines[0].split()[1], headers.get("content-type", ""), rest[:size])
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, address: str, kind: str, body: bytes) -> None:
        where = urlsplit(address)
        method = where.path.rpartition("/")[2]
        query = dict(parse_qsl(where.query))
        if method == "load":
            self._server.load(int(query["count"]), int(query["chats"]), query["text"])
            result: object = True
        elif method == "clear":
            self._server.clear()
            result = True
        elif method == "state":
            result = self._server.state()
        else:
            data = json.loads(body) if "json" in kind else dict(parse_qsl(body.decode()))
            result = await self._server.call(method, data)
        text = json.dumps({"ok": True, "result": result}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}"
        assert isinstance(self._transport, asyncio.Transport)
        if not self._transport.is_closing():
            self._transport.write(head.encode() + b"\r\n\r\n" + text)


async def main(port: int) -> None:
    """Serve until killed."""
    server = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", port)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
