"""Knowledge edited while the bot runs: taken when it checks, else the last good version stays."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.channels import reload
from bot.channels.metrics import Metrics
from bot.channels.reload import Watcher, signature
from bot.content.faults import Fault, KnowledgeError
from bot.conversation.engine import Engine

LOOK = 0.05


class Folder:
    """A folder under watch. Loading is replaced: a file that says 'broken' has a fault."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
        self.path = path / "a.yaml"
        self.path.write_text("one")
        self.loads: list[str] = []
        self.used: list[Engine] = []
        self.metrics = Metrics()

        async def load(folder: Path, cache: Path | None) -> Engine:
            text = (folder / "a.yaml").read_text()
            self.loads.append(text)
            if text == "bug":
                raise RuntimeError("secret")
            if text == "broken":
                raise KnowledgeError([Fault("a.yaml", 3, 1, "no level", "write one")])
            return engine

        monkeypatch.setattr(reload, "engine_made_apart", load)
        self.watcher = Watcher(path, self.used.append, self.metrics, look=LOOK)

    async def write(self, text: str) -> None:
        self.path.write_text(text)
        await asyncio.sleep(LOOK * 4)


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine):  # type: ignore[no-untyped-def]
    found = Folder(tmp_path, monkeypatch, engine)
    task = asyncio.create_task(found.watcher.run())
    await asyncio.sleep(LOOK)
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_edit_is_taken_over_once(folder: Folder) -> None:
    await folder.write("two!")
    await asyncio.sleep(LOOK * 3)
    assert (folder.loads, len(folder.used)) == (["two!"], 1)


async def test_a_broken_edit_is_refused_with_its_line_and_the_next_good_one_taken(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    await folder.write("broken")
    assert folder.used == []
    assert "a.yaml:3:1" in caplog.text
    assert "last good version stays" in caplog.text
    await folder.write("mended")
    assert len(folder.used) == 1
    assert 'aftercare_reloads_total{result="refused"} 1.0' in folder.metrics.page().decode()


async def test_a_bug_while_loading_is_survived(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    await folder.write("bug")
    await folder.write("fine")
    assert len(folder.used) == 1
    assert "secret" not in caplog.text


async def test_a_file_that_is_still_being_written_is_waited_for(folder: Folder) -> None:
    for size in range(8):
        folder.path.write_text("b" * (size + 10))
        await asyncio.sleep(LOOK * 0.7)
    assert folder.loads == []
    await asyncio.sleep(LOOK * 4)
    assert folder.loads == ["b" * 17]


def test_a_file_more_or_fewer_is_a_change(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    before = signature(tmp_path)
    (tmp_path / "deep" / "b.yaml").write_text("x")
    assert signature(tmp_path) != before
    shutil.rmtree(tmp_path / "deep")
    assert signature(tmp_path) == before == ()
