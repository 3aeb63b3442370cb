"""From Telegram's updates to what the conversation understands."""

from __future__ import annotations

from dataclasses import dataclass

import telegram

from bot.conversation.conversation import Incoming

ALLOWED = ("message", "edited_message", "callback_query")
"""Kinds of updates that are asked for."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one update asks of the bot."""

    update_id: int
    chat: int
    incoming: tuple[Incoming, ...]
    callback: str | None = None
    """Id of a tapped button that waits for its receipt."""


def work_of(update: telegram.Update, me: telegram.User) -> Work | None:
    """The work of an update; None if it is not for the bot."""
    query = update.callback_query
    if query is not None:
        if query.message is None:
            return None
        tap = Incoming("button", query.data or "")
        return Work(update.update_id, query.message.chat.id, (tap,), query.id)
    message = update.message or update.edited_message
    if message is None:
        return None
    private = message.chat.type == telegram.constants.ChatType.PRIVATE
    text = message.text or message.caption or ""
    if not private and not _addressed(message, text, me):
        return None
    if me.username:
        text = text.replace(f"@{me.username}", "").strip()
    incoming = tuple(_parts(message, text))
    return Work(update.update_id, message.chat.id, incoming) if incoming else None


def _addressed(message: telegram.Message, text: str, me: telegram.User) -> bool:
    """In a group: a command, a mention or an answer to the bot."""
    reply = message.reply_to_message
    if reply is not None and reply.from_user is not None and reply.from_user.id == me.id:
        return True
    if me.username and f"@{me.username}".lower() in text.lower():
        return True
    return text.startswith("/") and "@" not in text.split(maxsplit=1)[0]


def _parts(message: telegram.Message, text: str) -> list[Incoming]:
    """Words first: danger in a caption is not kept waiting by the photo above it."""
    parts: list[Incoming] = []
    if text.startswith("/") and len(text) > 1:
        return [Incoming("command", text[1:])]
    if text:
        parts.append(Incoming("text", text))
    if message.photo:
        parts.append(Incoming("photo"))
    elif message.voice or message.audio or message.video_note:
        parts.append(Incoming("voice"))
    elif message.sticker or message.dice:
        parts.append(Incoming("sticker"))
    elif not text and any(
        (
            message.video,
            message.document,
            message.animation,
            message.location,
            message.contact,
            message.poll,
            message.venue,
            message.story,
        )
    ):
        parts.append(Incoming("media"))
    return parts
