"""What the lines of a file show and its values do not: line ends, dashes, sentences of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.faults import Fault
from bot.content.models import Topic
from bot.content.words import words_of

ORIGINAL = "# > "
"""Before a sentence of a page that ``aftercare import`` leaves for the maintainer to read."""
IN_A_ROW = 8
"""So many words of a page in a row are copied, not told in own words."""
_FIX = "run: aftercare check --fix"
_DASH = "\u2014"
_QUOTED_MARK = re.compile(r"^\s*# > ")


def look(raw: bytes, shown: str, entry: object, *, read_by_people: bool) -> Iterator[Fault]:
    """Warnings, and an error for words that are copied from the page."""
    if raw.startswith(b"\xef\xbb\xbf"):
        yield Fault(shown, 1, 1, "an invisible mark (BOM) before the text", _FIX, "warning")
    if b"\r" in raw:
        line = raw.replace(b"\r\n", b"\n").count(b"\n", 0, raw.index(b"\r")) + 1
        yield Fault(shown, line, 1, "line ends as Windows writes them", _FIX, "warning")
    if read_by_people and _DASH.encode() in raw:
        for number, line_text in enumerate(raw.decode("utf-8").splitlines(), 1):
            if _DASH in line_text and not line_text.lstrip().startswith("#"):
                yield Fault(
                    shown,
                    number,
                    line_text.index(_DASH) + 1,
                    f"a long dash ({_DASH})",
                    "write a comma, a colon or two sentences",
                    "warning",
                )
    if isinstance(entry, Topic) and ORIGINAL.encode() in raw:
        yield from _copied(raw.decode("utf-8"), shown, entry)


def _copied(text: str, shown: str, topic: Topic) -> Iterator[Fault]:
    rows: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not _QUOTED_MARK.match(line):
            continue
        yield Fault(
            shown,
            number,
            line.index("#") + 1,
            "a sentence of the page stands here as a remark",
            "delete the line when the summary is written",
            "warning",
        )
        for row in _rows(line.partition(ORIGINAL)[2]):
            rows.setdefault(row, number)
    texts = [topic.title, *(view.says for view in topic.views), *(s.text for s in topic.label)]
    for said in texts:
        copied = next((row for row in _rows(said) if row in rows), None)
        if copied:
            yield Fault(
                shown,
                getattr(said, "line", 1),
                getattr(said, "col", 1),
                f"copied from the page (line {rows[copied]}): '{' '.join(copied)}'",
                "tell it in your own words",
            )


def _rows(text: str) -> Iterator[tuple[str, ...]]:
    words = words_of(text)
    for start in range(len(words) - IN_A_ROW + 1):
        yield words[start : start + IN_A_ROW]
