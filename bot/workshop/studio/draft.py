"""The process that tries an edit: it checks and compiles the knowledge with one file replaced.

One process for one edit: a newer edit ends it, which nothing else could do to a compile under way.
It speaks JSON, a line each: it is given the edit, and says ``checked`` with the faults and
``ready`` or nothing more; then it answers what is asked.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.content.load import check
from bot.conversation.engine import Engine
from bot.workshop.studio.verdict import answer, verdict


def main(folder: Path) -> None:
    """Warm up, take one edit, answer until the other side is gone."""
    if hasattr(os, "nice"):
        os.nice(5)
    check(folder)  # what it has read once, it reads faster the second time
    edit = _next()
    if edit is None:
        return
    copy = Path(edit["scratch"]) / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("schema", ".*"))
    (copy / edit["path"]).write_text(edit["text"], "utf-8")
    knowledge, faults = check(copy)
    _say(state="checked", ok=knowledge is not None, faults=[asdict(fault) for fault in faults])
    if knowledge is None:
        return
    engine = Engine(knowledge)
    _say(state="ready", version=knowledge.version)
    while (asked := _next()) is not None:
        _say(
            verdicts=[verdict(engine, text) for text in asked["cases"]],
            answers=[answer(engine, text, copy) for text in asked["messages"]],
        )


def _next() -> Any:
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
