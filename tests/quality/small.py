"""A small knowledge with its cases in a git repository of its own, which a test may edit."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from subprocess import run

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.understanding import vocabulary
from tests.conftest import ROOT

LIFE = "status: live\nreviewed_by: none\nreviewed_on: none\nreview_due: 2099-11-24\n"
SHIPPED = (
    "wording/en.yaml", "sources.yaml", "emergency_numbers.yaml", "language/classes.yaml",
    "language/context.yaml", "language/qualities.yaml", "language/time.yaml",
    "language/spelling.yaml", "language/idioms.yaml", "language/requests.yaml",
)  # fmt: skip

FILES = {
    "knowledge/language/other_languages.yaml": "languages: {}\n",
    "knowledge/symptoms/general/headache.yaml": (
        "id: headache\nname: a headache\nlevel: self_care\nsources: [judgement]\n"
        'phrases:\n  - headache\n  - "head .. hurts"\n' + LIFE
    ),
    "knowledge/symptoms/skin/blanching.yaml": (
        "id: blanching\nname: skin that has turned white\nlevel: self_care\nsources: [judgement]\n"
        "phrases:\n  - lip is white\n  - lips are white\n" + LIFE
    ),
    "knowledge/treatments/filler.yaml": (
        "id: filler\nname: filler\ngroups: [injected]\nphrases: [filler, lip filler]\n" + LIFE
    ),
    "knowledge/red_flags/occlusion.yaml": (
        "id: occlusion\ntitle: Signs that the skin may be losing its blood supply\n"
        "level: emergency\ntreatments: [injected]\nsigns:\n  - skin that turns white\n"
        "when:\n  - any_of: [blanching]\nwindow: From minutes on.\ncall_first: injector\n"
        "action:\n  - Phone the injector now.\nnear_misses:\n  - white teeth after filler\n"
        "sources: [judgement]\n" + LIFE
    ),
    "knowledge/red_flags/pain.yaml": (
        "id: pain\ntitle: A headache after filler\nlevel: contact_clinic\ntreatments: [injected]\n"
        "signs:\n  - a headache\nwhen:\n  - any_of: [headache]\nwindow: Any day.\n"
        "call_first: clinic\naction:\n  - Tell the clinic.\nnear_misses:\n  - no headache\n"
        "sources: [judgement]\n" + LIFE
    ),
    "knowledge/views/filler/headache.yaml": (
        "id: headache\ntitle: Headache after filler\ntreatments: [filler]\nsymptoms: [headache]\n"
        "views:\n"
        "  - expert: Ada Example, MD\n    credential: Dermatologist\n    place: none\n"
        "    stance: expected\n    says: Calls it usual.\n    page: https://example.org/one\n"
        "  - expert: none\n    credential: Nurse\n    place: Oslo\n    stance: be_examined\n"
        "    says: Would look at <it>.\n    page: https://example.org/two\n"
        "dispute:\n  text: They differ.\n  cautious: have it looked at.\n  sources: [judgement]\n"
        + LIFE
    ),
    "tests/cases/red_flags/occlusion.yaml": (
        "hits:\n  - text: lip filler today and my lip is white\n    level: emergency\n"
        "  - text: filler an hour ago, my lips are white\n    level: emergency\n"
        "near_misses:\n  - text: filler today, all is well\n"
    ),
    "tests/cases/symptoms/general/headache.yaml": (
        "hits:\n  - text: I have a headache\n  - text: my head really hurts\n"
        "denied:\n  - text: no headache today\n"
    ),
    "tests/cases/views/filler/headache.yaml": "hits:\n  - text: headache after lip filler\n",
    "tests/pairs.yaml": (
        '- {told: "filler today, lip is white", denied: "filler today, lip is not white"}\n'
    ),
    "tests/messages/seen.jsonl": (
        '{"id": "m-1", "text": "head hurts since the filler", "level": "contact_clinic",'
        ' "accept": ["contact_clinic", "urgent"], "kind": "filler"}\n'
        '{"id": "m-2", "text": "lovely <filler>, thanks", "level": "urgent",'
        ' "accept": ["urgent"], "kind": "filler"}\n'
    ),
}  # fmt: skip


@cache
def _few_words() -> dict[str, int]:
    counts = sorted(vocabulary.common_words().items(), key=lambda item: -item[1])
    return dict(counts[:3000])


def know_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the 3,000 most usual words of English a small knowledge is compiled in a moment."""
    few = _few_words()
    monkeypatch.setattr(vocabulary, "common_words", lambda: few)


class Small:
    """The repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in SHIPPED:
            (root / "knowledge" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "knowledge" / name, root / "knowledge" / name)
        for name, content in FILES.items():
            self.write(name, content)

    @property
    def knowledge(self) -> Path:
        return self.root / "knowledge"

    def write(self, name: str, content: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(content, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        content = (self.root / name).read_text("utf-8")
        assert old in content
        self.write(name, content.replace(old, new))

    def git(self, *arguments: str) -> str:
        if shutil.which("git") is None:
            pytest.skip("no git: install it")
        # Nothing of this user's or this machine's settings, as no name, no signature, no hook.
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Nurse", "GIT_AUTHOR_EMAIL": "nurse@example.org",
            "GIT_COMMITTER_NAME": "Nurse", "GIT_COMMITTER_EMAIL": "nurse@example.org",
        }  # fmt: skip
        done = run(
            ["git", "-C", str(self.root), *arguments],
            capture_output=True, text=True, check=True, env=env,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, message: str = "An edit") -> str:
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def call(self, *arguments: str) -> Result:
        """A command of Aftercare over this knowledge, with the compiled versions of all small ones
        apart from that of the shipped knowledge."""
        cache = Path(os.environ["XDG_CACHE_HOME"]).with_name("small")
        return CliRunner(env={"XDG_CACHE_HOME": str(cache)}).invoke(
            main, ["--knowledge", str(self.knowledge), *arguments]
        )
