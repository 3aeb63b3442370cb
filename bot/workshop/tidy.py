"""Puts knowledge files into order: ``aftercare check --fix``. Comments stay, meaning never changes.

Order is: UTF-8 without a mark, line ends of one character, no spaces at the end of a line, two
spaces of indentation, the line that points editors at the schema, ids sorted in the files that list
them. What is written is read back first: if it did not mean the same, the file is left alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.content.load import FOLDERS, SINGLE_FILES
from bot.content.schema import SCHEMAS
from bot.content.yamlfile import Scalar, parse_bytes

SORTED = {"sources.yaml": "sources", "emergency_numbers.yaml": "countries"}
"""Files that list entries by id, and the field that holds them."""
_POINTER = "# yaml-language-server: $schema="
_REMARK = re.compile(r"(?m)(?:^|\s)(#.*)$")
_KNOWN = "tidy.json"


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was done to the files of a folder."""

    changed: tuple[Path, ...]
    left: tuple[Path, ...]
    """Files with faults that hinder reading: they are as they were."""


def tidy_folder(folder: Path, cache: Path | None = None) -> Tidied:
    """Put all files of a knowledge folder into order.

    Files that were found to be in order are remembered in ``cache`` by their content: reading one
    with its comments takes forty times as long as reading it for its values.
    """
    memory = _Memory(cache)
    changed, left = [], []
    for file in sorted(folder.rglob("*.yaml")):
        raw = file.read_bytes()
        place = file.relative_to(folder).as_posix()
        if memory.knows(place, raw):
            continue
        text = tidy(raw, place)
        if text is None:
            left.append(file)
            continue
        if text != raw:
            file.write_bytes(text)
            changed.append(file)
        memory.add(place, text)
    memory.keep()
    return Tidied(tuple(changed), tuple(left))


def tidy(raw: bytes, place: str = "") -> bytes | None:
    """The file in order, or None if it cannot be read.

    ``place`` is its path in the knowledge folder; it decides about the schema and the sorting.
    """
    document, _ = parse_bytes(raw, place)
    if document is None:
        return None
    text = raw.decode("utf-8")
    best = _plain(text)
    if not _same(text, best):
        return raw
    for step in (_even, lambda text: _with_schema(text, place), lambda text: _sort(text, place)):
        after = step(best)
        if after != best and _same(best, after):
            best = after
    return best.encode()


def _plain(text: str) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip(" \t") for line in text.split("\n")).strip("\n") + "\n"


def _even(text: str) -> str:
    """With even indentation; as it was if the writer cannot read it."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    try:
        yaml.dump(yaml.load(text), out)
    except (YAMLError, ValueError, TypeError, AttributeError, RecursionError, AssertionError):
        return text
    return _plain(out.getvalue())


def _with_schema(text: str, place: str) -> str:
    """With the first line that points editors at the schema."""
    kind = kind_of(place)
    if kind is None or text.startswith(_POINTER):
        return text
    return f"{_POINTER}{'../' * place.count('/')}schema/{kind}.schema.json\n{text}"


def kind_of(place: str) -> str | None:
    """The kind of a knowledge file by its path in the folder: a name in ``SCHEMAS``."""
    model = SINGLE_FILES.get(place) or FOLDERS.get(place.partition("/")[0])
    return next((kind for kind, found in SCHEMAS.items() if found is model), None)


def _sort(text: str, place: str) -> str:
    """With the entries sorted by id. Remarks right above an entry go with it."""
    field = SORTED.get(place)
    document, _ = parse_bytes(text.encode(), place)
    if field is None or document is None or not isinstance(document.value.get(field), Mapping):
        return text
    lines = text.split("\n")
    starts = {
        key: _with_remarks(lines, document.places[(field, key)][0] - 1)
        for key in document.value[field]
    }
    tops = [line for loc, (line, _) in document.places.items() if len(loc) == 1]
    first = document.places[(field,)][0]
    after = min((_with_remarks(lines, n - 1) for n in tops if n > first), default=len(lines) - 1)
    bounds = [*sorted(starts.values()), after]
    blocks = dict(pairwise(bounds))
    ordered = [lines[starts[key] : blocks[starts[key]]] for key in sorted(starts)]
    return "\n".join(
        [*lines[: bounds[0]], *(x for block in ordered for x in block), *lines[after:]]
    )


def _with_remarks(lines: list[str], start: int) -> int:
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _same(before: str, after: str) -> bool:
    """Whether both mean the same and hold the same remarks."""
    first, _ = parse_bytes(before.encode(), "")
    second, _ = parse_bytes(after.encode(), "")
    if first is None or second is None:
        return False
    return _meaning(first.value) == _meaning(second.value) and _remarks(before) == _remarks(after)


def _meaning(value: Any) -> Any:
    if isinstance(value, Scalar):
        return str(value), value.looks_typed
    if isinstance(value, Mapping):
        return {str(key): _meaning(item) for key, item in value.items()}
    return [_meaning(item) for item in value] if isinstance(value, list) else value


def _remarks(text: str) -> list[str]:
    found = (match.group(1).rstrip() for match in _REMARK.finditer(text))
    return sorted(remark for remark in found if not remark.startswith(_POINTER))


class _Memory:
    """Digests of files that are in order, kept in this user's cache."""

    def __init__(self, cache: Path | None) -> None:
        self._file = cache / _KNOWN if cache else None
        self._own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
        self._known: set[str] = set()
        self._seen: set[str] = set()
        if self._file and self._file.is_file():
            try:
                self._known = set(json.loads(self._file.read_text("utf-8")))
            except (ValueError, OSError, TypeError):
                self._known = set()

    def knows(self, place: str, raw: bytes) -> bool:
        key = self._key(place, raw)
        if key in self._known:
            self._seen.add(key)
            return True
        return False

    def add(self, place: str, raw: bytes) -> None:
        self._seen.add(self._key(place, raw))

    def keep(self) -> None:
        if self._file is None or self._seen == self._known:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file.write_text(json.dumps(sorted(self._seen)), "utf-8")
        except OSError:
            return

    def _key(self, place: str, raw: bytes) -> str:
        text = f"{self._own} {place} ".encode() + raw
        return hashlib.blake2b(text, digest_size=12).hexdigest()
