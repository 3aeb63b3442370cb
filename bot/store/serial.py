"""Sessions and replies as bytes.

Fields are written by their names, so another version may add or drop some: a field that is not
known is passed over, one that is missing or no longer valid gets its default.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.conversation.session import Session
from bot.reply.reply import Reply

VERSION = 1
"""Of this form. Raised when a field keeps its name and changes its meaning."""
_SESSION = TypeAdapter(Session)
_REPLIES = TypeAdapter(tuple[Reply, ...])
_FIELDS = {field.name for field in dataclasses.fields(Session)}
_EMPTY = _SESSION.dump_python(Session(), mode="json")

T = TypeVar("T")


def dump_session(chat: int, session: Session) -> bytes:
    """A session with the chat that it belongs to; fields that hold their default are left out."""
    values = _SESSION.dump_python(session, mode="json")
    told = {name: value for name, value in values.items() if value != _EMPTY[name]}
    return _dump({"v": VERSION, "chat": chat, "session": told})


def load_session(data: bytes) -> tuple[int, Session] | None:
    """The chat and its session; None if these are no such bytes."""
    whole = _load(data)
    if whole is None or not isinstance(whole.get("session"), dict):
        return None
    values = {name: value for name, value in whole["session"].items() if name in _FIELDS}
    while True:
        try:
            return int(whole["chat"]), _SESSION.validate_python(values, strict=False)
        except ValidationError as bad:
            faulty = {error["loc"][0] for error in bad.errors() if error["loc"]} & values.keys()
            if not faulty:
                return None
            for name in faulty:
                del values[str(name)]


def dump_replies(chat: int, replies: tuple[Reply, ...]) -> bytes:
    """Replies with the chat that they are for."""
    return _dump(
        {"v": VERSION, "chat": chat, "replies": _REPLIES.dump_python(replies, mode="json")}
    )


def load_replies(data: bytes) -> tuple[int, tuple[Reply, ...]] | None:
    """The chat and its replies; None if these are no such bytes."""
    whole = _load(data)
    try:
        return (int(whole["chat"]), _REPLIES.validate_python(whole["replies"])) if whole else None
    except (KeyError, ValidationError):
        return None


def dump_reminder(chat: int, reminder_id: str) -> bytes:
    """A reminder with the chat that it is for."""
    return _dump({"v": VERSION, "chat": chat, "reminder": reminder_id})


def load_reminder(data: bytes) -> tuple[int, str] | None:
    """The chat and the id of its reminder; None if these are no such bytes."""
    whole = _load(data)
    if whole is None or "chat" not in whole or "reminder" not in whole:
        return None
    return int(whole["chat"]), str(whole["reminder"])


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _load(data: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
