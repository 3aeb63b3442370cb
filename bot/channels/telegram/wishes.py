"""What a turn asks for beside its replies: a reminder, a counter raised, gaps noted.

The conversation names them on its ``Turn``: ``reminder`` (an object with ``due``, None to cancel,
and an ``id``), ``feedback`` (the name of a counter) and ``gaps`` (what was asked and is not known).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.channels.metrics import Metrics
from bot.conversation.conversation import Conversation, Turn
from bot.conversation.gaps import Gap
from bot.conversation.session import Session
from bot.store.store import Reminder, Store


@dataclass(frozen=True, slots=True)
class Wish:
    """One of: a reminder at ``due`` (None: cancel it), a counter, or gaps."""

    reminder_id: str = ""
    due: dt.datetime | None = None
    counter: str = ""
    gaps: frozenset[Gap] = frozenset()


@runtime_checkable
class Reminds(Protocol):
    """A conversation that can say something unasked."""

    def remind(self, reminder_id: str, session: Session, now: dt.datetime) -> Turn:
        """What is said when a reminder is due."""


def of(turn: Turn) -> list[Wish]:
    """The wishes of a turn."""
    found = []
    reminder, feedback = getattr(turn, "reminder", None), getattr(turn, "feedback", None)
    if reminder is not None:
        found.append(Wish(str(reminder.id), reminder.due))
    if feedback:
        found.append(Wish(counter=str(feedback)))
    gaps: frozenset[Gap] = getattr(turn, "gaps", frozenset())
    if gaps:
        found.append(Wish(gaps=gaps))
    return found


async def fulfil(wish: Wish, chat: int, store: Store, metrics: Metrics) -> None:
    """Do what is wished."""
    if wish.counter:
        store.count(wish.counter)
        metrics.feedback.labels(wish.counter).inc()
    elif wish.gaps:
        store.note(chat, wish.gaps)
    elif wish.due is None:
        await store.cancel(chat)
    else:
        await store.remind(chat, wish.due, wish.reminder_id)


def reminded(
    conversation: Conversation, reminder: Reminder, session: Session, now: dt.datetime
) -> Turn | None:
    """What is said when a reminder is due; None if nothing is."""
    if isinstance(conversation, Reminds):
        return conversation.remind(reminder.reminder_id, session, now)
    return None
