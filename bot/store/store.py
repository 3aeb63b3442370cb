"""What every store can do, and the values that go in and out.

Nothing in a store is needed to answer a message. A store that is slow, full or gone costs the
memory of a chat for as long as that lasts, never an answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from bot.conversation.gaps import Gap
from bot.conversation.session import Session
from bot.reply.reply import Reply


class Turnstile(Enum):
    """Whether an update may be worked on."""

    FREE = auto()
    """Nobody works on it, nobody has."""
    DONE = auto()
    """Its reply was accepted before."""
    BUSY = auto()
    """Another process works for this chat; ask again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The start of work on an update."""

    turnstile: Turnstile
    session: Session = field(default_factory=Session)
    asked: bool = True
    """Whether the store could be asked. Else the update may be done, or another process's."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that could not be sent yet. The answer, never the message."""

    number: int
    """The update that it answers."""
    chat: int
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message that a person has asked for."""

    chat: int
    reminder_id: str
    due: dt.datetime


class Store(Protocol):
    """Where the memory of chats is kept."""

    async def open(self, chat: int, number: int, now: dt.datetime) -> Opened:
        """Begin work on an update: may it be done, and what is known of the chat?"""

    async def close(self, chat: int, number: int, *, done: bool) -> None:
        """End work on an update; ``done`` if it must not be answered again."""

    async def put(self, chat: int, session: Session) -> None:
        """Remember a session."""

    async def forget(self, chat: int) -> bool:
        """Delete everything about a chat; False as long as that is not certain."""

    async def sweep(self, now: dt.datetime) -> int:
        """Delete what has expired; returns how many sessions that were."""

    async def hold(self, held: Held) -> bool:
        """Keep an answer until it can be sent; False if this store cannot."""

    async def release(self, number: int) -> None:
        """A held answer has arrived, or never will."""

    async def held(self, now: dt.datetime) -> list[Held]:
        """The answers that an earlier process could not send, the oldest first."""

    async def is_held(self, number: int) -> bool:
        """Whether an answer still waits to be sent; True if that cannot be told."""

    async def remind(self, chat: int, due: dt.datetime, reminder_id: str) -> None:
        """Set the one reminder of a chat, in place of an earlier one."""

    async def cancel(self, chat: int) -> None:
        """Delete the reminder of a chat."""

    async def due(self, now: dt.datetime) -> list[Reminder]:
        """Claim due reminders: each goes to one process, and to another if that one dies."""

    async def reminded(self, reminder: Reminder) -> None:
        """A claimed reminder has arrived, or never will."""

    def count(self, name: str) -> None:
        """Add one to a counter, for instance of feedback. Names say nothing of a person."""

    async def counts(self) -> dict[str, int]:
        """All counters."""

    def note(self, chat: int, gaps: Collection[Gap]) -> None:
        """Count gaps for a chat, each once. What fewer than five chats asked stays unreadable."""

    @property
    def healthy(self) -> bool:
        """Whether it works at the moment."""
