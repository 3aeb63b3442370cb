"""Every message that stands in the tests or in the knowledge, with what is claimed of it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.content.levels import Level
from bot.content.yamlfile import parse_file
from bot.quality.evaluation import LabelError, read_labels

Subject = Literal["red_flags", "symptoms", "denied", "treatments", "topics"]
ABOVE_CONTACT = frozenset((Level.URGENT, Level.EMERGENCY))
ANY = frozenset(Level)
PARTS = ("hits", "denied", "near_misses")


@dataclass(frozen=True, slots=True)
class Claim:
    """What one place says of a message."""

    place: str
    """File and line, or file and id."""
    accept: frozenset[Level] | None = None
    """Levels that are right; None: it says nothing of the level."""
    subject: Subject | None = None
    """What else it speaks of: ``id`` must be read (or, if not ``holds``, must not)."""
    id: str = ""
    holds: bool = True


Said = dict[str, tuple[Claim, ...]]
"""The claims by the text of the message, so that a moved case stays the same message."""


def gather(knowledge: Path, files: Iterable[Path] = ()) -> Said:
    """The messages beside a knowledge folder, in its red flags, and in more labelled files.

    Raises:
        LabelError: a file that cannot be used.
    """
    root = knowledge.parent
    found: dict[str, list[Claim]] = {}
    sources = (_cases(root), _pairs(root), _labelled(root), _near_misses(knowledge), _own(files))
    for source in sources:
        for text, claim in source:
            found.setdefault(text, []).append(claim)
    return {text: tuple(claims) for text, claims in found.items()}


def _cases(root: Path) -> Iterator[tuple[str, Claim]]:
    for kind in ("red_flags", "symptoms", "treatments", "views"):
        for file in sorted((root / "tests" / "cases" / kind).rglob("*.yaml")):
            shown = file.relative_to(root).as_posix()
            content, line_of = _document(file, shown)
            for part in PARTS:
                for number, case in enumerate(content.get(part) or ()):
                    line = line_of((part, number))
                    place = f"{shown}:{line}"
                    if not isinstance(case, dict) or not isinstance(case.get("text"), str):
                        raise LabelError(f'{place}: no case; write - text: "..."')
                    yield str(case["text"]), _claim(kind, part, file, case, place)


def _claim(kind: str, part: str, file: Path, case: dict[str, Any], place: str) -> Claim:
    """What ``tests/test_cases.py`` holds a case to."""
    level = case.get("level")
    if level is not None and level not in set(Level):
        raise LabelError(f"{place}: '{level}' is no level; write one of {', '.join(Level)}")
    hit = part == "hits"
    accept: frozenset[Level] | None = None
    if kind == "red_flags" and hit:
        least = Level(level or Level.CONTACT_CLINIC)
        accept = frozenset(one for one in Level if one.rank >= least.rank)
    elif level is not None:
        accept = frozenset((Level(level),))
    elif not hit:
        accept = ANY - {Level.EMERGENCY}
    name = f"{file.parent.name}.{file.stem}" if kind == "views" else file.stem
    subject: Subject
    if part == "denied":
        subject = "denied"
    elif kind == "views":
        subject = "topics"
    else:
        subject = kind  # type: ignore[assignment]  # one of the three others
    return Claim(place, accept, subject, name, holds=part != "near_misses")


def _pairs(root: Path) -> Iterator[tuple[str, Claim]]:
    file = root / "tests" / "pairs.yaml"
    if not file.is_file():
        return
    content, line_of = _document(file, "tests/pairs.yaml", list)
    for number, pair in enumerate(content):
        place = f"tests/pairs.yaml:{line_of((number,))}"
        if not isinstance(pair, dict) or {"told", "denied"} - set(pair):
            raise LabelError(f'{place}: no pair; write {{told: "...", denied: "..."}}')
        yield str(pair["told"]), Claim(place, ABOVE_CONTACT)
        yield str(pair["denied"]), Claim(place, ANY - ABOVE_CONTACT)


def _labelled(root: Path) -> Iterator[tuple[str, Claim]]:
    for file in sorted((root / "tests" / "messages").glob("*.jsonl")):
        yield from _rows(file, file.relative_to(root).as_posix())


def _own(files: Iterable[Path]) -> Iterator[tuple[str, Claim]]:
    for file in files:
        yield from _rows(file, str(file))


def _rows(file: Path, shown: str) -> Iterator[tuple[str, Claim]]:
    for number, row in enumerate(read_labels(file, shown), 1):
        accept = frozenset(map(Level, row.get("accept") or [row["level"]]))
        yield row["text"], Claim(f"{shown} {row.get('id', number)}", accept)


def _near_misses(knowledge: Path) -> Iterator[tuple[str, Claim]]:
    """Those that stand in the red flags themselves. Faults there are the knowledge's own."""
    for file in sorted((knowledge / "red_flags").rglob("*.yaml")):
        shown = file.relative_to(knowledge.parent).as_posix()
        document, _ = parse_file(file, shown)
        content = document.value if document is not None else None
        texts = content.get("near_misses") if isinstance(content, dict) else None
        for text in texts if isinstance(texts, list) else ():
            if isinstance(text, str):
                place = f"{shown}:{getattr(text, 'line', 1)}"
                yield str(text), Claim(place, None, "red_flags", file.stem, holds=False)


def _document(file: Path, shown: str, form: type = dict) -> tuple[Any, Any]:
    """The content of a YAML file of the tests, and where its items stand."""
    document, faults = parse_file(file, shown)
    if faults or document is None:
        raise LabelError("\n".join(map(str, faults)) or f"{shown}:1: the file is empty")
    if not isinstance(document.value, form):
        raise LabelError(f"{shown}:1: not what belongs here; look at a file beside it")
    return document.value, lambda loc: document.place(loc)[0]
