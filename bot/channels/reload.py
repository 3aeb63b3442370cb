"""Knowledge edited while the bot runs: taken over when it checks, refused with every fault."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

from bot.channels.logs import LOG
from bot.channels.metrics import Metrics
from bot.content.faults import KnowledgeError
from bot.conversation.compiled import engine_made_apart, settle
from bot.conversation.engine import Engine

LOOK = 3.0
"""Seconds between two looks at the folder. Files must be the same in two looks: a file that is
being written, or an edit of several files, is not read half-way."""
TOLD = 20
"""Faults that are written to the log."""

Signature = tuple[tuple[str, int, int], ...]


def signature(folder: Path) -> Signature:
    """Name, size and time of change of every file."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        try:
            state = path.stat()
        except OSError:  # taken away since it was listed
            continue
        found.append((str(path), state.st_size, state.st_mtime_ns))
    return tuple(found)


class Watcher:
    """Watches a folder, and hands over each new version that checks."""

    def __init__(
        self,
        folder: Path,
        use: Callable[[Engine], None],
        metrics: Metrics,
        *,
        cache: Path | None = None,
        look: float = LOOK,
    ) -> None:
        self._folder, self._use, self._metrics, self._look = folder, use, metrics, look
        self._cache = cache

    async def run(self) -> None:
        """Until it is cancelled."""
        taken = last = await asyncio.to_thread(signature, self._folder)
        while True:
            await asyncio.sleep(self._look)
            now = await asyncio.to_thread(signature, self._folder)
            if now != taken and now == last:
                taken = now
                await self._reload()
            last = now

    async def _reload(self) -> None:
        try:
            engine = await engine_made_apart(self._folder, self._cache)
        except KnowledgeError as refused:
            self._metrics.reloads.labels("refused").inc()
            LOG.error(
                "%d faults in the edited knowledge; the last good version stays",
                len(refused.faults),
            )
            for fault in refused.faults[:TOLD]:
                LOG.error("%s", fault)
        except Exception as failed:  # noqa: BLE001 - whatever it is, the last version stays
            self._metrics.reloads.labels("failed").inc()
            LOG.error("the knowledge cannot be read again: %s", type(failed).__name__)
        else:
            gc.unfreeze()  # the version before goes
            self._use(engine)
            settle()
            self._metrics.reloads.labels("taken").inc()
            LOG.info("knowledge %s from now on", engine.knowledge.edition)
