"""The pattern language of the knowledge: from a line of text to its parts.

====================  =============================================================
``swollen lip``       these words, one after the other
``{lips}``            any member of the word class ``lips`` (language/classes.yaml)
``[really]``          may be there or not; ``[a|the]`` one of these or nothing
``(gone|went) white`` one of several: words, classes, more choices and options
``droop~``            the word with its regular endings (droops, drooped, drooping)
``..``                up to 3 other words may stand between, ``...`` up to 7
``{lips} & white``    both within one clause, in either order, at most 8 words apart
====================  =============================================================

A pattern never crosses the end of a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.content.words import words_of

GAPS = {"..": 3, "...": 7}
PAIR_GAP = 8
MAX_GAP = 8
MAX_SPREAD = 2_000
"""Most alternatives that choices within choices may come to."""
_LEX = re.compile(r"\.{2,}|[\[\](){}|&~]|[^\s\[\](){}|&~]+")
_is_plain = re.compile(r"[a-z]+").fullmatch
"""Words that are written as they are compared."""
_CLASS_NAME = re.compile(r"[a-z][a-z0-9_]*")


class PatternError(ValueError):
    """A pattern that cannot be read; the message says what is wrong; what to write."""


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A reference to a word class."""

    name: str


Member = tuple["str | ClassRef", ...]
"""One alternative: words and classes in a row."""


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a pattern."""

    members: tuple[Member, ...]
    """What may stand here."""
    optional: bool = False
    gap: int = 0
    """How many other words may stand before it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: its orders (one, or several for ``&``), each a row of parts."""

    orders: tuple[tuple[Part, ...], ...]

    def classes(self) -> Iterator[str]:
        """Names of all classes it refers to."""
        for part in self.orders[0]:
            for member in part.members:
                for item in member:
                    if isinstance(item, ClassRef):
                        yield item.name


def endings(word: str) -> tuple[str, ...]:
    """The word with its regular English endings.

    >>> endings("droop")
    ('droop', 'droops', 'drooping', 'drooped', 'droopy')
    """
    if word.endswith("e"):
        stem, past = word[:-1], word + "d"
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        return (word, word[:-1] + "ies", word + "ing", word[:-1] + "ied")
    elif re.fullmatch(r"[^aeiou]*[aeiou][bdgkmnprt]", word):
        stem = word + word[-1]
        past = stem + "ed"
    else:
        stem, past = word, word + "ed"
    plural = word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")
    return (word, plural, stem + "ing", past, stem + "y")


@lru_cache(maxsize=65_536)
def parse(text: str) -> Pattern:
    """Parse one pattern.

    Raises:
        PatternError: with what is wrong and what to write instead.
    """
    sides: list[list[Part]] = [[]]
    tokens = _lex(text)
    pos, gap = 0, 0
    while pos < len(tokens):
        token = tokens[pos]
        side = sides[-1]
        if token in GAPS:
            if not side or gap:
                raise PatternError("a gap (..) at the start; put a word before it")
            gap = GAPS[token]
            pos += 1
            continue
        if token.startswith(".."):
            raise PatternError(f"'{token}' is no gap; write .. (up to 3 words) or ... (up to 7)")
        if token == "&":
            if gap or not side:
                raise PatternError("'&' needs words on both sides; write: {lips} & white")
            sides.append([])
            pos += 1
            continue
        optional = token == "["
        members, pos = _part(tokens, pos)
        side.append(Part(members, optional, gap))
        gap = 0
    if gap or not sides[-1]:
        raise PatternError("it ends in a gap or '&'; put a word after it")
    if len(sides) > 3:
        raise PatternError("more than three '&' parts; write two patterns")
    for side in sides:
        if all(part.optional for part in side):
            raise PatternError("everything is optional; take one word out of the [brackets]")
    return Pattern(tuple(tuple(order) for order in _orders(sides)))


def _lex(text: str) -> list[str]:
    tokens = _LEX.findall(text)
    if not tokens:
        raise PatternError("an empty pattern; write words")
    return tokens


def _part(tokens: list[str], pos: int) -> tuple[tuple[Member, ...], int]:
    if tokens[pos] in _CLOSE:
        members, pos = _choice(tokens, pos)
        return tuple(members), pos
    if _is_plain(tokens[pos]) and tokens[pos + 1 : pos + 2] != ["~"]:
        return ((tokens[pos],),), pos + 1
    item, pos = _item(tokens, pos)
    return tuple(_spread([item])), pos


_CLOSE = {"(": ")", "[": "]"}


def _choice(tokens: list[str], pos: int) -> tuple[list[Member], int]:
    """The alternatives of ``(a|b c)``; inside, more choices and ``[options]`` may stand."""
    opened, close = tokens[pos], _CLOSE[tokens[pos]]
    pos += 1
    members: list[Member] = []
    while pos + 1 < len(tokens) and tokens[pos + 1] in ("|", close) and _is_plain(tokens[pos]):
        members.append((tokens[pos],))  # most choices are single plain words: no rows to build
        pos += 2
        if tokens[pos - 1] == close:
            return members, pos
    rows: list[Member] | None = None
    while True:
        if pos >= len(tokens):
            raise PatternError(f"'{opened}' is not closed; write '{close}'")
        inner = tokens[pos]
        if inner in (close, "|"):
            if rows is None or any(not row for row in rows):
                raise PatternError(f"an empty choice before '{inner}'; write a word")
            members.extend(rows)
            rows = None
            pos += 1
            if inner == close:
                return members, pos
            continue
        if inner == "&" or inner.startswith(".."):
            raise PatternError(
                f"'{inner}' inside '{opened}'; choices hold words, {{classes}} and choices only"
            )
        if inner in _CLOSE:
            more, pos = _choice(tokens, pos)
            if inner == "[":
                more = [(), *more]
        else:
            item, pos = _item(tokens, pos)
            more = list(_spread([item]))
        rows = [(*row, *words) for row in rows or [()] for words in more]
        if len(rows) > MAX_SPREAD:
            raise PatternError("too many choices within choices; write two phrases")


def _item(tokens: list[str], pos: int) -> tuple[str | ClassRef, int]:
    token = tokens[pos]
    if token == "{":
        if pos + 2 >= len(tokens) or tokens[pos + 2] != "}":
            raise PatternError("'{' is not closed; write {class_name}")
        name = tokens[pos + 1]
        if not _CLASS_NAME.fullmatch(name):
            raise PatternError(f"'{name}' is no class name; use small letters and _")
        return ClassRef(name), pos + 3
    if token in "]})|~":
        raise PatternError(f"a '{token}' without its start; remove it")
    if pos + 1 < len(tokens) and tokens[pos + 1] == "~":
        return token + "~", pos + 2
    return token, pos + 1


def _spread(member: list[str | ClassRef]) -> Iterator[Member]:
    """Split words as messages are split, and write the endings of ``word~`` out."""
    rows: list[list[str | ClassRef]] = [[]]
    for item in member:
        if isinstance(item, ClassRef):
            rows = [[*row, item] for row in rows]
        elif item.endswith("~"):
            stem = words_of(item[:-1])
            if len(stem) != 1:
                raise PatternError(f"'{item}' is no single word; write word~")
            rows = [[*row, form] for row in rows for form in endings(stem[0])]
        else:
            words = (item,) if _is_plain(item) else words_of(item)
            rows = [[*row, *words] for row in rows]
    for row in rows:
        if not row:
            raise PatternError("a choice without a word; write letters, digits or an emoji")
        yield tuple(row)


def _orders(sides: list[list[Part]]) -> Iterator[list[Part]]:
    if len(sides) == 1:
        yield sides[0]
        return
    for first in range(len(sides)):
        rest = sides[:first] + sides[first + 1 :]
        for tail in _orders(rest):
            head = tail[0]
            joined = [Part(head.members, head.optional, PAIR_GAP), *tail[1:]]
            yield sides[first] + joined
