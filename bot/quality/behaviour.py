"""What a version of the knowledge makes of many messages; two versions side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bot.content.faults import Fault, KnowledgeError
from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.conversation.compiled import engine_from
from bot.conversation.engine import Engine
from bot.quality.evaluation import denied
from bot.reply.render import plain

FEW = 500
"""So many messages are answered sooner here than by processes that have to start."""
CHUNK = 100
Progress = Callable[[int], None]
"""Told how many messages more have been answered."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one version makes of one message."""

    level: Level
    red_flags: tuple[str, ...]
    entries: tuple[str, ...]
    """Topics and red flags shown."""
    topics: tuple[str, ...]
    """Topics that come up, shown or not."""
    symptoms: tuple[str, ...]
    denied: tuple[str, ...]
    treatments: tuple[str, ...]
    days: float | None
    reply: str
    """The whole text as sent."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a version holds: the file of each entry, by kind and id."""

    version: str
    """``Knowledge.version``."""
    files: dict[str, str]
    """Path by ``kind:id``, retired entries left out."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A version's inventory, and its behaviour in the order of the messages."""

    inventory: Inventory
    behaviours: tuple[Behaviour, ...]


class FaultyError(Exception):
    """A version that does not check."""

    def __init__(self, folder: Path, faults: Sequence[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults in {folder.name}")


class _Side:
    """One version, compiled."""

    def __init__(self, folder: Path, cache: Path | None) -> None:
        self.engine: Engine = engine_from(folder, cache)

    def inventory(self) -> Inventory:
        return inventory(self.engine.knowledge)

    def answer(self, texts: Sequence[str], today: dt.date) -> list[Behaviour]:
        return [behaviour(self.engine, text, today) for text in texts]


def inventory(knowledge: Knowledge) -> Inventory:
    """What a knowledge holds."""
    kinds = {
        "treatments": knowledge.treatments,
        "symptoms": knowledge.symptoms,
        "red_flags": knowledge.red_flags,
        "views": knowledge.topics,
    }
    files = {
        name: path
        for name, path in knowledge.files.items()
        if name.partition(":")[2] in kinds.get(name.partition(":")[0], {})
    }
    return Inventory(knowledge.version, files)


def behaviour(engine: Engine, text: str, today: dt.date) -> Behaviour:
    """What an engine makes of one message with nothing known before it."""
    assessment, reply = engine.answer(text, today=today)
    return Behaviour(
        assessment.level,
        tuple(met.flag.id for met in assessment.red_flags),
        reply.entries,
        assessment.topic_ids,
        tuple(assessment.symptoms),
        denied(assessment),
        tuple(assessment.reading.had),
        assessment.reading.days,
        plain(reply),
    )


def both(
    before: Path,
    after: Path,
    texts: Sequence[str],
    cache: Path | None,
    today: dt.date,
    progress: Progress = lambda _: None,
) -> tuple[Answers, Answers]:
    """What two folders make of the same messages; each works in a process of its own.

    Raises:
        FaultyError: one of the folders does not check.
    """
    if len(texts) < FEW:
        return _here(before, texts, cache, today, progress), _here(
            after, texts, cache, today, progress
        )
    with ExitStack() as stack:
        pools = [
            stack.enter_context(
                # Not forked: a copy of this process would be copied page by page as it counts.
                ProcessPoolExecutor(1, mp_context=get_context("spawn"))
            )
            for _ in range(2)
        ]
        opened = [
            pool.submit(_open, str(folder), str(cache) if cache else None)
            for pool, folder in zip(pools, (before, after), strict=True)
        ]
        inventories = []
        for folder, found in zip((before, after), opened, strict=True):
            result = found.result()
            if not isinstance(result, Inventory):
                raise FaultyError(folder, result)
            inventories.append(result)
        work = [[pool.submit(_answer, chunk, today) for chunk in _chunks(texts)] for pool in pools]
        for side in work:
            for future in side:
                future.add_done_callback(lambda done: _count(done, progress))
        answered = [[one for future in side for one in future.result()] for side in work]
    old, new = (
        Answers(found, tuple(ones)) for found, ones in zip(inventories, answered, strict=True)
    )
    return old, new


def _here(
    folder: Path, texts: Sequence[str], cache: Path | None, today: dt.date, progress: Progress
) -> Answers:
    try:
        side = _Side(folder, cache)
    except KnowledgeError as error:
        raise FaultyError(folder, error.faults) from None
    behaviours = side.answer(texts, today)
    progress(len(texts))
    return Answers(side.inventory(), tuple(behaviours))


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK))


def _count(done: Future[list[Behaviour]], progress: Progress) -> None:
    if not done.cancelled() and done.exception() is None:
        progress(len(done.result()))


# -- in the other process -----------------------------------------------------------------

_SIDES: list[_Side] = []
"""The one version that this process has compiled."""


def _open(folder: str, cache: str | None) -> Inventory | tuple[Fault, ...]:
    try:
        _SIDES[:] = [_Side(Path(folder), Path(cache) if cache else None)]
    except KnowledgeError as error:
        return error.faults
    return _SIDES[0].inventory()


def _answer(texts: Sequence[str], today: dt.date) -> list[Behaviour]:
    return _SIDES[0].answer(texts, today)
