"""From messages to the list of gaps, over the stand-in of the Bot API and a file on a disk."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.channels.telegram.client import make_bot
from bot.channels.telegram.run import self_check
from bot.channels.telegram.worker import Worker
from bot.cli import main
from bot.config import from_environment
from bot.conversation.engine import Engine
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.memory import MemoryStore
from bot.store.sealing import Seal, new_key
from tests.standin.server import TOKEN, BotApi
from tests.telegram.test_stored import empty

KEY = new_key()
BOT = int(TOKEN.partition(":")[0])
TEXT = "zorblex yesterday, now a fever"


@asynccontextmanager
async def running(
    api: BotApi, engine: Engine, path: Path, *, consent: bool
) -> AsyncIterator[DurableStore]:
    store = DurableStore(Database(f"sqlite:///{path}", BOT), Seal(KEY, BOT))
    await store.start()
    bot = make_bot(TOKEN, api.url, 64)
    worker = Worker(bot, engine, store, long_poll=1, counts_gaps=consent)
    task = asyncio.create_task(worker.run())
    yield store
    worker.stop()
    await asyncio.wait_for(task, 12)
    await store.stop()
    await bot.shutdown()


def listed(path: Path, *arguments: str, **more: str) -> Result:
    env = {
        "TELEGRAM_TOKEN": TOKEN,
        "AFTERCARE_KEY": KEY,
        "DATABASE_URL": f"sqlite:///{path}",
        "AFTERCARE_GAPS": "yes",
        **more,
    }
    return CliRunner().invoke(main, ["gaps", *arguments], env=env)


async def lists(path: Path, *arguments: str, **more: str) -> str:
    """The same while a loop runs here: the command has its own."""
    result = await asyncio.to_thread(listed, path, *arguments, **more)
    assert result.exit_code == 0
    return result.output


async def test_five_people_ask_and_the_maintainer_reads_it(
    api: BotApi, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite3"
    async with running(api, engine, path, consent=True) as store:
        for chat in range(1, 5):
            api.say(TEXT, chat=chat)
            await api.wait_for(1, chat=chat)
        api.say("/privacy", chat=4)
        assert "five different chats" in (await api.wait_for(2, chat=4))[1]
        await empty(api)
        await store.forget(99)  # waits until all is written
        assert "Nothing that 5 chats have asked" in await lists(path)
        api.say(TEXT, chat=5)
        await api.wait_for(1, chat=5)
        await empty(api)
        await store.forget(99)  # waits until all is written
        found = json.loads(await lists(path, "--json"))
        assert [(word["word"], word["chats"]) for word in found["words"]] == [("zorblex", 5)]
        table = await lists(path)
        assert "zorblex" in table
        assert "aftercare new treatment" in table
        api.say("/forget", chat=2)
        await api.wait_for(2, chat=2)
    assert "zorblex" not in await lists(path)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM gaps").fetchone() == (4,)
    file.close()


async def test_a_store_that_hangs_holds_up_no_answer(
    api: BotApi, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def hangs(*_: object) -> None:
        await never.wait()

    async with running(api, engine, tmp_path / "a.sqlite3", consent=True) as store:
        real = store._database.write
        monkeypatch.setattr(store._database, "write", hangs)
        for number in (1, 2):
            api.say(TEXT, chat=1)
            await api.wait_for(number, chat=1)
        monkeypatch.setattr(store._database, "write", real)
        never.set()


async def test_off_by_default_nothing_is_written_nor_told(
    api: BotApi, engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite3"
    async with running(api, engine, path, consent=False):
        for chat in range(1, 7):
            api.say(TEXT, chat=chat)
            await api.wait_for(1, chat=chat)
        api.say("/privacy", chat=1)
        assert "five different chats" not in (await api.wait_for(2, chat=1))[1]
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM gaps").fetchone() == (0,)
    file.close()
    assert "AFTERCARE_GAPS is not set" in await lists(path, AFTERCARE_GAPS="")


async def test_a_pair_is_listed_with_the_next_step(tmp_path: Path, engine: Engine) -> None:
    from bot.conversation.gaps import Gap, has_topic

    path = tmp_path / "a.sqlite3"
    known = engine.knowledge
    lacking = next(t for t in known.treatments if not has_topic(known, "fever", t))
    having = next(iter(known.topics.values()))
    pairs = [
        Gap.pair("fever", lacking),
        Gap.pair(having.symptoms[0], having.treatments[0]),
        Gap.pair("symptom_since_removed", lacking),
        Gap("word", "botox"),
    ]
    store = DurableStore(Database(f"sqlite:///{path}", BOT), Seal(KEY, BOT))
    await store.start()
    for chat in range(7):
        store.note(chat, pairs)
    await store.stop()
    found = json.loads(await lists(path, "--json"))
    assert found["words"] == [], "taught since"
    (pair,) = found["pairs"]
    assert (pair["symptom"], pair["treatment"], pair["chats"]) == ("fever", lacking, 7)
    assert pair["next"] == f"aftercare new topic --treatment {lacking} --symptom fever"
    assert pair["next"] in await lists(path)


def test_the_list_needs_the_bots_settings(tmp_path: Path) -> None:
    result = listed(tmp_path / "none.sqlite3", AFTERCARE_KEY="")
    assert result.exit_code == 2
    assert "set TELEGRAM_TOKEN and AFTERCARE_KEY" in result.stderr
    result = listed(tmp_path / "none.sqlite3", AFTERCARE_KEY="short")
    assert result.exit_code == 2
    assert "is no key" in result.stderr
    assert "Nothing that 5 chats" in listed(tmp_path / "none.sqlite3").output
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("env", "line"),
    [
        ({"AFTERCARE_GAPS": "yes", "AFTERCARE_KEY": KEY}, "is counted (AFTERCARE_GAPS)"),
        ({"AFTERCARE_GAPS": "yes"}, "AFTERCARE_GAPS without AFTERCARE_KEY: nothing is counted"),
    ],
)
def test_the_start_tells_of_it(engine: Engine, env: dict[str, str], line: str) -> None:
    config = from_environment({"TELEGRAM_TOKEN": TOKEN, **env})
    assert config.counts_gaps is ("AFTERCARE_KEY" in env)
    lines = "\n".join(self_check(config, engine, MemoryStore()))
    assert line in lines


def test_the_start_says_nothing_of_it_by_default(engine: Engine) -> None:
    config = from_environment({"TELEGRAM_TOKEN": TOKEN, "AFTERCARE_KEY": KEY})
    assert not config.counts_gaps
    assert "AFTERCARE_GAPS" not in "\n".join(self_check(config, engine, MemoryStore()))
