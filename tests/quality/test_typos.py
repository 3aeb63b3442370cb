"""Typing errors on purpose: one in each longer word, the same each time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.quality.typos import MIN_LETTERS, mistyped, neighbours

TEXT = "my Upper lip is swollen since Tuesday, no pain"


def test_each_longer_word_has_one_slip_and_short_ones_none() -> None:
    for seed in range(50):
        for word, typed in zip(TEXT.split(), mistyped(TEXT, seed).split(), strict=True):
            letters = sum(char.isalpha() for char in word)
            wanted = 1 if letters >= MIN_LETTERS else 0
            assert OSA.distance(word, typed) == wanted, (word, typed)


def test_the_same_seed_gives_the_same_text() -> None:
    assert mistyped(TEXT, 1) == mistyped(TEXT, 1)
    assert mistyped(TEXT, 1) != mistyped(TEXT, 2)


def test_neighbours_touch() -> None:
    assert set("qwsz") <= set(neighbours("a"))
    assert "p" not in neighbours("a")
    assert neighbours("ß") == ""


@given(st.text(max_size=60))
def test_any_text_survives(text: str) -> None:
    assert isinstance(mistyped(text, 3), str)
