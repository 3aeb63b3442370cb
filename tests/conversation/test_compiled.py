"""The compiled knowledge on the disk: the same answers, never an old or a foreign one."""

from __future__ import annotations

import os
import pickletools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content.faults import KnowledgeError
from bot.conversation import compiled
from bot.conversation.compiled import engine_for_long, engine_from, engine_made_apart
from bot.conversation.engine import Engine
from tests.conftest import copy_small_knowledge

TEXTS = ("cant swalow my food since botox 3 days ago", "bruise after filler", "hello", "canh see")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def small_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine.from_folder(copy_small_knowledge(tmp_path_factory.mktemp("small") / "knowledge"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, small_engine: Engine) -> list[Path]:
    """The folders that were compiled; compiling itself is left out."""
    found: list[Path] = []

    def compile_it(folder: Path) -> Engine:
        found.append(folder)
        return small_engine

    monkeypatch.setattr(compiled.Engine, "from_folder", compile_it)
    return found


def test_the_same_answers_and_no_second_compilation(
    small_engine: Engine, small_knowledge: Path, cache: Path, made: list[Path]
) -> None:
    engine_from(small_knowledge, cache)
    again = engine_from(small_knowledge, cache)
    assert len(made) == 1
    assert again is not small_engine
    for text in TEXTS:
        assert again.answer(text) == small_engine.answer(text)


def test_reading_keeps_nothing_that_nothing_points_to(small_knowledge: Path, cache: Path) -> None:
    """Of what runs for months."""
    engine_for_long(small_knowledge, cache)
    (file,) = cache.iterdir()
    marked, used = set(), set()
    for opcode, number, _ in pickletools.genops(file.read_bytes()):
        if "PUT" in opcode.name:
            marked.add(number)
        elif opcode.name == "MEMOIZE":
            marked.add(len(marked))
        elif "GET" in opcode.name:
            used.add(number)
    assert marked == used


def test_an_edit_is_never_answered_from_the_cache(
    small_knowledge: Path, cache: Path, made: list[Path]
) -> None:
    sources = small_knowledge / "sources.yaml"
    for number in range(1, compiled.KEPT + 2):
        engine_from(small_knowledge, cache)
        assert len(made) == number
        sources.write_text(sources.read_text() + "# a remark\n")
    assert len(list(cache.iterdir())) == compiled.KEPT


def test_what_was_used_last_is_kept(
    small_knowledge: Path, cache: Path, made: list[Path], tmp_path: Path
) -> None:
    """The committed version is compared with one edit after the other."""
    committed = tmp_path / "elsewhere" / "knowledge"
    shutil.copytree(small_knowledge, committed)
    sources = small_knowledge / "sources.yaml"
    for number in range(compiled.KEPT + 1):
        engine_from(committed, cache)
        sources.write_text(sources.read_text() + "# a remark\n")
        engine_from(small_knowledge, cache)
        for age, path in enumerate(sorted(cache.iterdir(), key=lambda p: -p.stat().st_mtime)):
            os.utime(path, (number * 100 - age, number * 100 - age))
    assert made.count(committed) == 1


def test_where_the_folder_lies_does_not_matter(
    small_knowledge: Path, cache: Path, made: list[Path], tmp_path: Path
) -> None:
    engine_from(small_knowledge, cache)
    shutil.copytree(small_knowledge, tmp_path / "elsewhere" / "knowledge")
    engine_from(tmp_path / "elsewhere" / "knowledge", cache)
    assert len(made) == 1
    shutil.copytree(small_knowledge, tmp_path / "renamed")
    engine_from(tmp_path / "renamed", cache)
    assert len(made) == 2, "faults and evidence name files by the folder's own name"


def test_faults_are_told_as_without_a_cache(small_knowledge: Path, cache: Path) -> None:
    (small_knowledge / "sources.yaml").write_text("broken: [")
    with pytest.raises(KnowledgeError):
        engine_from(small_knowledge, cache)
    assert not cache.exists()


@pytest.mark.parametrize("fault", ["writable by all", "half a file", "something else"])
def test_a_cache_that_cannot_be_trusted_is_made_anew(
    small_knowledge: Path, cache: Path, fault: str, made: list[Path]
) -> None:
    engine_from(small_knowledge, cache)
    (path,) = cache.glob("*.pickle")
    match fault:
        case "writable by all":
            path.chmod(0o666)
        case "half a file":
            path.write_bytes(path.read_bytes()[:-9000])
        case "something else":
            path.write_bytes(b"\x80\x04K\x01.")
    engine_from(small_knowledge, cache)
    assert len(made) == 2


def test_a_disk_that_cannot_be_written_is_no_reason_not_to_start(
    small_knowledge: Path, tmp_path: Path, made: list[Path]
) -> None:
    (tmp_path / "file").write_text("")
    engine_from(small_knowledge, tmp_path / "file" / "cache")
    engine_from(small_knowledge, None)
    assert len(made) == 2


async def test_made_by_another_process_it_is_the_same(
    engine: Engine, knowledge_copy: Path, cache: Path
) -> None:
    apart = await engine_made_apart(knowledge_copy, cache, niceness=0)  # four others are busy
    for text in TEXTS:
        assert apart.answer(text) == engine.answer(text)
    assert len(list(cache.iterdir())) == 1


async def test_the_other_process_tells_every_fault(small_knowledge: Path) -> None:
    (small_knowledge / "sources.yaml").write_text("broken: [")
    with pytest.raises(KnowledgeError) as told:
        await engine_made_apart(small_knowledge, None)
    with pytest.raises(KnowledgeError) as here:
        Engine.from_folder(small_knowledge)
    assert told.value.faults == here.value.faults


async def test_a_process_that_fails_is_an_error(
    small_knowledge: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled.sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="not compiled"):
        await engine_made_apart(small_knowledge, cache)


def test_a_service_that_may_not_lower_its_priority_compiles_all_the_same(
    small_knowledge: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: int) -> int:
        raise PermissionError

    monkeypatch.setattr(compiled.os, "nice", refused)
    assert compiled._compile(str(small_knowledge), str(cache), "10") == 0
    assert len(list(cache.iterdir())) == 1


def test_what_runs_for_long_never_compiles_itself(
    small_engine: Engine, small_knowledge: Path, cache: Path, made: list[Path]
) -> None:
    first = engine_for_long(small_knowledge, cache)
    again = engine_for_long(small_knowledge, cache)
    assert made == []
    assert first.answer(TEXTS[0]) == again.answer(TEXTS[0]) == small_engine.answer(TEXTS[0])
    assert len(list(cache.iterdir())) == 1


def test_if_no_other_process_can_be_started_it_compiles_itself(
    small_knowledge: Path, cache: Path, made: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled.sys, "executable", "/bin/false")
    engine_for_long(small_knowledge, cache)
    assert len(made) == 1


def test_a_bot_on_telegram_loads_nothing_for_terminals_checks_and_servers() -> None:
    """Each of these would be in memory for as long as it runs, 3 to 10 MiB a piece."""
    heavy = "rich jinja2 starlette uvicorn alembic symspellpy readability".split()
    program = (
        "import sys, bot.cli, bot.cli.talk, bot.channels.telegram.run, bot.conversation.compiled;"
        f"print(*sorted(set({heavy}) & sys.modules.keys()))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == []
