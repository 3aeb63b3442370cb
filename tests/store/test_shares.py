"""A secret opens with five shares, whichever they are, and tells nothing with four."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store import shares

PLACES = st.lists(st.integers(1, 2**128), min_size=5, max_size=9, unique=True)


@given(PLACES, st.binary(min_size=1), st.text())
def test_any_five_shares_open_it(places: list[int], key: bytes, text: str) -> None:
    curve = shares.curve(key, text)
    brought = [(place, shares.height(curve, place)) for place in places]
    assert shares.secret(brought) == shares.secret(brought[::-1]) == curve[0]


def test_four_shares_and_a_repeated_one_are_not_enough() -> None:
    curve = shares.curve(b"key", "word")
    four = [(place, shares.height(curve, place)) for place in (3, 5, 7, 9)]
    with pytest.raises(ValueError, match="5 shares"):
        shares.secret([*four, four[0]])


def test_four_shares_fit_every_secret() -> None:
    curve = shares.curve(b"key", "word")
    four = [(place, shares.height(curve, place)) for place in (3, 5, 7, 9)]
    guesses = {shares.secret([*four, (11, height)]) for height in range(50)}
    assert len(guesses) == 50, "each fifth height gives another secret"
    assert curve[0] not in guesses


def test_another_key_or_word_is_another_curve() -> None:
    curves = [
        shares.curve(b"key", "word"),
        shares.curve(b"key", "wort"),
        shares.curve(b"k", "word"),
    ]
    assert len({curve[0] for curve in curves}) == 3
    assert shares.key_of(curves[0][0]) != shares.key_of(curves[1][0])
