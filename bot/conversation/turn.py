"""What comes into the conversation, and what comes out of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.conversation.gaps import Gap
from bot.conversation.session import Session
from bot.reply.reply import Reply

IncomingKind = Literal[
    "text",
    "command",
    "button",
    "photo",
    "voice",
    "video",
    "sticker",
    "location",
    "contact",
    "document",
    "poll",
    "media",
]


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that a person sent."""

    kind: IncomingKind
    text: str = ""
    """The words; a command without its slash, with its argument; a button's data."""
    edited: bool = False
    """An earlier message, changed."""
    forwarded: bool = False
    """Somebody else's words, sent on."""
    language: str = ""
    """Code of the language in which the person has set their app, for a command."""
    public: bool = False
    """Others can read the answer (a group)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A wish to be asked again. A chat has one at most: a new one takes the place of the old."""

    id: str
    due: dt.datetime | None
    """When to call ``Conversation.remind``; None cancels."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what is remembered after it."""

    session: Session
    replies: tuple[Reply, ...]
    reminder: Reminder | None = None
    """To be kept, or cancelled."""
    feedback: str | None = None
    """A name to be counted, with nothing about the person."""
    gaps: frozenset[Gap] = frozenset()
    """What was asked for and is not known; always empty without the operator's consent."""
