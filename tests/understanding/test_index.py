"""The phrase index against a slow and obvious matcher that knows nothing of bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.patterns import ClassRef, Part, parse
from bot.understanding.index import BREAK, IndexBuilder, PhraseIndex

CLASSES = {"colour": ["white", "ghost white", "grey"], "lips": ["lip", "lips", "upper lip"]}
WORDS = ["lip", "upper", "white", "ghost", "grey", "went", "all", "my"]


def index_of(*phrases: str) -> PhraseIndex[str]:
    builder: IndexBuilder[str] = IndexBuilder(CLASSES, lambda word: float(len(word)))
    for phrase in phrases:
        builder.add(phrase, phrase)
    return builder.build()


def found(phrase: str, text: str) -> list[str]:
    words = text.split()
    hits = index_of(phrase).find(words, range(len(words)))
    return [" ".join(words[hit.first : hit.last + 1]) for hit in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("white lip", "my white lip", ["white lip"]),
        ("white lip", "my white my lip", []),
        ("{lips} .. {colour}", "my upper lip went all ghost white", ["upper lip went all ghost white"]),
        ("{lips} .. grey", "lip a b c grey", ["lip a b c grey"]),
        ("{lips} .. grey", "lip a b c d grey", []),
        ("lip [went] white", "lip white", ["lip white"]),
        ("lip [went] white", "lip went white", ["lip went white"]),
        ("{lips} & grey", "grey all over my lip", ["grey all over my lip"]),
        ("(all|my) lip~", "my lips", ["my lips"]),
    ],
)  # fmt: skip
def test_finds_what_the_language_promises(phrase: str, text: str, expected: list[str]) -> None:
    assert [hit for hit in found(phrase, text) if hit in expected] == expected
    assert bool(found(phrase, text)) == bool(expected)


def test_a_phrase_never_crosses_the_end_of_a_clause() -> None:
    index = index_of("lip ... white")
    assert index.find(["lip", "white"], [0, 1])
    assert not index.find(["lip", "white"], [0, 1 + BREAK])


def test_the_words_in_a_gap_are_not_covered() -> None:
    (hit,) = index_of("lip .. white").find(["lip", "not", "white"], range(3))
    assert hit.covered == {0, 2}


# -- the slow matcher -------------------------------------------------------------------------


def nearly(phrase: str, text: str) -> list[tuple[str | None, tuple[str, ...]]]:
    """The word that stands for the missing one, and what is wanted there."""
    words = text.replace(",", "").split()
    place, at = 0, []
    for word in text.split():
        at.append(place)
        place += 1 + (BREAK if word.endswith(",") else 0)
    near = index_of(phrase).nearly(words, at, range(len(words)), lambda _: True)
    return [(None if n.stands_in is None else words[n.stands_in], n.wanted) for n in near]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("lip .. white", "my lip went snowy", [("went", ("white",))]),
        ("lip white", "lip snowy", [("snowy", ("white",))]),
        ("lip .. white", "lip a b c d white", [(None, ())]),
        ("lip white", "lip, white", [(None, ())]),
        ("lip white", "lip white", []),
        ("lip white", "white lip", []),
        ("lip (white|in a b)", "lip grey", [("grey", ("white",))]),
        ("lip (in a b|of c)", "lip grey", []),
        ("lip went white", "lip is grey", []),
        ("white", "grey", []),
    ],
)
def test_finds_what_nearly_matches(
    phrase: str, text: str, expected: list[tuple[str | None, tuple[str, ...]]]
) -> None:
    assert nearly(phrase, text) == expected


def ends(parts: Sequence[Part], words: Sequence[str], at: int) -> Iterator[int]:
    """Every place after a match of ``parts`` that starts exactly at ``at``."""
    if not parts:
        yield at
        return
    part, rest = parts[0], parts[1:]
    if part.optional:
        for start in range(at, at + part.gap + 1):
            yield from skip(rest, words, start)
    for start in range(at, at + part.gap + 1):
        for member in part.members:
            for size in sizes(member, words, start):
                yield from ends(rest, words, start + size)


def skip(rest: Sequence[Part], words: Sequence[str], at: int) -> Iterator[int]:
    yield from ends(rest, words, at)


def sizes(member: Sequence[str | ClassRef], words: Sequence[str], at: int) -> Iterator[int]:
    if not member:
        yield 0
        return
    item, rest = member[0], member[1:]
    choices = CLASSES[item.name] if isinstance(item, ClassRef) else [item]
    for choice in choices:
        length = len(choice.split())
        if list(words[at : at + length]) == choice.split():
            for more in sizes(rest, words, at + length):
                yield length + more


PHRASES = [
    "white lip", "{lips} .. {colour}", "lip [went] all white", "{colour} & {lips}",
    "my ... (white|went all) [ghost] grey", "{lips} .. [all] .. {colour}", "upper lip .. my",
    "(my|all) .. {lips} [went] .. (grey|white)",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(PHRASES))
def test_agrees_with_the_slow_matcher(words: list[str], phrase: str) -> None:
    wanted = {
        end
        for order in parse(phrase).orders
        for start in range(len(words))
        for end in ends(order, words, start)
        if end <= len(words)
    }
    hits = index_of(phrase).find(words, range(len(words)))
    assert bool(hits) == bool(wanted)
    assert {hit.last + 1 for hit in hits} <= wanted
    for hit in hits:
        assert {hit.first, hit.last} <= hit.covered
