"""From Telegram's updates to what the conversation understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import telegram

from bot.conversation.conversation import Incoming, IncomingKind

ALLOWED = ("message", "edited_message", "callback_query")
"""Kinds of updates that are asked for."""
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@(\w+))?(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Work:
    """What one update asks of the bot."""

    update_id: int
    chat: int
    incoming: tuple[Incoming, ...]
    callback: str | None = None
    """Id of a tapped button that waits for its receipt."""
    kind: str = "message"
    """For the metrics: ``message``, ``edited`` or ``tap``."""
    message: int | None = None
    """Id of the message that the tapped button hangs on: a reply may take its place."""


def work_of(update: telegram.Update, me: telegram.User) -> Work | None:
    """The work of an update; None if it is not for the bot."""
    query = update.callback_query
    if query is not None:
        if query.message is None:
            return None
        chat = query.message.chat
        tap = Incoming("button", query.data or "", public=chat.type != _PRIVATE)
        hangs_on = query.message.message_id
        return Work(update.update_id, chat.id, (tap,), query.id, "tap", hangs_on)
    message = update.message or update.edited_message
    if message is None or (message.from_user is not None and message.from_user.is_bot):
        return None
    text = (message.text or message.caption or "").strip()
    private = message.chat.type == _PRIVATE
    if not private and not _addressed(message, text, me):
        return None
    edited = update.edited_message is not None
    parts = _parts(message, _without_name(text, me), edited=edited)
    if not parts and text:  # nothing but our name
        parts = [Incoming("command", "start")]
    language = (message.from_user.language_code or "")[:2] if message.from_user else ""
    incoming = tuple(
        replace(
            part,
            edited=edited,
            forwarded=_sent_on(message),
            public=not private,
            language=language,
        )
        for part in parts
    )
    kind = "edited" if edited else "message"
    return Work(update.update_id, message.chat.id, incoming, kind=kind) if incoming else None


def _sent_on(message: telegram.Message) -> bool:
    """Words of somebody else: what a person sends on of their own is theirs."""
    origin, person = message.forward_origin, message.from_user
    if origin is None:
        return False
    sender = getattr(origin, "sender_user", None)
    return sender is None or person is None or sender.id != person.id


def _addressed(message: telegram.Message, text: str, me: telegram.User) -> bool:
    """In a group: a command, a mention or an answer to the bot."""
    reply = message.reply_to_message
    if reply is not None and reply.from_user is not None and reply.from_user.id == me.id:
        return True
    command = _COMMAND.match(text)
    if command is not None and command[1] is None:
        return True
    return _name(me).search(text) is not None


def _without_name(text: str, me: telegram.User) -> str:
    return _name(me).sub("", text).strip()


def _name(me: telegram.User) -> re.Pattern[str]:
    """The bot's name as it is mentioned; ``@name_of_another`` is not it."""
    return re.compile(rf"@{re.escape(me.username or '')}(?!\w)", re.IGNORECASE)


def _parts(message: telegram.Message, text: str, *, edited: bool) -> list[Incoming]:
    """Words first: danger in a caption is not kept waiting by the photo above it.

    Of an edited message only the words count: a shared live location is edited every few seconds.
    """
    if _COMMAND.match(text):
        return [Incoming("command", text[1:])]
    parts = [Incoming("text", text)] if text else []
    if edited:
        return parts
    kind = _kind(message)
    if kind is not None and not (text and kind in _SPOKEN_FOR):
        parts.append(Incoming(kind))
    return parts


_PRIVATE = telegram.constants.ChatType.PRIVATE
_SPOKEN_FOR = ("document", "location", "contact", "media")
"""Kinds that need no answer of their own when words stand beside them."""


def _kind(message: telegram.Message) -> IncomingKind | None:
    """What is sent besides words; None if there is nothing that asks for an answer."""
    kinds: tuple[tuple[IncomingKind, object], ...] = (
        ("photo", message.photo or _is_picture(message.document)),
        ("voice", message.voice or message.audio),
        ("video", message.video or message.video_note or message.animation),
        ("sticker", message.sticker or message.dice),
        ("location", message.location or message.venue),
        ("contact", message.contact),
        ("poll", message.poll),
        ("document", message.document),
        ("media", message.effective_attachment or message.story),
    )
    return next((kind for kind, there in kinds if there), None)


def _is_picture(document: telegram.Document | None) -> bool:
    return document is not None and (document.mime_type or "").startswith("image/")
