"""Read one YAML file into plain values that know their line, or into faults.

The reader takes a safe subset of YAML: mappings with distinct keys, lists and scalars. Every
scalar stays a string (``Scalar``), so that ``no`` never turns into False and ``112`` never into a
number behind an author's back; the typed models convert by declared field. Anchors, aliases and
tags are refused, because 300 bytes of aliases can expand to gigabytes. Nesting is bounded. The
values are built from the event stream, so that a hostile file cannot exhaust the Python stack.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.content.faults import Fault

MAX_DEPTH = 12
"""Deepest nesting that any of our formats needs is 6."""

MAX_BYTES = 2_000_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NOT_TEXT = re.compile(
    r"""(?xi)
    y|yes|n|no|true|false|on|off|null|~|
    [-+]?(?:\d[\d_]*)(?:\.\d*)?(?:e[-+]?\d+)?|0x[0-9a-f]+|0o[0-7]+|
    [-+]?\d+(?::[0-5]?\d)+|
    \d{4}-\d\d?-\d\d?(?:[Tt\s].*)?|
    [-+]?\.(?:inf|nan)
    """
)


class Scalar(str):
    """A scalar of a YAML file with its place."""

    __slots__ = ("col", "line", "looks_typed", "path")
    path: str
    line: int
    col: int
    looks_typed: bool
    """Written without quotes and read as a boolean, number or date by other YAML programs."""

    @classmethod
    def at(cls, text: str, path: str, line: int, col: int, *, looks_typed: bool = False) -> Scalar:
        scalar = cls(text)
        scalar.path, scalar.line, scalar.col, scalar.looks_typed = path, line, col, looks_typed
        return scalar


Place = tuple[int, int]
Places = dict[tuple[str | int, ...], Place]


class YamlDocument:
    """A parsed file: ``value`` and the place of every node in it."""

    def __init__(self, path: str, value: Any, places: Places) -> None:
        self.path = path
        self.value = value
        self.places = places

    def place(self, loc: tuple[str | int, ...]) -> Place:
        """The place of ``loc``, or of its nearest parent that stands in the file."""
        while loc and loc not in self.places:
            loc = loc[:-1]
        return self.places.get(loc, (1, 1))


class _RefusedError(Exception):
    def __init__(self, line: int, col: int, what: str, remedy: str) -> None:
        self.fault_args = (line, col, what, remedy)
        super().__init__(what)


def parse_file(file: Path, shown: str) -> tuple[YamlDocument | None, list[Fault]]:
    """Parse ``file``; faults name it as ``shown``. A document is returned if one could be built."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        return None, [Fault(shown, 1, 1, f"the file cannot be read ({reason})", "check its rights")]
    return parse_bytes(raw, shown)


def parse_bytes(raw: bytes, shown: str) -> tuple[YamlDocument | None, list[Fault]]:
    """Parse the bytes of one file; see ``parse_file``."""
    if len(raw) > MAX_BYTES:
        return None, [Fault(shown, 1, 1, f"the file has {len(raw):,} bytes", "split it below 2 MB")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        col = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        return None, [Fault(shown, line, col, "not UTF-8", "save the file with UTF-8 encoding")]
    text = text.removeprefix("\ufeff")
    for number, content in enumerate(text.splitlines(), 1):
        indent = content[: len(content) - len(content.lstrip())]
        if "\t" in indent:
            col = indent.index("\t") + 1
            return None, [
                Fault(shown, number, col, "a tab in the indentation", "indent with two spaces")
            ]
    builder = _Builder(shown)
    try:
        value = builder.build(text)
    except _RefusedError as refused:
        return None, [*builder.faults, Fault(shown, *refused.fault_args)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = (error.problem or "not valid YAML").replace("\n", " ")
        return None, [
            *builder.faults,
            Fault(
                shown,
                line,
                col,
                f"not valid YAML ({problem})",
                "check the indentation, and put text that holds : # @ ` % * & in quotes",
            ),
        ]
    except (yaml.YAMLError, ValueError) as error:
        problem = str(error).splitlines()[0] if str(error) else "not valid YAML"
        return None, [
            *builder.faults,
            Fault(shown, 1, 1, f"not valid YAML ({problem})", "remove the character"),
        ]
    if builder.faults:
        return None, builder.faults
    return YamlDocument(shown, value, builder.places), []


class _Builder:
    """Builds values from parser events without recursion on the parser's side."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.faults: list[Fault] = []
        self.places: Places = {}

    def build(self, text: str) -> Any:
        self._events = iter(yaml.parse(text, Loader=_Loader))
        next(self._events)  # stream start
        first = next(self._events)
        if isinstance(first, yaml.StreamEndEvent):
            raise _RefusedError(1, 1, "the file is empty", "write its fields or delete it")
        value = self._node(next(self._events), ())
        next(self._events)  # document end
        end = next(self._events)
        if not isinstance(end, yaml.StreamEndEvent):
            mark: Any = end.start_mark
            raise _RefusedError(
                mark.line + 1, 1, "a second document", "keep one document a file: remove the ---"
            )
        if value is None or value == "":
            raise _RefusedError(1, 1, "the file is empty", "write its fields or delete it")
        return value

    def _node(self, event: Any, loc: tuple[str | int, ...]) -> Any:
        line, col = event.start_mark.line + 1, event.start_mark.column + 1
        self.places.setdefault(loc, (line, col))
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(line, col, f"an alias (*{event.anchor})", "write the value out")
        if getattr(event, "anchor", None):
            raise _RefusedError(
                line, col, f"an anchor (&{event.anchor})", "remove it and write the value out"
            )
        if getattr(event, "tag", None) not in (None, "!"):
            raise _RefusedError(line, col, f"a tag ({event.tag})", "remove it")
        if len(loc) >= MAX_DEPTH:
            raise _RefusedError(
                line, col, f"nested deeper than {MAX_DEPTH} levels", "flatten it; see the schema"
            )
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style
            typed = plain and _NOT_TEXT.fullmatch(event.value) is not None
            if plain and event.value == "":
                return None
            return Scalar.at(event.value, self.shown, line, col, looks_typed=typed)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(child := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(child, (*loc, len(items))))
            return items
        mapping: dict[str, Any] = {}
        while not isinstance(child := next(self._events), yaml.MappingEndEvent):
            mark: Any = child.start_mark
            k_line, k_col = mark.line + 1, mark.column + 1
            if not isinstance(child, yaml.ScalarEvent) or child.anchor:
                raise _RefusedError(
                    k_line, k_col, "a key that is no plain word", "write key: value"
                )
            key = Scalar.at(child.value, self.shown, k_line, k_col)
            if key in mapping:
                self.faults.append(
                    Fault(
                        self.shown,
                        k_line,
                        k_col,
                        f"the key '{key}' stands twice (first in line "
                        f"{self.places[(*loc, key)][0]})",
                        "keep one of them",
                    )
                )
            place = (*loc, key)
            self.places[place] = (k_line, k_col)
            mapping[key] = self._node(next(self._events), place)
        return mapping
