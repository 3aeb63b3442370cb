"""No word of a person reaches the output of a process, whatever is wrong with the update.

All that a process writes is looked at, not only its log: Python and the libraries write as well.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest

from bot.store.sealing import new_key
from tests.conftest import ROOT
from tests.standin.ports import free_port
from tests.standin.server import TOKEN, BotApi, Fault
from tests.telegram.test_process import until
from tests.telegram.test_replicas import ready

WORDS = "zyxsentinel"
"""What no line may hold."""
PRYING = """
import asyncio, logging, sys, threading, warnings
import bot.channels.telegram.desk as desk
from bot.cli import main
words = "zyx" + "sentinel"

class Text(str):
    def __repr__(self):
        raise ValueError(words)

real = desk.Desk.take
def take(self, work):
    async def forgotten():
        raise RuntimeError(words)
    asyncio.ensure_future(forgotten())
    asyncio.get_running_loop().call_soon(lambda: {}[words])
    threading.Thread(target=lambda: [][words]).start()
    warnings.warn(words)
    logging.getLogger("telegram.ext").critical("cannot parse %r", words)
    logging.getLogger("telegram.request").error(words)
    logging.getLogger("sqlalchemy.engine.Engine").info(words)
    logging.getLogger("aiohttp.access").info(words)
    logging.getLogger("uvicorn.access").info(words)
    logging.getLogger("aftercare").error("a line that cannot be made: %r", Text(words))
    class Dying:
        def __del__(self):
            raise LookupError(words)
    Dying()
    return real(self, work)
desk.Desk.take = take
main()
"""


def odd(api: BotApi) -> list[dict[str, Any]]:
    """Updates that are wrong in many ways, each with the words in it."""
    good = api.message(text=WORDS)
    return [
        {"message": good | {"date": WORDS}},
        {"message": good | {"text": {"deep": WORDS}}},
        {"message": good | {"chat": WORDS}},
        {"message": good | {"chat": {"id": WORDS, "type": WORDS}}},
        {"message": good | {"entities": [WORDS]}},
        {"message": good | {"from": {"id": 1, "first_name": WORDS}}},
        {"message": good | {"reply_to_message": {"text": WORDS}}},
        {"message": good | {"photo": WORDS, "caption": WORDS}},
        {"message": {"text": WORDS}},
        {"message": WORDS},
        {"edited_message": [WORDS]},
        {"callback_query": {"id": WORDS, "data": [WORDS], "message": good}},
        {"callback_query": {"id": "1", "from": good["from"], "data": WORDS, "message": good}},
        {WORDS: WORDS},
        {"message": good | {"text": WORDS * 2000}},
        {"message": good | {"text": f"/{WORDS} {WORDS}"}},
        {"message": good | {"text": f"{WORDS}\ud800\x00\u202e"}},
    ]


async def prying(api: BotApi, folder: Path, *more: str) -> asyncio.subprocess.Process:
    """A process in which all that can leak does, at each update."""
    settings = {
        "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "AFTERCARE_KEY": new_key(),
        "DATABASE_URL": f"sqlite:///{folder / 'a.sqlite3'}", "HOST": "127.0.0.1",
        "PYTHONWARNINGS": "always",
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PRYING, "run", *more,
        cwd=ROOT, env={**os.environ, **settings}, stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_no_word_of_a_person_is_written_anywhere(
    api: BotApi, tmp_path: Path, way: str
) -> None:
    port = free_port()
    more = ["--port", str(port)]
    if way == "webhook":
        more += ["--webhook", f"http://127.0.0.1:{port}/hook"]
        api.connections = 20
    process = await prying(api, tmp_path, *more)
    await ready(port)
    for update in odd(api):
        api.push(**update)
    api.faults["sendMessage"].append(Fault(500, f"Internal: {WORDS}"))
    api.faults["sendMessage"].append(Fault(400, f'Bad Request: can\'t parse "{WORDS}"'))
    api.faults["getUpdates"].append(Fault(502, WORDS, garbage=True))
    api.say(f"{WORDS} bruise after botox", chat=77)
    await api.wait_for(1, chat=77, seconds=30)
    await until(lambda: not api.updates)
    process.send_signal(signal.SIGTERM)
    out, _ = await asyncio.wait_for(process.communicate(), 15)
    told = out.decode()
    assert process.returncode == 0
    assert WORDS not in told
    assert "update cannot be read" in told
    for leak in ("RuntimeError", "KeyError", "LookupError", "not caught: TypeError"):
        assert leak in told, f"the fault itself is told: {leak}"
