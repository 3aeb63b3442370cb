"""Calls that come at the same time, made one: a database answers fifty questions like one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Gather(Generic[Q, A]):
    """Asks ``work`` for all waiting questions at once; while it works, the next ones gather."""

    def __init__(
        self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], limit: int = 100
    ) -> None:
        self._work = work
        self._limit = limit
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, question: Q) -> A:
        """The answer to one question; raises what the work raised."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            try:
                answers = await self._work([question for question, _ in now])
            except BaseException as failed:  # whoever asked is told, whatever it is
                for _, future in now:
                    if not future.done():
                        future.set_exception(failed)
                if not isinstance(failed, Exception):
                    raise
            else:
                for (_, future), answer in zip(now, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
