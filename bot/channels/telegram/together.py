"""Somebody who writes faster than answers go out gets one answer to several messages.

They are read as one text. Left out are messages that may mean something else together than alone
(commands, taps, answers such as "none", changed and forwarded ones, photos), and an emergency: it
has overtaken the others before. Should one of them alone ask for more than all of them together,
each is answered by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from bot.channels.telegram.incoming import Work
from bot.content.levels import Level
from bot.conversation.conversation import Conversation, Incoming, Turn
from bot.conversation.session import Session

LEAST = 3
"""Waiting messages from which on they are answered together."""
MOST = 10
CHARS = 8_000
"""Of the joined text: all of it must be read."""


def joinable(conversation: Conversation, waiting: Iterable[Work]) -> int:
    """How many of the first waiting updates may be answered together; 0 if too few."""
    texts: list[str] = []
    plain = takewhile(_is_plain, waiting)
    for work in takewhile(lambda w: not conversation.stands_alone(w.incoming[0]), plain):
        texts.append(work.incoming[0].text)
        if len(texts) > MOST or sum(map(len, texts)) > CHARS:
            texts.pop()
            break
    return len(texts) if len(texts) >= LEAST else 0


def _is_plain(work: Work) -> bool:
    return (
        len(work.incoming) == 1
        and replace(work.incoming[0], text="", language="") == Incoming("text")
        and work.callback is None
    )


def answer(
    conversation: Conversation, works: Sequence[Work], session: Session, now: dt.datetime
) -> Turn | None:
    """One turn for several messages; None if they have to be answered one by one."""
    parts = [work.incoming[0] for work in works]
    together = replace(parts[0], text="\n".join(part.text for part in parts))
    turn = conversation.respond(together, session, now)
    level = _level(turn)
    for part in parts:
        if _level(conversation.respond(part, session, now)).rank > level.rank:
            return None
    return turn


def _level(turn: Turn) -> Level:
    levels = [reply.level for reply in turn.replies if reply.level is not None]
    return max(levels, key=lambda level: level.rank, default=Level.INFO)
