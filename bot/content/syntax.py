"""What is wrong with a file that is no valid YAML, in words for people who do not know YAML.

The parser tells what it expected next. That is seldom the mistake, so the lines around its place
are looked at: a text without quotes, a bracket or quote that is not closed, a line that does not
stand below the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

_VALUE = re.compile(r"\s*(?:- +)?(?:[A-Za-z0-9_ ]+?: +)?(?P<value>\S.*)?$")
_KEY = re.compile(r"\s*(?:- +)?(?P<key>[A-Za-z0-9_]+)(?P<colon>:?)(?P<rest>.*)$")
_CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")
_ODD_SPACE = re.compile(r"[^\S \n\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_STRANGE = re.compile(rf"(?m)^{_CONFLICT.pattern}|^ *{_ODD_SPACE.pattern}|{_CONTROL.pattern}")
"""One search over a whole file, so that the lines are looked at only if there is anything."""
_OTHER_FORMS = {
    "{\\rtf": "the document of a word processor (RTF)",
    "<": "a web page, or something else that begins with '<'",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in the lines of a file."""

    line: int
    col: int
    what: str
    remedy: str


def before_parsing(text: str) -> Iterator[Mistake]:
    """What can be told from the characters alone; nothing else is worth telling beside it."""
    for begin, what in _OTHER_FORMS.items():
        if text.startswith(begin):
            yield Mistake(1, 1, what, "save the text in a plain text file that ends in .yaml")
            return
    if not _STRANGE.search(text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        indent = line[: len(line) - len(line.lstrip())]
        if _CONFLICT.match(line):
            yield Mistake(
                number,
                1,
                "the mark of a merge conflict",
                "keep one of the two versions and remove the lines with <<<<<<<, ======= and "
                ">>>>>>>",
            )
        elif "\t" in indent and line.strip():
            col = indent.index("\t") + 1
            yield Mistake(number, col, "a tab in the indentation", "indent with two spaces")
        elif (odd := _ODD_SPACE.search(indent)) and line.strip():
            yield Mistake(
                number,
                odd.start() + 1,
                "a special space in the indentation, as web pages have them",
                "delete the spaces before the text and type them again",
            )
        elif found := _CONTROL.search(line):
            yield Mistake(
                number,
                found.start() + 1,
                f"a character that cannot be seen (code {ord(found.group()):02X})",
                "delete it, or type the line again",
            )


def explain(text: str, error: yaml.MarkedYAMLError) -> Mistake:
    """The mistake that most likely stands behind an error of the parser."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    opened = error.context_mark
    o_line, o_col = (opened.line + 1, opened.column + 1) if opened else (line, col)
    problem = (error.problem or "").replace("\n", " ")
    here = lines[line - 1] if line <= len(lines) else ""
    start = _first(here)

    if quote := _open_quote(lines, min(line, len(lines))):
        return quote
    if "end of stream" in problem:
        return Mistake(o_line, o_col, "a quote that is never closed", "close it after the text")
    if "node content" in problem and (found := _unclosed(lines[:line])):
        return _bracket(lines, line, col, *found)
    if "',' or ']'" in problem or "',' or '}'" in problem:
        return _bracket(lines, line, col, o_line, o_col)
    if start and start in "{[" and col > here.index(start) + 1:
        return Mistake(
            line,
            here.index(start) + 1,
            f"a text that begins with '{start}' and has no quotes",
            f"put all of it in quotes: {_quoted(here)}",
        )
    if start and start in "\"'" and col > here.index(start) + 1 and _has_rest(here):
        return Mistake(
            line,
            col,
            "the text goes on after its closing quote",
            "put quotes around all of it; a text with \" in it stands in '...', "
            'one with \' in it stands in "..."',
        )
    if "unknown escape" in problem:
        return Mistake(line, col, "a backslash inside double quotes", "remove it or write \\\\")
    if (
        start
        and start in "@`%*&>|?!"
        and (
            "start any token" in problem
            or "alphabetic or numeric" in problem
            or "comment or line break" in problem
            or "mapping keys" in problem
        )
    ):
        return Mistake(
            line,
            here.index(start) + 1,
            f"a text that begins with '{start}' and has no quotes",
            f"put all of it in quotes: {_quoted(here)}",
        )
    if "block sequence entries" in problem:
        return Mistake(
            line,
            col,
            "a list begins in the line of its name",
            "begin it in the next line, two spaces in",
        )
    if "mapping values" in problem:
        return _colon(lines, line, col)
    if "could not find expected ':'" in problem:
        return _no_colon(lines, o_line)
    if "expected key" in problem or "'-' indicator" in problem:
        return _crooked(lines, line, col, o_line, o_col)
    if "document start" in problem:
        return Mistake(line, col, "something after the end of the file", "remove the line '...'")
    return Mistake(
        line,
        col,
        f"not valid YAML ({problem or 'it cannot be read'})",
        "check the indentation, and put text that holds : # @ ` % * & in quotes",
    )


def _value(line: str) -> str:
    found = _VALUE.match(line)
    return (found["value"] or "").rstrip() if found else ""


def _first(line: str) -> str:
    return _value(line)[:1]


def _quoted(line: str) -> str:
    value = _value(line)
    return f"'{value}'" if '"' in value else f'"{value}"'


def _has_rest(line: str) -> bool:
    value = _value(line)
    end = value.find(value[0], 1)
    return end != -1 and value[end + 1 :].split("#")[0].strip() not in ("", ",", ":")


def _open_quote(lines: list[str], upto: int) -> Mistake | None:
    for number, line in enumerate(lines[:upto], 1):
        value = _value(line)
        if value.startswith('"') and value.replace('\\"', "").count('"') % 2:
            return Mistake(
                number,
                line.index('"') + 1,
                "a quote that is never closed",
                'write " at the end of the text; a " inside it is written \\"',
            )
    return None


def _unclosed(lines: list[str]) -> tuple[int, int] | None:
    """The last bracket that opens a list and is not closed in its line."""
    for number in range(len(lines), 0, -1):
        line = lines[number - 1]
        if line.count("[") > line.count("]"):
            return number, line.rindex("[") + 1
    return None


def _bracket(lines: list[str], line: int, col: int, o_line: int, o_col: int) -> Mistake:
    opened = lines[o_line - 1]
    if _first(opened) == "{":
        return Mistake(
            o_line,
            opened.index("{") + 1,
            "a text that begins with '{' and has no quotes",
            f"put all of it in quotes: {_quoted(opened)}",
        )
    bracket = opened[o_col - 1 : o_col] if opened[o_col - 1 : o_col] in ("[", "{") else "["
    close = {"[": "]", "{": "}"}[bracket]
    if line == o_line and close in opened[o_col:]:
        return Mistake(
            line,
            col,
            f"an item between '{bracket}' and '{close}' cannot be read",
            'put a comma between items, and quotes around an item that has : # " or brackets',
        )
    return Mistake(
        o_line,
        o_col,
        f"the bracket '{bracket}' is never closed",
        f"write '{close}' after the last item",
    )


def _colon(lines: list[str], line: int, col: int) -> Mistake:
    here = lines[line - 1]
    above = next((n for n in range(line - 1, 0, -1) if _code(lines[n - 1])), None)
    if above is not None and not re.search(r":(\s|$)", lines[above - 1]):
        own = _indent(here) == _indent(lines[above - 1])
        if own and not lines[above - 1].lstrip().startswith("- "):
            return _no_colon(lines, above)
    if re.search(r":\s.*:(\s|$)", here):
        return Mistake(
            line,
            col,
            "': ' inside a text without quotes",
            f"put the text in quotes: {_quoted(here)}",
        )
    if above is not None and _indent(here) > _indent(lines[above - 1]):
        return Mistake(
            line,
            _indent(here) + 1,
            f"the line stands further right than line {above}, which is complete",
            "remove spaces at its start, so that it stands below the names of its block",
        )
    return Mistake(
        line,
        col,
        "': ' where no name may stand",
        "put the text in quotes, or check the indentation",
    )


def _no_colon(lines: list[str], line: int) -> Mistake:
    here = lines[line - 1]
    found = _KEY.match(here)
    if found and found["colon"] and found["rest"]:
        return Mistake(
            line,
            found.end("colon") + 1,
            f"no space after '{found['key']}:'",
            f"write '{found['key']}: {found['rest'].strip()}'",
        )
    return Mistake(
        line,
        _indent(here) + 1,
        "a line that is neither 'name: value' nor '- item'",
        "write ': ' after a name, or '- ' before an item of a list",
    )


def _crooked(lines: list[str], line: int, col: int, o_line: int, o_col: int) -> Mistake:
    here = lines[line - 1] if line <= len(lines) else ""
    if here[col - 1 : col + 1] == "- ":
        return Mistake(
            line,
            col,
            "this '- ' does not stand below the others of its list",
            "put it into the column of the '- ' above it",
        )
    above = next((n for n in range(line - 1, 0, -1) if _code(lines[n - 1])), o_line)
    return Mistake(
        line,
        col,
        f"the line does not stand below the others of its block, which begins in line {o_line}",
        f"put it into column {_text_column(lines[above - 1])}, like line {above}, if it belongs "
        f"there, else into column {o_col}",
    )


def _text_column(line: str) -> int:
    found = re.match(r"\s*(- +)?", line)
    return (found.end() if found else 0) + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _code(line: str) -> bool:
    content = line.strip()
    return bool(content) and not content.startswith("#")
