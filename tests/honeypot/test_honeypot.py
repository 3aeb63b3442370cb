"""No everyday sentence may meet a red flag."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import judged
from tests.honeypot import texts


@pytest.mark.parametrize("source", [texts.written, texts.from_packages], ids=lambda f: f.__name__)
def test_no_red_flag_in_benign_sentences(source: Callable[[], list[str]]) -> None:
    met = {
        text: [(m.flag.id, [e.words for e in m.evidence]) for m in found.red_flags]
        for text in source()
        if (found := judged(text)).red_flags
    }
    assert not met


def test_the_honeypot_is_large_enough() -> None:
    assert len(texts.written()) + len(texts.from_packages()) >= 3_000
