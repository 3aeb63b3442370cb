"""Where edits are tried: the saved knowledge, kept up to date, and a process for each edit."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from bot.channels.reload import Signature, signature
from bot.content.faults import Fault, KnowledgeError
from bot.conversation.compiled import engine_made_apart
from bot.conversation.engine import Engine

LOOK = 1.0
"""Seconds between two looks at the folder for changes made elsewhere."""
LINE = 1 << 26
"""Most bytes of one line of the other process."""
PAGES = 3
"""Open pages whose edits are tried side by side; the oldest gives way."""


class GoneError(Exception):
    """A newer edit has taken the place of this one."""


class Saved:
    """The knowledge as it is on the disk; the last good one answers while a new one is made."""

    def __init__(self, folder: Path, cache: Path | None) -> None:
        self.folder = folder
        self._cache = cache
        self.engine: Engine | None = None
        self.faults: tuple[Fault, ...] = ()
        self.state = "compiling"
        self._seen: Signature = ()
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Take over what is on the disk, if it has changed."""
        async with self._lock:
            now = await asyncio.to_thread(signature, self.folder)
            if now == self._seen:
                return
            self.state, self._seen = "compiling", now
            try:
                self.engine = await engine_made_apart(self.folder, self._cache)
            except KnowledgeError as refused:
                self.state, self.faults = "faults", refused.faults
            except (OSError, ValueError):
                self.state = "failed"
            else:
                self.state, self.faults = "ready", ()

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(LOOK)


class _Worker:
    """One process and the folder it works in."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._scratch = tempfile.TemporaryDirectory(prefix="aftercare-studio-")
        self._asking = asyncio.Lock()

    @classmethod
    async def start(cls, folder: Path) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.workshop.studio.draft", str(folder),
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=LINE,
            cwd=Path(__file__).resolve().parents[3],
        )  # fmt: skip
        return cls(process)

    def edit(self, path: str, text: str) -> None:
        self._send({"scratch": self._scratch.name, "path": path, "text": text})

    async def hear(self) -> dict[str, Any]:
        """The next line.

        Raises:
            GoneError: the process has ended.
        """
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise GoneError
        heard: dict[str, Any] = json.loads(line)
        return heard

    async def ask(self, messages: Sequence[str], cases: Sequence[str]) -> dict[str, Any]:
        async with self._asking:
            self._send({"messages": messages, "cases": cases})
            return await self.hear()

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await asyncio.to_thread(self._scratch.cleanup)

    def _send(self, value: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(value).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            raise GoneError from None


class Bench:
    """Tries the edits of the open pages. One process waits, warm, for the next edit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spare: asyncio.Task[_Worker] | None = None
        self._workers: dict[str, _Worker] = {}
        self._ready: set[str] = set()
        self._ending: set[asyncio.Task[None]] = set()

    def warm(self) -> None:
        """Have a process ready for the next edit."""
        if self._spare is None:
            self._spare = asyncio.create_task(_Worker.start(self._folder))

    async def trying(self, page: str, path: str, text: str) -> AsyncIterator[dict[str, Any]]:
        """Try an edit: yields what becomes of it (``checked`` with faults, then ``ready``).

        A newer edit of the same page ends this one, and so does leaving the iteration early.
        """
        self.drop(page)
        while len(self._workers) >= PAGES:
            self.drop(next(iter(self._workers)))
        self.warm()
        assert self._spare is not None
        spare, self._spare = self._spare, None
        worker = await spare
        self.drop(page)  # another edit of the page may have come meanwhile
        self._workers[page] = worker
        try:
            worker.edit(path, text)
            checked = await worker.hear()
            yield checked
            if checked["ok"]:
                ready = await worker.hear()
                self._ready.add(page)
                yield ready
        except GoneError:
            return
        finally:
            if self._workers.get(page) is worker and page not in self._ready:
                self.drop(page)
            self.warm()

    async def ask(self, page: str, messages: Sequence[str], cases: Sequence[str]) -> dict[str, Any]:
        """What the edited knowledge makes of messages, and of cases.

        Raises:
            GoneError: no edit of this page is ready.
        """
        if page not in self._ready:
            raise GoneError
        return await self._workers[page].ask(messages, cases)

    def drop(self, page: str) -> None:
        """Forget the edit of a page."""
        self._ready.discard(page)
        worker = self._workers.pop(page, None)
        if worker is not None:
            task = asyncio.create_task(worker.end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """End every process."""
        for page in list(self._workers):
            self.drop(page)
        if self._spare is not None:
            spare, self._spare = self._spare, None
            await (await spare).end()
        await asyncio.gather(*self._ending)
