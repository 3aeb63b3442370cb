"""The log: JSON lines, no secret, no text of an exception, chats by keyed names."""

from __future__ import annotations

import json
import logging
from io import StringIO

import pytest

from bot.channels import logs
from bot.channels.logs import JsonLines, Redacting, name_chats_by, set_up, who
from tests.standin.server import TOKEN


def lines(formatter: logging.Formatter) -> tuple[logging.Logger, StringIO]:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.Logger("tests.log")  # noqa: LOG001 - one that nobody else has
    log.addHandler(handler)
    return log, out


@pytest.mark.parametrize("kind", [JsonLines, Redacting])
def test_an_exception_is_told_by_type_and_place_and_never_by_its_text(
    kind: type[Redacting],
) -> None:
    log, out = lines(kind([TOKEN, "geheim123"]))
    try:
        raise ValueError(f"my lips are numb {TOKEN}")
    except ValueError:
        log.exception("failed at https://x/bot%s with %s", TOKEN, "geheim123")
    told = out.getvalue()
    assert "ValueError" in told
    assert "test_logs.py:" in told
    for hidden in ("my lips", TOKEN, "stand-in-token", "geheim123"):
        assert hidden not in told


def test_a_line_is_one_json_object_with_what_was_given() -> None:
    log, out = lines(JsonLines())
    log.warning("two\nlines", extra={"level_of_advice": "urgent"})
    (line,) = out.getvalue().splitlines()
    found = json.loads(line)
    assert found["message"] == "two\nlines"
    assert (found["level"], found["level_of_advice"]) == ("warning", "urgent")
    assert found["time"].endswith("+00:00")


def test_with_a_key_a_chat_has_one_name_in_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_key", logs._key)
    name_chats_by("one")
    first = who(5)
    name_chats_by("two")
    assert who(5) != first
    name_chats_by("one")
    assert who(5) == first


def test_libraries_that_print_addresses_and_bodies_are_quiet() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        set_up([TOKEN], json_lines=True)
        for name in ("httpx", "aiohttp.access", "telegram.Bot", "sqlalchemy.engine", "uvicorn"):
            assert not logging.getLogger(name).isEnabledFor(logging.WARNING)
        assert not logging.getLogger("telegram.Bot").isEnabledFor(logging.CRITICAL)
        assert isinstance(root.handlers[0].formatter, JsonLines)
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
