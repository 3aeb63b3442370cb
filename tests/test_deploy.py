"""What docs/operate.md and deploy/ must say, each found by running it: nginx before three replicas,
the unit under systemd, the image, a copy of a database that is written to.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from pathlib import Path

from bot.channels.telegram.webhook import PATIENCE
from bot.channels.web.app import MAX_BODY
from bot.store.database import Database
from bot.store.durable import DurableStore
from bot.store.sealing import Seal, new_key
from bot.store.store import Turnstile
from tests.conftest import ROOT

OPERATE = (ROOT / "docs" / "operate.md").read_text("utf-8")
UNIT = (ROOT / "deploy" / "systemd" / "aftercare.service").read_text("utf-8")


def nginx() -> dict[str, list[str]]:
    """The directives of the block, in order; of a name that stands twice the last."""
    (block,) = (b for b in re.findall(r"(?s)```\n(.*?)```", OPERATE) if "upstream" in b)
    rows = re.findall(r"([a-z_]+) ([^;{}]+);", re.sub("#.*", "", block))
    return {name: value.split() for name, value in rows}


def test_nginx_hands_an_update_to_the_next_replica_and_keeps_none_on_its_disk() -> None:
    found = nginx()
    assert {"error", "timeout", "http_503", "non_idempotent"} == set(found["proxy_next_upstream"])
    assert found["client_body_buffer_size"] == ["1m"]
    assert MAX_BODY == 1 << 20, "nginx's own limit as well"
    wait = int(found["proxy_read_timeout"][0].removesuffix("s"))
    assert PATIENCE < wait < 60, "Telegram gives up after a minute"
    assert found["proxy_connect_timeout"] == ["2s"]
    assert found["server"][1:] == ["fail_timeout=2s"]


def test_nginx_has_a_certificate_and_shows_the_webhook_only() -> None:
    assert {"ssl_certificate", "ssl_certificate_key", "server_name"} <= nginx().keys()
    assert re.findall(r"location (.*?) \{", OPERATE) == ["= /hook", "/"]
    assert "location / { return 404; }" in OPERATE


def test_systemd_starts_the_unit_as_often_as_need_be() -> None:
    assert "StartLimitIntervalSec=0" in UNIT.partition("[Service]")[0].splitlines()
    assert {"Restart=always", "RestartPreventExitStatus=2"} <= set(UNIT.splitlines())


def test_the_unit_lets_edited_knowledge_be_compiled_at_a_lower_priority() -> None:
    lines = UNIT.splitlines()
    denied = lines.index("SystemCallFilter=~@privileged @resources")
    assert lines.index("SystemCallFilter=setpriority") > denied, "the last word counts"
    assert "SystemCallErrorNumber=EPERM" in lines, "what is denied fails, and kills nothing"


def test_the_image_is_built_with_its_health_check() -> None:
    """The OCI format, which podman takes by itself, has none."""
    container = (ROOT / "deploy" / "container" / "Containerfile").read_text("utf-8")
    builds = re.findall("podman build .*", OPERATE + container)
    assert len(builds) == 2
    assert all("--format docker" in build for build in builds)


async def test_the_copy_that_is_named_can_be_made_while_the_bot_writes(tmp_path: Path) -> None:
    command = re.search(r'sqlite3 aftercare\.sqlite3 "(.*?)"', OPERATE)
    assert command is not None
    key, source, copy = new_key(), tmp_path / "aftercare.sqlite3", tmp_path / "copy.sqlite3"
    store = DurableStore(Database(f"sqlite:///{source}", 1), Seal(key, 1))
    await store.start()
    await store.close(1, 5, done=True)
    await store.forget(2)  # waits until all is written
    with sqlite3.connect(source) as connection:
        connection.execute(command[1].replace("copy.sqlite3", str(copy)))
    await store.close(1, 6, done=True)
    await store.stop()
    restored = DurableStore(Database(f"sqlite:///{copy}", 1), Seal(key, 1))
    await restored.start()
    now = dt.datetime.now(dt.UTC)
    assert [(await restored.open(1, number, now)).turnstile for number in (5, 6)] == [
        Turnstile.DONE,
        Turnstile.FREE,
    ]
    await restored.stop()
