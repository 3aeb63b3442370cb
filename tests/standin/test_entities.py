"""The stand-in refuses what the real server refuses."""

from __future__ import annotations

import pytest

from tests.standin.entities import EntityError, parse_html


@pytest.mark.parametrize(
    "text",
    ["<b>open", "<x>y</x>", "a < b", "<b><i>x</b></i>", "</b>", "&nbsp;", "<a>x</a>",
     "<blockquote>a<blockquote>b</blockquote></blockquote>", "<span>x</span>"],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(EntityError):
        parse_html(text)


def test_accepted() -> None:
    text, kinds = parse_html(
        '<b>a</b> &lt;&amp;&#39; <a href="https://x">y</a><blockquote expandable>q</blockquote>'
    )
    assert text == "a <&' yq"
    assert kinds == ["b", "a", "blockquote"]
