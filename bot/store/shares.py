"""A secret that opens only when five different people have each brought their share.

Shamir's scheme: the secret is the height at 0 of a curve of degree four, a share is one more point
of it. Five points fix the curve, four fit every secret. The curve of a word is made from the word
and the operator's key, so all processes give out points of the same curve without speaking to each
other (as STAR does for counting in browsers: Davidson et al., 2022).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

NEEDED = 5
"""Shares that open a secret: the chats that must have asked for something before it is readable."""
PRIME = 2**255 - 19
SIZE = 32
"""Bytes of a number below ``PRIME``."""

Share = tuple[int, int]
"""A point of the curve: the place, which is not 0, and the height there."""


def curve(key: bytes, text: str) -> list[int]:
    """The coefficients for a text; the first one is the secret."""
    return [
        int.from_bytes(hmac.digest(key, f"{degree} {text}".encode(), "sha512")) % PRIME
        for degree in range(NEEDED)
    ]


def height(coefficients: Sequence[int], place: int) -> int:
    """The height of a curve at a place."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * place + coefficient) % PRIME
    return value


def secret(shares: Sequence[Share]) -> int:
    """The height at 0 of the curve through ``NEEDED`` shares from different places.

    Raises:
        ValueError: fewer shares.
    """
    if len({place for place, _ in shares}) < NEEDED:
        raise ValueError(f"{NEEDED} shares are needed")
    points = list(dict(shares).items())[:NEEDED]
    total = 0
    for place, value in points:
        above = below = 1
        for other, _ in points:
            if other != place:
                above = above * other % PRIME
                below = below * (other - place) % PRIME
        total += value * above * pow(below, -1, PRIME)
    return total % PRIME


def key_of(number: int) -> bytes:
    """A secret as 32 bytes to lock something with."""
    return hashlib.blake2b(
        number.to_bytes(SIZE), digest_size=32, person=b"aftercare-share"
    ).digest()
