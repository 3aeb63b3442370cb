"""The stand-in refuses what the real server refuses."""

from __future__ import annotations

import pytest

from tests.standin.entities import EntityError, parse_html


@pytest.mark.parametrize(
    "text",
    [
        "<b>open",
        "<x>y</x>",
        "a < b",
        "a <",
        "<>",
        "<b><i>x</b></i>",
        "</b>",
        "&nbsp;",
        "&#0;",
        "<!-- x -->",
        "<br/>",
        "<a>x</a>",
        '<a href="">x</a>',
        '<a href="x>x</a>',
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
        "<span>x</span>",
        "<tg-emoji>x</tg-emoji>",
        "<code><b>x</b></code>",
        "<b>x <code>y</code></b>",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(EntityError):
        parse_html(text)


@pytest.mark.parametrize(
    ("text", "plain", "kinds"),
    [
        ("5 > 3 & 2", "5 > 3 & 2", []),
        ("&lt;&amp;&gt;&quot;&#39;&#x1F534;", "<&>\"'🔴", []),
        ("<B>a</b>", "a", ["b"]),
        ('<a href="https://x/?a=1&amp;b">y</a>', "y", ["a"]),
        ("<b>a <i>b</i></b>", "a b", ["b", "i"]),
        ("<blockquote expandable>q</blockquote>", "q", ["blockquote"]),
        ('<span class="tg-spoiler">s</span>', "s", ["span"]),
        ('<pre><code class="language-python">x</code></pre>', "x", ["pre", "code"]),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", ["tg-emoji"]),
    ],
)
def test_accepted(text: str, plain: str, kinds: list[str]) -> None:
    assert parse_html(text) == (plain, kinds)


def test_the_fault_names_its_place_in_bytes() -> None:
    with pytest.raises(EntityError, match=r'expected "</b>", found "</i>"'):
        parse_html("é<b>x</i>")
    with pytest.raises(EntityError, match="byte offset 2"):
        parse_html("é<x>")
