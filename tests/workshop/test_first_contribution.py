"""The path of CONTRIBUTING.md, walked by somebody who is here for the first time.

New symptom, three typical mistakes, put right, what it changes, and a commit that the hook lets
through; then an edit that makes an answer less urgent, which needs a reason.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

from tests.conftest import ROOT

PLACE = "symptoms/skin/dry_lips.yaml"
FILE = f"knowledge/{PLACE}"
CASES = f"tests/cases/{PLACE}"
ANSWERS = (
    "dry_lips", "--name", "dry lips", "--area", "skin", "--level", "contact_clinic",
    "--phrase", "dry {lips}", "--phrase", "{lips} .. (cracked|dry)", "--source", "labels_policy",
    "--hit", "my lips are so dry since the lip filler", "--hit", "dry lips, filler yesterday",
    "--hit", "lip filler, now my lips went all cracked", "--near-miss", "dry shampoo",
)  # fmt: skip
MISTAKES = {
    "level: contact_clinic": "level: contact clinic",
    "status: draft": "status: ready",
    'name: "dry lips"': 'name: "dry lips"\nlevle: info',
}
"""A level in one's own words, a life cycle of one's own, a field that is mistyped."""


class Desk:
    """A contributor's copy of the project, with a small knowledge, in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "AFTERCARE_KNOWLEDGE": str(folder / "knowledge"),
            "PRE_COMMIT_HOME": str(folder / ".pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Nurse", "GIT_AUTHOR_EMAIL": "nurse@example.org",
            "GIT_COMMITTER_NAME": "Nurse", "GIT_COMMITTER_EMAIL": "nurse@example.org",
            "COLUMNS": "200",
        }  # fmt: skip

    def types(self, *words: str) -> CompletedProcess[str]:
        return run(
            words, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )

    def aftercare(self, *words: str) -> CompletedProcess[str]:
        return self.types(sys.executable, "-m", "bot", *words)

    def git(self, *words: str) -> CompletedProcess[str]:
        return self.types("git", *words)

    def commits(self, message: str) -> CompletedProcess[str]:
        self.git("add", "knowledge", "tests")
        return self.git("commit", "-q", "-m", message)

    def edits(self, old: str, new: str) -> None:
        path = self.folder / FILE
        text = path.read_text("utf-8")
        assert old in text, text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def desk(small_knowledge: Path) -> Desk:
    folder = small_knowledge.parent
    shutil.copy(ROOT / ".pre-commit-config.yaml", folder)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "bot").symlink_to(ROOT / "bot")
    (folder / ".gitignore").write_text(".venv\nbot\n.pre-commit\n", "utf-8")
    found = Desk(folder)
    for step in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "As it was"]):
        assert found.git(*step).returncode == 0
    assert found.types(sys.executable, "-m", "pre_commit", "install").returncode == 0
    return found


def test_from_a_new_symptom_to_a_commit(desk: Desk) -> None:
    began = desk.aftercare("new", "symptom", *ANSWERS, "--yes")
    assert began.returncode == 0, began.stdout + began.stderr
    assert (desk.folder / CASES).is_file()

    for right, wrong in MISTAKES.items():
        desk.edits(right, wrong)
    checked = desk.aftercare("check", "--fix")
    assert checked.returncode == 1
    faults = [line for line in checked.stdout.splitlines() if f"{PLACE}:" in line]
    assert len(faults) == 3, checked.stdout
    assert all("error" in fault and ";" in fault for fault in faults), "each with its remedy"
    assert any("contact_clinic" in fault for fault in faults)
    assert any("level" in fault and "levle" in fault for fault in faults)
    assert any("status" in fault and "draft" in fault for fault in faults)

    refused = desk.commits("Dry lips")
    assert refused.returncode != 0, "the hook keeps a fault out"
    assert "levle" in refused.stdout + refused.stderr

    for right, wrong in MISTAKES.items():
        desk.edits(wrong, right)
    assert desk.aftercare("check", "--fix").returncode == 0

    read = desk.aftercare("explain", "--json", "my lips are so dry since the lip filler")
    assert "dry_lips" in read.stdout, "what the new words do"

    changed = desk.aftercare("diff", "--json")
    assert changed.returncode == 0, changed.stderr
    told = json.loads(changed.stdout)
    assert "my lips are so dry since the lip filler" in json.dumps(told)
    assert desk.aftercare("diff", "--gate").returncode == 0, "nothing becomes less urgent"

    done = desk.commits("Dry lips have an entry")
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.git("log", "-1", "--format=%s").stdout.strip() == "Dry lips have an entry"
    assert desk.git("status", "--short").stdout == ""


def test_a_less_urgent_answer_needs_a_reason(desk: Desk) -> None:
    desk.aftercare("new", "symptom", *ANSWERS, "--yes")
    assert desk.commits("Dry lips have an entry").returncode == 0
    desk.edits("level: contact_clinic", "level: self_care")
    assert desk.aftercare("check").returncode == 0, "well-formed, and yet"
    assert desk.commits("Dry lips are harmless").returncode == 0
    refused = desk.aftercare("diff", "HEAD^..HEAD", "--gate")
    assert refused.returncode == 1
    assert "refused" in refused.stdout + refused.stderr
    reason = "safety: dry lips alone only; pain, pallor and swelling keep their own levels"
    desk.git("commit", "-q", "--amend", "-m", f"Dry lips are harmless\n\n{reason}")
    assert desk.aftercare("diff", "HEAD^..HEAD", "--gate").returncode == 0
