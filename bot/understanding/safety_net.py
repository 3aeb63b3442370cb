"""A safety net for words that nobody wrote a pattern for: how much a message sounds like danger.

A linear model over words, pairs of words and pieces of words, trained on the project's own cases
and labelled messages (``bot/quality/training.py``), shipped as 64 KiB of weights. It reads no
symptom and names none: triage may raise a level by it, never lower one. docs/safety-net.md tells
what it is worth on messages that were not used to build it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from zlib import crc32

BUCKETS = 1 << 16
"""Features are hashed into so many weights, one byte each."""
PIECES = (3, 4, 5)
"""Lengths of the pieces of a word, its edges marked."""
MIN_WORDS = 4
"""Shorter sentences are not judged by themselves."""
FILE = "safety_net.bin"


def features(word: str, before: str) -> Iterator[int]:
    """The buckets of a word, of its pieces, and of the pair with the word before it."""
    yield _bucket(f"w {word}")
    yield _bucket(f"p {before} {word}")
    marked = f"<{word}>"
    for length in PIECES:
        for start in range(len(marked) - length + 1):
            yield _bucket(f"c {marked[start : start + length]}")


def _bucket(text: str) -> int:
    return crc32(text.encode()) % BUCKETS


def windows(words: Sequence[str], sentences: Sequence[int]) -> Iterator[list[str]]:
    """The whole message, and each sentence long enough: danger may stand among much else."""
    if not words:
        return
    yield list(words)
    if sentences[0] == sentences[-1]:
        return
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or sentences[end] != sentences[start]:
            if end - start >= MIN_WORDS:
                yield list(words[start:end])
            start = end


class SafetyNet:
    """``score(words, sentences)``: below 0 harmless, above 0 like danger."""

    def __init__(self, weights: Sequence[int], scale: float, bias: float) -> None:
        self._weights = weights
        self._scale = scale
        self._bias = bias
        self._of_word = lru_cache(20_000)(self._sum)

    @classmethod
    def shipped(cls) -> SafetyNet:
        """The weights of this installation."""
        data = (resources.files("bot.understanding") / FILE).read_bytes()
        head, _, body = data.partition(b"\n")
        scale, bias = (float(number) for number in head.split())
        return cls(array("b", body), scale, bias)

    def score(self, words: Sequence[str], sentences: Sequence[int]) -> float:
        """The highest score of the message and its sentences."""
        return max((self._window(window) for window in windows(words, sentences)), default=-9.0)

    def _window(self, words: Sequence[str]) -> float:
        total, count = 0, 0
        pairs = dict.fromkeys(zip(words, ["", *words[:-1]], strict=True))
        for word, before in pairs:
            part, number = self._of_word(word, before)
            total += part
            count += number
        return total * self._scale / math.sqrt(count or 1) + self._bias

    def _sum(self, word: str, before: str) -> tuple[int, int]:
        buckets = list(features(word, before))
        return sum(self._weights[bucket] for bucket in buckets), len(buckets)
