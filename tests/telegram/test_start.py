"""The start says what is configured and what is missing; wrong settings end it with a remedy."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from bot.channels.telegram.run import _store, self_check
from bot.cli import main
from bot.config import from_environment
from bot.conversation.engine import Engine
from bot.store.sealing import Seal, new_key
from tests.conftest import ROOT
from tests.standin.server import TOKEN, BotApi
from tests.telegram.test_process import end, start, until

PASSWORD = "geheim123"


def check(engine: Engine, **env: str) -> str:
    config = from_environment({"TELEGRAM_TOKEN": TOKEN, "HOME": "/home/pat", **env})
    return "\n".join(self_check(config, engine, _store(config)[0]))


def test_without_a_key_the_start_says_what_that_means_and_what_to_do(engine: Engine) -> None:
    told = check(engine)
    assert "MISSING AFTERCARE_KEY" in told
    assert "'aftercare key'" in told
    assert "long polling" in told
    assert "set PORT" in told


def test_a_whole_setting_has_nothing_missing_and_shows_no_secret(engine: Engine) -> None:
    key = new_key()
    told = check(
        engine,
        AFTERCARE_KEY=key,
        DATABASE_URL=f"postgres://me:{PASSWORD}@db.example.org/x",
        WEBHOOK_URL="https://bot.example.org/hook",
        PORT="8000",
    )
    assert "MISSING" not in told
    assert "WRONG" not in told
    assert "db.example.org" in told
    assert "bot.example.org/hook" in told
    for secret in (key, PASSWORD, TOKEN, "stand-in-token"):
        assert secret not in told


def test_a_webhook_without_https_or_a_shared_store_is_told(engine: Engine) -> None:
    told = check(engine, WEBHOOK_URL="http://bot.example.org/hook")
    assert "WRONG WEBHOOK_URL" in told
    assert "DATABASE_URL=postgresql" in told


@pytest.mark.parametrize(
    ("env", "part"),
    [
        ({"AFTERCARE_KEY": "my secret word"}, "aftercare key"),
        ({"AFTERCARE_KEY": new_key(), "DATABASE_URL": "mysql://x"}, "sqlite:///path"),
        ({"AFTERCARE_KEY": new_key(), "PORT": "x"}, "PORT must be"),
        ({"TELEGRAM_TOKEN": f'"{TOKEN}"'}, "without quotes"),
        ({"TELEGRAM_API_URL": "localhost:9"}, "must begin with https://"),
        ({"WEBHOOK_URL": "bot.example.org/hook"}, "https://bot.example.org/hook"),
        ({"WEBHOOK_URL": "https://bot.example.org/metrics"}, "a page of ours"),
        ({"WEBHOOK_SECRET": "my secret word"}, "letters, digits, _ and -"),
    ],
)
async def test_a_wrong_setting_ends_the_start_with_code_2(
    api: BotApi, env: dict[str, str], part: str
) -> None:
    process = await start(api, **env)
    out, _ = await process.communicate()
    assert process.returncode == 2
    assert part in out.decode()
    assert "stand-in-token" not in out.decode()
    assert "my secret word" not in out.decode()


async def test_a_port_that_is_taken_is_told_in_one_line(api: BotApi) -> None:
    port = int(api.url.rpartition(":")[2])
    process = await start(api, HOST="127.0.0.1", PORT=str(port), AFTERCARE_LOG="text")
    out, _ = await process.communicate()
    assert process.returncode == 2
    last = out.decode().splitlines()[-1]
    assert f"PORT {port} cannot be used (Address already in use); set another one" in last


async def test_a_folder_that_cannot_be_written_to_is_told_and_answers_go_out(
    api: BotApi, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    address = f"sqlite:///{tmp_path / 'a file' / 'below' / 'a.sqlite3'}"
    process = await start(api, AFTERCARE_KEY=new_key(), DATABASE_URL=address)
    api.say("bruise after botox")
    await api.wait_for(1, seconds=30)
    log = await end(process, 15)
    assert "can this user write to" in log
    assert "DATABASE_URL names another place" in log


async def test_the_log_of_a_process_is_json_and_says_so_much(api: BotApi) -> None:
    process = await start(api)
    api.say("bruise after botox")
    await api.wait_for(1, seconds=20)
    await until(lambda: not api.updates)
    found = [json.loads(line) for line in (await end(process, 15)).splitlines()]
    messages = [line["message"] for line in found]
    assert any("MISSING AFTERCARE_KEY" in message for message in messages)
    assert any("signed in as @aftercare_bot" in message for message in messages)
    assert not any("bruise" in message for message in messages)


async def test_256_mib_are_enough(api: BotApi, tmp_path: Path) -> None:
    """The limit is the kernel's, on all memory that can be written to."""
    limit = "import resource as r, sys; r.setrlimit(r.RLIMIT_DATA, (2**28, 2**28)); "
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", limit + "from bot.cli import main; main()", "run",
        cwd=ROOT, stdout=PIPE, stderr=STDOUT,
        env={**os.environ, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url,
             "AFTERCARE_KEY": new_key(), "DATABASE_URL": f"sqlite:///{tmp_path / 'a'}",
             "MALLOC_ARENA_MAX": "2"},
    )  # fmt: skip
    for number in range(300):
        api.say("bruise after botox", chat=number + 1)
    for number in range(300):
        await api.wait_for(1, chat=number + 1, seconds=30)
    resident = psutil.Process(process.pid).memory_info().rss
    log = await end(process, 15)
    assert process.returncode == 0
    assert resident < 2**28
    assert "MemoryError" not in log


def test_a_key_is_made() -> None:
    made = CliRunner().invoke(main, ["key"]).output.strip()
    assert Seal(made, 1).open(Seal(made, 1).seal(b"x")) == b"x"


def test_an_empty_webhook_is_no_polling_by_mistake() -> None:
    result = CliRunner().invoke(
        main, ["run", "--webhook", ""], env={"TELEGRAM_TOKEN": TOKEN, "WEBHOOK_URL": ""}
    )
    assert result.exit_code == 2
    assert "WEBHOOK_URL" in result.output


def test_the_bots_number_is_no_secret() -> None:
    assert replace(from_environment({}), token=TOKEN).bot == 123456
