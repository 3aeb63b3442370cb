"""The raw SQLite file: nothing of a person in it, and nothing at all after /forget."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

from bot.conversation.session import Session
from bot.reply.reply import Line, Part, Reply
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal
from bot.store.store import Held
from tests.store.conftest import KEY

NOW = dt.datetime.now(dt.UTC)
CHAT = 777000777
REPLY = Reply((Part("text", (Line("Drink water."),)),))


def raw(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_forget_leaves_no_byte_of_a_chat(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    seal = Seal(KEY, 1)
    store = DurableStore(Database(f"sqlite:///{folder / 'a.sqlite3'}", 1), seal)
    await store.start()
    sealed: list[bytes] = []
    real = seal.seal

    def noted(value: bytes) -> bytes:
        sealed.append(real(value))
        return sealed[-1]

    seal.seal = noted  # type: ignore[method-assign]
    for day in range(20):
        seen = NOW - dt.timedelta(hours=day)
        for other in range(5):
            await store.put(other, Session(("laser",), seen=seen))
        await store.put(CHAT, Session(("botulinum_toxin",), country="IE", seen=seen))
        if day % 5 == 0:
            await store.forget(99)  # waits until all is written
    own = sealed[5::6]
    await store.hold(Held(5, CHAT, (REPLY,)))
    await store.remind(CHAT, NOW, "check")
    own += sealed[-2:]
    name = seal.names(CHAT)[0].encode()
    assert name in raw(folder)
    assert any(value in raw(folder) for value in own)
    assert b"botulinum" not in raw(folder)
    assert str(CHAT).encode() not in raw(folder)
    assert await store.forget(CHAT)
    left = raw(folder)
    assert name not in left
    assert not any(value in left for value in own)
    assert not any(value[20:60] in left for value in own)
    await store.stop()
    assert name not in raw(folder)


async def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'deep' / 'a.sqlite3'}", 1)
    await database.open()
    assert database.path is not None
    assert stat.S_IMODE(database.path.stat().st_mode) == 0o600
    await database.close()
