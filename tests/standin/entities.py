"""Parses messages in HTML as the Bot API's documentation describes, with the server's errors."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = {
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a",
    "tg-emoji", "code", "pre", "blockquote",
}  # fmt: skip
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);")


class EntityError(ValueError):
    """The text cannot be parsed."""


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []
        self.kinds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset 0')
        names = {name for name, _ in attrs}
        if tag == "a" and "href" not in names:
            raise EntityError("Tag a without href")
        if tag == "span" and ("class", "tg-spoiler") not in attrs:
            raise EntityError('Tag "span" must have class "tg-spoiler"')
        if tag == "blockquote" and "blockquote" in self.open:
            raise EntityError("blockquote entities can't be nested")
        self.open.append(tag)
        self.kinds.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            raise EntityError(f'Unexpected end tag "{tag}"')
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parse_html(text: str) -> tuple[str, list[str]]:
    """The plain text and the tags used.

    Raises:
        EntityError: for unknown, unclosed or crossed tags, and for stray ``<`` and ``&``.
    """
    for match in re.finditer(r"&", text):
        if not _ENTITY.match(text, match.start()):
            rest = re.match(r"&\w+;", text[match.start() :])
            if rest:
                raise EntityError(f"Unsupported entity {rest.group()}")
    stripped = re.sub(r"</?[a-zA-Z][^<>]*>", "", text)
    if "<" in stripped:
        raise EntityError("Unexpected character '<'; it must be escaped")
    parser = _Parser()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise EntityError(f'Can\'t find end tag corresponding to start tag "{parser.open[-1]}"')
    return "".join(parser.text), parser.kinds
