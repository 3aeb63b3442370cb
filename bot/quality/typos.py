"""Typing errors made on purpose, always the same for the same seed.

Four slips of a thumb: a neighbouring key, a letter left out, a letter typed twice, two letters
swapped. Used by the evaluation (``aftercare eval --typos``) and by the tests.
"""

from __future__ import annotations

import random
import re

MIN_LETTERS = 4
"""Shorter words are left alone."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def neighbours(letter: str) -> str:
    """Keys that touch the key of a small letter on a QWERTY keyboard; empty for other letters."""
    for number, row in enumerate(_ROWS):
        if letter in row:
            spot = row.index(letter)
            near = "".join(
                other[max(0, spot - 1) : spot + 2]
                for other in _ROWS[max(0, number - 1) : number + 2]
            )
            return near.replace(letter, "")
    return ""


def mistype(word: str, chance: random.Random) -> str:
    """``word`` with exactly one slip."""
    spot = chance.randrange(len(word))
    slip = chance.choice(("neighbour", "drop", "double", "swap"))
    if slip == "neighbour":
        keys = neighbours(word[spot].lower())
        if keys:
            return word[:spot] + chance.choice(keys) + word[spot + 1 :]
    if slip == "swap":
        spot = min(spot, len(word) - 2)
        if word[spot] != word[spot + 1]:
            return word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
    if slip == "drop":
        return word[:spot] + word[spot + 1 :]
    return word[: spot + 1] + word[spot] + word[spot + 1 :]


def mistyped(text: str, seed: int) -> str:
    """``text`` with one slip in each word of four letters or more."""
    chance = random.Random(f"{seed}:{text}")  # noqa: S311 - no secret
    return _WORD.sub(
        lambda m: mistype(m.group(), chance) if len(m.group()) >= MIN_LETTERS else m.group(), text
    )
