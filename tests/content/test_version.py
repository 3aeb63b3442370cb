"""The version of the knowledge: of its contents, not of the place or the time of its files."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from click.testing import CliRunner

from bot.channels.metrics import Metrics
from bot.cli import main
from bot.content.load import load
from bot.content.version import digest_of, version_of
from bot.conversation.conversation import Conversation, Incoming
from bot.conversation.engine import Engine
from bot.conversation.session import Session


def test_a_copy_has_the_same_version_whatever_its_folder_line_ends_and_times(
    engine: Engine, knowledge_copy: Path
) -> None:
    moved = knowledge_copy.rename(knowledge_copy.parent / "_knowledge")
    for number, file in enumerate(sorted(moved.rglob("*.yaml"))):
        if number % 3 == 0:
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
        os.utime(file, (number, number))
    assert load(moved).version == engine.knowledge.version


def test_one_letter_is_another_version_and_so_is_another_name(knowledge_copy: Path) -> None:
    before = load(knowledge_copy).version
    file = knowledge_copy / "red_flags" / "unresponsive.yaml"
    file.write_bytes(file.read_bytes() + b"# x\n")
    assert load(knowledge_copy).version != before
    digests = {"a.yaml": digest_of(b"1"), "b.yaml": digest_of(b"2")}
    swapped = {"a.yaml": digests["b.yaml"], "b.yaml": digests["a.yaml"]}
    assert version_of(digests) != version_of(swapped)
    assert version_of(digests) == version_of(dict(reversed(digests.items())))


def test_the_date_is_the_newest_that_the_entries_name(knowledge_copy: Path) -> None:
    today = load(knowledge_copy).date
    assert today is not None
    assert today >= dt.date(2026, 11, 25)
    file = knowledge_copy / "views" / "sclerotherapy" / "dark_veins.yaml"
    text = re.sub(r"updated: .*", "updated: 2031-02-03", file.read_text("utf-8"))
    file.write_text(text, "utf-8")
    found = load(knowledge_copy)
    assert found.date == dt.date(2031, 2, 3)
    assert found.edition == f"{found.version} (2031-02-03)"
    for entry in knowledge_copy.rglob("*.yaml"):
        entry.write_text(re.sub(r"(?m)^updated: .*\n", "", entry.read_text("utf-8")), "utf-8")
    assert load(knowledge_copy).edition == load(knowledge_copy).version, "no date is made up"


def test_it_is_shown_by_about_check_and_metrics(engine: Engine) -> None:
    edition = engine.knowledge.edition
    assert re.fullmatch(r"[0-9a-f]{12} \(\d{4}-\d\d-\d\d\)", edition)
    (reply,) = Conversation(engine).respond(Incoming("command", "about"), Session()).replies
    assert any(edition in line.text for part in reply.parts for line in part.lines)
    assert edition in " ".join(CliRunner().invoke(main, ["check"]).output.split())
    metrics = Metrics()
    metrics.knowledge(engine.knowledge.version, str(engine.knowledge.date))
    assert f'version="{engine.knowledge.version}"' in metrics.page().decode()
