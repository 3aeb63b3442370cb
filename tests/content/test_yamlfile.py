"""The YAML reader: scalars stay text, hostile and broken files become faults with a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.yamlfile import Scalar, parse_bytes


def faults(raw: bytes) -> list[str]:
    document, found = parse_bytes(raw, "x.yaml")
    assert document is None
    return [str(fault) for fault in found]


@pytest.mark.parametrize("word", ["no", "112", "010", "1.10", "12:30", "2026-11-24", "~", "null"])
def test_scalars_stay_as_written(word: str) -> None:
    document, _ = parse_bytes(f"key: {word}\nother: '{word}'\n".encode(), "x.yaml")
    assert document is not None
    assert document.value == {"key": word, "other": word}
    assert document.value["key"].looks_typed
    assert not document.value["other"].looks_typed


def test_a_scalar_knows_its_place() -> None:
    document, _ = parse_bytes(b"a:\n  - b\n  - c\n", "x.yaml")
    assert document is not None
    scalar = document.value["a"][1]
    assert isinstance(scalar, Scalar)
    assert (scalar.path, scalar.line, scalar.col) == ("x.yaml", 3, 5)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "x.yaml:1:1: error: the file is empty; write its fields or delete it"),
        (b"# only a comment\n", "x.yaml:1:1: error: the file is empty; write its fields or delete it"),
        (b"a: 1\na: 2\n", "x.yaml:2:1: error: the key 'a' stands twice (first in line 1); keep one of them"),
        (b"a: &x 1\nb: *x\n", "x.yaml:1:4: error: an anchor (&x); remove it and write the value out"),
        (b"a: *x\n", "x.yaml:1:4: error: an alias (*x); write the value out"),
        (b"a: !!python/object:os.system x\n", "x.yaml:1:4: error: a tag (tag:yaml.org,2002:python/object:os.system); remove it"),
        (b"a:\n\t- b\n", "x.yaml:2:1: error: a tab in the indentation; indent with two spaces"),
        (b"a: \xff\n", "x.yaml:1:4: error: not UTF-8; save the file with UTF-8 encoding"),
        (b"a: 1\n---\nb: 2\n", "x.yaml:2:1: error: a second document; keep one document a file: remove the ---"),
        (b"? [a, b]\n: c\n", "x.yaml:1:3: error: a key that is no plain word; write key: value"),
        (b"[" * 5000, "x.yaml:1:13: error: nested deeper than 12 levels; flatten it; see the schema"),
    ],
)  # fmt: skip
def test_bad_input_names_place_and_remedy(raw: bytes, expected: str) -> None:
    assert faults(raw) == [expected]


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"
    assert "anchor" in faults(bomb)[0]


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    document, found = parse_bytes(raw, "x.yaml")
    assert (document is None) == bool(found)


@given(st.text(alphabet="ab:-[]{}&*!'\"\n #|>%@`,?", max_size=120))
def test_no_yaml_like_text_crashes_the_reader(text: str) -> None:
    document, found = parse_bytes(text.encode(), "x.yaml")
    assert (document is None) == bool(found)
