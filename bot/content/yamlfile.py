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

from bot.content import syntax
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


_CURLY = ("\u201c", "\u201d", "\u201e")
_EATEN = re.compile(r"\s+#[^\s#]")


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
    if raw.startswith(b"PK"):
        return None, [
            Fault(
                shown,
                1,
                1,
                "the document of a word processor, or an archive",
                "save the text in a plain text file that ends in .yaml",
            )
        ]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        col = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        return None, [Fault(shown, line, col, "not UTF-8", "save the file with UTF-8 encoding")]
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if early := [_fault(shown, mistake) for mistake in syntax.before_parsing(text)]:
        return None, early
    builder = _Builder(shown)
    try:
        value = builder.build(text)
    except _RefusedError as refused:
        return None, [*builder.faults, Fault(shown, *refused.fault_args)]
    except yaml.MarkedYAMLError as error:
        return None, [*builder.faults, _fault(shown, syntax.explain(text, error))]
    except (yaml.YAMLError, ValueError) as error:
        problem = str(error).splitlines()[0] if str(error) else "not valid YAML"
        return None, [
            *builder.faults,
            Fault(shown, 1, 1, f"not valid YAML ({problem})", "remove the character"),
        ]
    if builder.faults:
        return None, builder.faults
    return YamlDocument(shown, value, builder.places), []


def _fault(shown: str, mistake: syntax.Mistake) -> Fault:
    return Fault(shown, mistake.line, mistake.col, mistake.what, mistake.remedy)


class _Builder:
    """Builds values from parser events without recursion on the parser's side."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.faults: list[Fault] = []
        self.joined: list[Fault] = []
        """Texts over several lines; of no interest beside a fault of the syntax."""
        self.places: Places = {}

    def build(self, text: str) -> Any:
        self._lines = text.split("\n")
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
        self.faults += self.joined
        if value is None or value == "":
            raise _RefusedError(1, 1, "the file is empty", "write its fields or delete it")
        return value

    def _look_at(self, event: Any, line: int, col: int) -> None:
        """What YAML allows and nobody means."""
        if event.value[:1] in _CURLY:
            self._add(
                line,
                col,
                "curly quotes around a text, as word processors write them",
                'write straight quotes: "..."',
            )
        if event.style:
            return
        end = event.end_mark
        if event.value[0] == "-" and event.value[1:2].isalpha() and self._begins(line, col):
            self._add(line, col, "no space after '-'", f"write '- {event.value[1:].split()[0]}'")
        elif end.line >= line:
            self.joined.append(self._goes_on(line, col))
        elif _EATEN.match(self._lines[end.line], end.column):
            self._add(
                line,
                self._lines[end.line].index("#", end.column) + 1,
                "the text ends before '#', which begins a remark",
                "put all of the text in quotes; if it is a remark, write a space after '#'",
            )

    def _goes_on(self, line: int, col: int) -> Fault:
        below = self._lines[line]
        dash = self._lines[line - 1].find("- ") + 1
        if below.lstrip().startswith("- ") and dash:
            return Fault(
                self.shown,
                line + 1,
                below.index("-") + 1,
                "this '- ' stands further right than the one above, so it counts as text of that",
                f"put it into column {dash}",
            )
        return Fault(
            self.shown,
            line,
            col,
            "a text without quotes that goes on in the next line",
            "write it in one line; if the next line is an item or a name of its own, check its "
            "'- ', its ': ' and its indentation",
        )

    def _begins(self, line: int, col: int) -> bool:
        return not self._lines[line - 1][: col - 1].strip()

    def _add(self, line: int, col: int, what: str, remedy: str) -> None:
        self.faults.append(Fault(self.shown, line, col, what, remedy))

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
            self._look_at(event, line, col)
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
