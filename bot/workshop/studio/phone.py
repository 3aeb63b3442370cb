"""The phone on the page: real talks with the saved knowledge, as Telegram would show them."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.memory import earlier_of, fresh
from bot.conversation.session import Session
from bot.conversation.turn import IncomingKind
from bot.quality.explain import explain
from bot.reply.render import html_messages
from bot.reply.reply import Reply

TALKS = 50
"""Talks remembered; as everywhere, names of the knowledge and days, never words."""


class Phone:
    """Holds the talks of the open pages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._talks: dict[str, Session] = {}

    def take(self, engine: Engine, asked: dict[str, Any]) -> dict[str, Any]:
        """One turn: what is shown, and how the words were read."""
        kind = asked.get("kind", "text")
        text = str(asked.get("text", ""))[:20_000]
        if kind not in get_args(IncomingKind):
            kind = "text"
        if kind == "text" and text.startswith("/"):
            kind, text = "command", text[1:]
        name = str(asked.get("talk") or secrets.token_hex(8))
        session = self._talks.pop(name, Session())
        country = asked.get("country")
        if country is None or country in engine.knowledge.countries.countries:
            session = replace(session, country=country)
        now = dt.datetime.now(dt.UTC)
        turn = Conversation(engine).respond(Incoming(kind, text), session, now)
        reading = None
        if kind == "text" and text.strip():
            earlier = earlier_of(fresh(session, now), now)
            reading = explain(engine, text, self._folder, earlier, today=now.date()).as_dict()
        self._talks[name] = turn.session
        while len(self._talks) > TALKS:
            self._talks.pop(next(iter(self._talks)))
        return {
            "talk": name,
            "country": turn.session.country,
            "replies": [_shown(reply) for reply in turn.replies],
            "reading": reading,
            "reminder": turn.reminder is not None and turn.reminder.due is not None,
        }


def _shown(reply: Reply) -> dict[str, Any]:
    return {
        "level": reply.level.value if reply.level else None,
        "messages": html_messages(reply),
        "buttons": [[{"label": b.label, "data": b.data} for b in row] for row in reply.buttons],
        "edits": reply.edits,
    }
