"""Versions of the knowledge out of git: the files of a revision, and what was said of the edits."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

SAID = ("tests/cases", "tests/pairs.yaml", "tests/messages")
"""Beside the knowledge: where messages and what is claimed of them stand."""
WORKING_TREE = "the working tree"


class VersionError(ValueError):
    """A version that cannot be had: what is wrong; what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the knowledge, as files."""

    name: str
    """As a person writes it, with the short hash: ``HEAD (0bb9398)``."""
    knowledge: Path
    """The knowledge folder of this version."""
    commit: str | None
    """Hash of the commit; None: the files as they lie in the working tree."""

    @property
    def root(self) -> Path:
        """The folder that holds ``knowledge/`` and ``tests/``."""
        return self.knowledge.parent


@contextmanager
def two_versions(folder: Path, before: str, after: str | None) -> Iterator[tuple[Version, Version]]:
    """Two versions of a knowledge folder; ``after`` None is the folder as it lies there.

    Raises:
        VersionError: no git, no repository, no such revision, no knowledge in it.
    """
    folder = folder.resolve()
    with TemporaryDirectory(prefix="aftercare-") as spare:
        old = _taken_out(folder, before, Path(spare) / "before")
        if after is None:
            new = Version(WORKING_TREE, folder, None)
        else:
            new = _taken_out(folder, after, Path(spare) / "after")
        yield old, new


def revisions(folder: Path, written: str, to: str | None) -> tuple[str, str | None]:
    """The two ends of ``REV``, ``REV..REV2`` or ``REV...REV2``; None is the working tree.

    An end that is left out is HEAD, three dots mean the last common commit, as in git.

    Raises:
        VersionError: both a range and ``to`` are given; or there is no common commit.
    """
    before, dots, after = written.partition("...")
    if not dots:
        before, dots, after = written.partition("..")
    if not dots:
        return before, to
    if to is not None:
        raise VersionError(f"'{written}' names both ends already; leave --to away")
    before, after = before or "HEAD", after or "HEAD"
    if dots == "...":
        for name in (before, after):
            _commit(folder, name)
        before = _git(folder, "merge-base", "--", before, after).strip()
    return before, after


def commit_messages(folder: Path, before: str, after: str | None) -> list[str]:
    """The whole messages of the commits that lead from one version to the other."""
    first, last = _commit(folder, before), _commit(folder, after or "HEAD")
    out = _git(folder, "log", "--format=%B%x00", f"{first}..{last}")
    return [text.strip() for text in out.split("\0") if text.strip()]


def _taken_out(folder: Path, revision: str, target: Path) -> Version:
    commit = _commit(folder, revision)
    short = _git(folder, "rev-parse", "--short", commit).strip()
    name = short if commit.startswith(revision) else f"{revision} ({short})"
    inside = _git(folder, "rev-parse", "--show-prefix").strip().rstrip("/")
    if not inside:  # the knowledge is the repository; nothing stands beside it
        _unpack(_run(folder, "archive", "--format=tar", commit), target / folder.name)
        return Version(name, target / folder.name, commit)
    top = Path(_git(folder, "rev-parse", "--show-toplevel").strip())
    root = PurePosixPath(inside).parent
    wanted = [inside, *(str(root / path) for path in SAID)]
    there = _git(top, "ls-tree", "--name-only", "-z", commit, "--", *wanted).split("\0")
    if inside not in there:
        raise VersionError(f"there is no {inside}/ in {name}; name a revision that has one")
    paths = [path for path in wanted if path in there]
    _unpack(_run(top, "archive", "--format=tar", commit, "--", *paths), target)
    return Version(name, target / inside, commit)


def _unpack(archive: bytes, target: Path) -> None:
    """Plain files only: a link or a path that leads out of the folder is left away."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            inside = PurePosixPath(member.name)
            content = tar.extractfile(member) if member.isfile() else None
            if content is None or inside.is_absolute() or ".." in inside.parts:
                continue
            path = target / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())


def _commit(folder: Path, revision: str) -> str:
    try:
        out = _git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
    except VersionError as error:
        if error.__cause__ is None:  # no git, or no repository
            raise
        shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == "true"
        remedy = (
            "this clone is shallow: fetch the rest with 'git fetch --unshallow'"
            if shallow
            else "'git log --oneline' lists what there is"
        )
        raise VersionError(f"git knows no revision '{revision}'; {remedy}") from None
    return out.strip()


def _git(folder: Path, *arguments: str) -> str:
    return _run(folder, *arguments).decode("utf-8", "replace")


def _run(folder: Path, *arguments: str) -> bytes:
    # A hook of git sets these for its own repository, relative to another folder.
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env["LC_ALL"] = "C"
    try:
        done = subprocess.run(  # noqa: S603 - arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the git of this user
            capture_output=True,
            check=True,
            env=env,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise VersionError("git is not installed; install it to compare versions") from None
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.decode("utf-8", "replace").strip()
        if "not a git repository" in said:
            raise VersionError(
                f"{folder} is in no git repository; run it in a clone of the project"
            ) from None
        raise VersionError(
            f"git {arguments[0]} failed: {said.removeprefix('fatal: ') or 'no reason given'}; "
            "correct that and try again"
        ) from failed
    return done.stdout
