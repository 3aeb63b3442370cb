"""The hooks of ``.pre-commit-config.yaml``, run by pre-commit itself in a small repository."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

from tests.conftest import ROOT

SYMPTOM = "knowledge/symptoms/general/headache.yaml"


@pytest.fixture
def repository(small_knowledge: Path) -> Path:
    folder = small_knowledge.parent
    shutil.copy(ROOT / ".pre-commit-config.yaml", folder)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "bot").symlink_to(ROOT / "bot")
    (folder / ".gitignore").write_text(".venv\nbot\n", "utf-8")
    for step in (["init", "-q"], ["add", "."]):
        run(["git", *step], cwd=folder, check=True)
    assert hook(folder).returncode == 0
    return folder


def hook(folder: Path) -> CompletedProcess[str]:
    return run(
        [sys.executable, "-m", "pre_commit", "run", "knowledge"], cwd=folder, check=False,
        capture_output=True, text=True,
        env={**os.environ, "AFTERCARE_KNOWLEDGE": str(folder / "knowledge"),
             "PRE_COMMIT_HOME": str(folder / ".pre-commit")},
    )  # fmt: skip


def test_a_fault_stops_the_commit_and_disorder_is_undone(repository: Path) -> None:
    file = repository / SYMPTOM
    orderly = file.read_text("utf-8")
    file.write_text(orderly.replace("level: self_care", "level: selfcare  "), "utf-8")
    run(["git", "add", SYMPTOM], cwd=repository, check=True)
    refused = hook(repository)
    assert refused.returncode == 1
    assert f"{SYMPTOM}:5:1: error: 'level' cannot be 'selfcare'; did you mean" in refused.stdout
    file.write_text(orderly + "\n\n", "utf-8")
    run(["git", "add", SYMPTOM], cwd=repository, check=True)
    assert "put into order" in hook(repository).stdout
    assert file.read_text("utf-8") == orderly
    run(["git", "add", SYMPTOM], cwd=repository, check=True)
    assert hook(repository).returncode == 0
