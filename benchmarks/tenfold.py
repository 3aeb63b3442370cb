"""``aftercare check`` over knowledge ten times the size: ``python -m benchmarks.tenfold``.

Every entry, source and word class stands there ten times, with names and phrases of its own, so
that the references, the phrases and the files are ten times as many. Prints the times of three
runs of the command over the shipped knowledge and over the large one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from copy import deepcopy
from pathlib import Path
from shutil import copytree
from subprocess import run
from typing import Any

import yaml

from bot.config import shipped_knowledge

ENTRIES = ("symptoms", "treatments", "red_flags", "views")
LISTED = {"sources.yaml": "sources", "language/classes.yaml": "classes"}
PHRASES = ("phrases", "denials", "never")


def enlarge(source: Path, target: Path, times: int) -> Path:
    """A knowledge folder with everything ``times`` times; it checks if ``source`` does."""
    copytree(source, target)
    for name, field in LISTED.items():
        content = _load(target / name)
        content[field] = {
            key if copy == 0 else f"{key}_{copy}": value
            for copy in range(times)
            for key, value in deepcopy(content[field]).items()
        }
        _dump(target / name, content)
    for kind in ENTRIES:
        for file in sorted((source / kind).rglob("*.yaml")):
            for copy in range(1, times):
                entry = _load(file)
                entry["id"] = f"{entry['id']}_{copy}"
                for part in PHRASES:
                    if part in entry:
                        entry[part] = [f"{phrase} copy{copy}" for phrase in entry[part]]
                place = target / file.relative_to(source)
                _dump(place.with_stem(f"{file.stem}_{copy}"), entry)
    return target


def _load(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)


def _dump(file: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True,
                     width=1_000_000)  # fmt: skip
    file.write_text(text, "utf-8")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        large = enlarge(shipped_knowledge(), Path(folder) / "knowledge", times)
        for name, knowledge in (("shipped", shipped_knowledge()), (f"{times} times", large)):
            files = list(knowledge.rglob("*.yaml"))
            size = sum(file.stat().st_size for file in files)
            print(f"{name}: {len(files)} files, {size / 1e6:.1f} MB")
            for _ in range(3):
                start = time.perf_counter()
                done = run(
                    [sys.executable, "-m", "bot", "--knowledge", str(knowledge), "check"],
                    check=True, capture_output=True, text=True,
                )  # fmt: skip
                print(f"  {time.perf_counter() - start:.2f} s  {done.stdout.strip()}")


if __name__ == "__main__":
    main()
