"""What was asked and is not known, counted by chats without keeping any chat, or a readable word.

A row stands for one chat and one gap. Its names are keyed: the gap's, and the chat's under that
gap, so that even two rows of one chat have nothing in common. The gap itself is locked with a
secret of which each chat brings a share (``shares``), and sealed like everything else: what fewer
than five chats asked cannot be read by anybody, not even with the operator's key; only a guess
could be tried. No time is finer than a week, the seals' own included.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Sequence

from cryptography.fernet import Fernet, InvalidToken

from bot.conversation.gaps import Gap
from bot.store import shares
from bot.store.gaps import Asked, GapRow, begin_of
from bot.store.sealing import Seal

PADDED = 112
"""Bytes to which a gap is filled up, so that its length tells nothing."""


class GapBook:
    """Makes rows and reads them, with the operator's keys."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    @property
    def stamps(self) -> Sequence[str]:
        """Of the keys in use: rows of others can neither be read nor forgotten."""
        return tuple(self._seal.gap_keys)

    def row(self, chat: int, gap: Gap, week: int) -> GapRow:
        """The row of a chat and a gap."""
        stamp, key = next(iter(self._seal.gap_keys.items()))
        text = f"{self._seal.bot} {gap.kind} {gap.text}"
        item = hmac.digest(key, f"item {text}".encode(), "sha256")[:16].hex()
        mark = _mark(key, self._seal.bot, item, chat)
        curve = shares.curve(key, text)
        share = shares.height(curve, _place(mark)).to_bytes(shares.SIZE)
        padded = f"{gap.kind} {gap.text}".ljust(PADDED).encode()
        locked = _lock(curve[0]).encrypt_at_time(padded, begin_of(week))
        return GapRow(item, mark, stamp, share, self._seal.seal_at(locked, begin_of(week)), week)

    def marks_of(
        self, chats: Sequence[int], rows: Iterable[tuple[str, str, str]]
    ) -> list[tuple[str, str]]:
        """Item and mark of the rows that belong to chats; a row is item, mark and stamp."""
        found, own = [], {}
        for item, mark, stamp in rows:
            key = self._seal.gap_keys.get(stamp)
            if key is None:
                continue
            if (item, stamp) not in own:
                own[item, stamp] = {_mark(key, self._seal.bot, item, chat) for chat in chats}
            if mark in own[item, stamp]:
                found.append((item, mark))
        return found

    def asked(self, rows: Iterable[GapRow]) -> list[Asked]:
        """What can be read, most asked first."""
        by_item: dict[str, list[GapRow]] = {}
        for row in rows:
            by_item.setdefault(row.item, []).append(row)
        best: dict[Gap, Asked] = {}
        for group in by_item.values():
            gap = self._opened(group)
            if gap is None:
                continue
            found = Asked(gap, len(group), max(row.week for row in group))
            known = best.get(gap)  # counted under two keys: at least the larger number
            if known is None or known.chats < found.chats:
                best[gap] = found
        return sorted(best.values(), key=lambda asked: (-asked.chats, asked.gap))

    def _opened(self, rows: Sequence[GapRow]) -> Gap | None:
        if len(rows) < shares.NEEDED:
            return None
        secret = shares.secret([(_place(r.mark), int.from_bytes(r.share)) for r in rows])
        sealed = self._seal.open(rows[0].value)
        if sealed is None:
            return None
        try:
            text = _lock(secret).decrypt(sealed).decode().rstrip()
        except InvalidToken:
            return None
        kind, _, rest = text.partition(" ")
        return Gap("pair" if kind == "pair" else "word", rest)


def _mark(key: bytes, bot: int, item: str, chat: int) -> str:
    return hmac.digest(key, f"mark {bot} {item} {chat}".encode(), "sha256")[:16].hex()


def _place(mark: str) -> int:
    return int(mark, 16) + 1


def _lock(secret: int) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(shares.key_of(secret)))
