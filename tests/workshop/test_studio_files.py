"""What the studio opens and writes: knowledge files, and nothing else on this machine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.content.yamlfile import MAX_BYTES
from bot.workshop.studio.files import ConflictError, Files, NoFileError

PATH = "symptoms/general/fever.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder with one file, and things beside it that are none of its business."""
    folder = tmp_path / "knowledge"
    (folder / "symptoms/general").mkdir(parents=True)
    (folder / PATH).write_text("id: fever\n", "utf-8")
    (folder / "README.md").write_text("read me\n", "utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden/x.yaml").write_text("a: b\n", "utf-8")
    (tmp_path / "secret.yaml").write_text("token: 1\n", "utf-8")
    (tmp_path / "knowledge2").mkdir()
    (tmp_path / "knowledge2/x.yaml").write_text("a: b\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    "path",
    [
        "../secret.yaml", "symptoms/../../secret.yaml", "/etc/hosts.yaml", "README.md", "",
        "symptoms/general/../general/fever.yaml", "./symptoms/general/fever.yaml",
        "symptoms//general/fever.yaml", "symptoms\\general\\fever.yaml", "../knowledge2/x.yaml",
        ".hidden/x.yaml", "symptoms/general", "symptoms/general/none.yaml", "fever.yaml\0.yaml",
        "symptoms/general/fever.yaml/", "schema.yaml/x.yaml", "SYMPTOMS/general/fever.yaml",
    ],
)  # fmt: skip
def test_other_paths_are_refused(folder: Path, path: str) -> None:
    files = Files(folder)
    with pytest.raises(NoFileError):
        files.read(path)
    with pytest.raises(NoFileError):
        files.save(path, "x", "")


def test_an_absolute_path_is_refused(folder: Path) -> None:
    with pytest.raises(NoFileError):
        Files(folder).read(str(folder / PATH))


def test_links_are_refused_wherever_they_lead(folder: Path) -> None:
    (folder / "symptoms/out.yaml").symlink_to(folder.parent / "secret.yaml")
    (folder / "symptoms/in.yaml").symlink_to(folder / PATH)
    (folder / "away").symlink_to(folder.parent / "knowledge2")
    files = Files(folder)
    for path in ("symptoms/out.yaml", "symptoms/in.yaml", "away/x.yaml"):
        with pytest.raises(NoFileError, match="link"):
            files.read(path)
        with pytest.raises(NoFileError, match="link"):
            files.save(path, "x", "")
    assert (folder.parent / "secret.yaml").read_text("utf-8") == "token: 1\n"
    assert "symptoms/out.yaml" not in files.tree()


def test_the_folder_itself_may_be_reached_by_a_link(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert Files(link).read(PATH).text == "id: fever\n"


def test_saving_writes_the_text_and_keeps_the_rights(folder: Path) -> None:
    files = Files(folder)
    (folder / PATH).chmod(0o640)
    before = files.read(PATH)
    after = files.save(PATH, "id: fever\r\nname: über\n", before.mark)
    assert (folder / PATH).read_bytes() == "id: fever\nname: über\n".encode()
    assert after.mark == files.read(PATH).mark != before.mark
    assert stat.S_IMODE((folder / PATH).stat().st_mode) == 0o640
    assert [file.name for file in (folder / PATH).parent.iterdir()] == ["fever.yaml"]


def test_a_file_changed_meanwhile_is_not_overwritten(folder: Path) -> None:
    files = Files(folder)
    opened = files.read(PATH)
    (folder / PATH).write_text("id: fever\n# by somebody else\n", "utf-8")
    with pytest.raises(ConflictError) as conflict:
        files.save(PATH, "id: fever\n# mine\n", opened.mark)
    assert conflict.value.now.text.endswith("somebody else\n")
    assert (folder / PATH).read_text("utf-8").endswith("somebody else\n")
    files.save(PATH, "id: fever\n# mine\n", conflict.value.now.mark)
    assert (folder / PATH).read_text("utf-8").endswith("# mine\n")


def test_a_failed_save_leaves_the_old_file_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files(folder)
    opened = files.read(PATH)

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bot.workshop.studio.files.os.fsync", fails)
    with pytest.raises(OSError, match="disk full"):
        files.save(PATH, "half", opened.mark)
    assert [file.name for file in (folder / PATH).parent.iterdir()] == ["fever.yaml"]
    assert files.read(PATH) == opened


def test_too_large_or_no_text_is_refused(folder: Path) -> None:
    files = Files(folder)
    with pytest.raises(NoFileError, match="2 MB"):
        files.save(PATH, "x" * (MAX_BYTES + 1), files.read(PATH).mark)
    (folder / PATH).write_bytes(b"\xff\xfe")
    with pytest.raises(NoFileError, match="UTF-8"):
        files.read(PATH)
