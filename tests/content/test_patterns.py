"""The pattern language: what is read, and what is said of patterns that cannot be."""

from __future__ import annotations

import pytest

from bot.content.patterns import ClassRef, Part, PatternError, endings, parse


def test_words_classes_choices_and_gaps() -> None:
    (row,) = parse("{lips} .. (gone|went all) [really] white").orders
    assert row == (
        Part(((ClassRef("lips"),),)),
        Part((("gone",), ("went", "all")), gap=3),
        Part((("really",),), optional=True),
        Part((("white",),)),
    )


def test_apostrophes_and_capitals_vanish() -> None:
    assert parse("Can't SEE").orders == parse("cant see").orders


def test_a_pair_is_read_in_both_orders() -> None:
    first, second = parse("{lips} & white").orders
    assert [part.gap for part in first] == [0, 8]
    assert first[0].members == second[1].members


def test_choices_may_stand_in_choices() -> None:
    (row,) = parse("(went (very|all) white|turned [dead] pale)").orders
    assert set(row[0].members) == {
        ("went", "very", "white"),
        ("went", "all", "white"),
        ("turned", "pale"),
        ("turned", "dead", "pale"),
    }


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("droop", {"droops", "drooping", "drooped", "droopy"}),
        ("bruise", {"bruises", "bruising", "bruised"}),
        ("throb", {"throbbing", "throbbed"}),
        ("itch", {"itches", "itching", "itched", "itchy"}),
        ("worry", {"worries", "worrying", "worried"}),
    ],
)
def test_endings(word: str, forms: set[str]) -> None:
    assert forms <= set(endings(word))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty pattern; write words"),
        (".. white", "a gap (..) at the start; put a word before it"),
        ("white ..", "it ends in a gap or '&'; put a word after it"),
        ("a .... b", "'....' is no gap; write .. (up to 3 words) or ... (up to 7)"),
        ("(a|b", "'(' is not closed; write ')'"),
        ("(a|) b", "an empty choice before ')'; write a word"),
        ("{Lips} white", "'Lips' is no class name; use small letters and _"),
        ("{lips white", "'{' is not closed; write {class_name}"),
        ("lips} white", "a '}' without its start; remove it"),
        ("[a] [b]", "everything is optional; take one word out of the [brackets]"),
        ("(a|[b]) c", "an empty choice before ')'; write a word"),
        ("(a .. b) c", "'..' inside '('; choices hold words, {classes} and choices only"),
        ("a & b & c & d", "more than three '&' parts; write two patterns"),
    ],
)
def test_a_bad_pattern_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(PatternError) as caught:
        parse(text)
    assert str(caught.value) == message
