"""The fragments of the changelog: of a known kind, short, and towncrier builds them offline."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import __version__
from tests.conftest import ROOT

FOLDER = ROOT / "changes"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in SETTINGS["type"]]
FRAGMENTS = sorted(set(FOLDER.iterdir()) - {FOLDER / name for name in SETTINGS["ignore"]})


@pytest.mark.parametrize("file", FRAGMENTS, ids=lambda file: file.name)
def test_a_fragment_is_named_and_written_as_the_readme_says(file: Path) -> None:
    assert re.fullmatch(rf"\+[a-z0-9-]+\.({'|'.join(KINDS)})\.md", file.name)
    text = file.read_text("utf-8")
    assert 20 <= len(text.strip()) <= 400
    assert "\n" not in text.strip(), "one paragraph"
    assert not text.startswith(("#", "-", "*"))
    assert text.strip().endswith((".", ".)"))
    assert "—" not in text


def test_the_readme_names_the_kinds() -> None:
    told = re.findall(r"(?m)^\| `([a-z]+)` \|", (FOLDER / "README.md").read_text("utf-8"))
    assert told == KINDS


def test_towncrier_builds_them() -> None:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "99.0"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("## 99.0 (")
    for file in FRAGMENTS:
        assert file.read_text("utf-8").strip() in result.stdout


def test_the_changelog_holds_this_version_at_the_top() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert SETTINGS["start_string"].strip() in text
    versions = re.findall(r"(?m)^## (\S+) \(\d{4}-\d\d-\d\d\)$", text)
    assert versions[0] == __version__
