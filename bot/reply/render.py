"""From a ``Reply`` to text: HTML for Telegram, plain for the terminal and for machines."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

from bot.reply.reply import Line, Part, Reply

_TAG = re.compile(r"<[^>]+>")
LIMIT = 4096
"""Characters of one Telegram message, counted in UTF-16 units after entities are parsed."""


def length(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def visible(text: str) -> int:
    """Length of a message in HTML as Telegram counts it: after its entities are parsed."""
    return length(html.unescape(_TAG.sub("", text)))


def plain(reply: Reply) -> str:
    """The whole reply as text, folded parts included."""
    return "\n\n".join(_plain_part(part) for part in reply.parts)


def plain_messages(reply: Reply, limit: int = LIMIT) -> list[str]:
    """Plain messages within the limit, each closed with the disclaimer."""
    return _split(reply, _plain_part, length, limit)


def html_messages(reply: Reply, limit: int = LIMIT) -> list[str]:
    """Messages in Telegram's HTML within the limit, each closed with the disclaimer."""
    return _split(reply, _html_part, visible, limit)


def _split(
    reply: Reply, render: Callable[[Part], str], measure: Callable[[str], int], limit: int
) -> list[str]:
    *body, disclaimer = reply.parts
    closing = render(disclaimer)
    room = limit - measure(closing) - 2
    messages: list[str] = []
    current = ""
    for part in body:
        for piece in _pieces(part, render, measure, room):
            joined = f"{current}\n\n{piece}" if current else piece
            if current and measure(joined) > room:
                messages.append(f"{current}\n\n{closing}")
                current = piece
            else:
                current = joined
    messages.append(f"{current}\n\n{closing}" if current else closing)
    return messages


def _pieces(
    part: Part, render: Callable[[Part], str], measure: Callable[[str], int], room: int
) -> Iterable[str]:
    """A part that is too long for one message, in several; lines stay whole if they can."""
    whole = render(part)
    if measure(whole) <= room:
        yield whole
        return
    if len(part.lines) > 1:
        half = len(part.lines) // 2
        for lines, title in ((part.lines[:half], part.title), (part.lines[half:], "")):
            smaller = Part(part.kind, lines, title, part.folded, part.bullets)
            yield from _pieces(smaller, render, measure, room)
        return
    line = part.lines[0]
    words = line.text.split(" ")
    if len(words) == 1:
        half = len(line.text) // 2
        texts = [line.text[:half], line.text[half:]]
    else:
        half = len(words) // 2
        texts = [" ".join(words[:half]), " ".join(words[half:])]
    for number, text in enumerate(texts):
        bold = line.bold if number == 0 else ""
        piece = Part(
            part.kind,
            (Line(text, line.url, bold),),
            part.title if number == 0 else "",
            part.folded,
            part.bullets,
        )
        yield from _pieces(piece, render, measure, room)


def _plain_part(part: Part) -> str:
    title = part.title if part.title.endswith("?") else f"{part.title}:"
    rows = [title] if part.title else []
    for line in part.lines:
        text = f"{line.bold}: {line.text}" if line.bold else line.text
        if line.url and part.kind in ("views", "sources", "label"):
            text = f"{text} <{line.url}>"
        rows.append(f"• {text}" if part.bullets else text)
    return "\n".join(rows)


def _with_phone(line: Line, *, strong: bool) -> str:
    """The text with its number set so that one tap copies it.

    Telegram itself makes ``+44 ...`` a number to tap, and of ``999`` nothing: links to ``tel:``
    are dropped. Code stands beside other markup, never inside it.
    """
    before, phone, after = line.text.partition(line.phone) if line.phone else (line.text, "", "")
    if phone.startswith("+"):
        before, phone, after = line.text, "", ""
    bold = "<b>{}</b>" if strong else "{}"
    pieces = [
        bold.format(html.escape(before)) if before else "",
        f"<code>{html.escape(phone)}</code>" if phone else "",
        bold.format(html.escape(after)) if after else "",
    ]
    return "".join(pieces)


def _html_part(part: Part) -> str:
    rows = [f"<b>{html.escape(part.title)}</b>"] if part.title else []
    if part.kind == "copy":  # one tap copies it
        lines = "\n".join(html.escape(line.text) for line in part.lines)
        return "\n".join([*rows, f"<pre>{lines}</pre>"])
    for number, line in enumerate(part.lines):
        text = _with_phone(line, strong=part.kind == "headline" and number == 0)
        if line.url and line.url.startswith(("https://", "http://")):
            link = html.escape(line.url, quote=True)
            if line.bold:
                text = f'<a href="{link}">{html.escape(line.bold)}</a>: {text}'
            else:
                text = (
                    f'<a href="{link}">{text}</a>'
                    if part.kind == "sources"
                    else (f'{text} (<a href="{link}">source</a>)')
                )
        elif line.bold:
            text = f"<b>{html.escape(line.bold)}</b>: {text}"
        if part.kind == "disclaimer":
            text = f"<i>{text}</i>"
        rows.append(f"• {text}" if part.bullets else text)
    body = "\n".join(rows)
    return f"<blockquote expandable>{body}</blockquote>" if part.folded else body
