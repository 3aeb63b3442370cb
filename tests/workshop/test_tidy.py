"""``check --fix``: order without a change of meaning, comments kept, nothing left to do twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.content.load import load
from bot.content.yamlfile import parse_bytes
from bot.workshop.tidy import kind_of, tidy, tidy_folder
from tests.conftest import ROOT

SYMPTOM = "symptoms/general/headache.yaml"
POINTER = "# yaml-language-server: $schema=../../schema/symptom.schema.json\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: x   \nname: y", "id: x\nname: y\n"),
        ("\ufeffid: x\r\nname: y\r\n", "id: x\nname: y\n"),
        ("\n\nid: x\n\n\n", "id: x\n"),
        ("a:\n- b\n-   c  # why\n", "a:\n  - b\n  - c  # why\n"),
        ("a:\n      b: c\n      d: [e,   f]\n", "a:\n  b: c\n  d: [e, f]\n"),
        ("a: [b,\n  c]\n", "a: [b, c]\n"),
        ("# first\na: 'no'\n# between\nb: \"yes\"\n# last\n",) * 2,
        ("a: no\nb: 010\nc: 1_0\nd: 2026-11-24\ne: ~\nf: 1.10\ng: 0x1F\nh: 12:30\n",) * 2,
    ],
)
def test_a_file_is_put_into_order(before: str, after: str) -> None:
    assert tidy(before.encode()) == after.encode()


def test_an_editor_is_pointed_at_the_schema() -> None:
    assert tidy(b"id: headache\n", SYMPTOM) == f"{POINTER}id: headache\n".encode()


def test_entries_are_sorted_and_their_remarks_go_with_them() -> None:
    before = (
        "# yaml-language-server: $schema=schema/emergency_numbers.schema.json\n# all\ncountries:\n"
        "  # the kingdom\n  GB:\n    name: b\n  DE: # here\n    name: a\n# the rest\nend: x\n"
    )
    after = (
        "# yaml-language-server: $schema=schema/emergency_numbers.schema.json\n# all\ncountries:\n"
        "  DE: # here\n    name: a\n  # the kingdom\n  GB:\n    name: b\n# the rest\nend: x\n"
    )
    assert tidy(before.encode(), "emergency_numbers.yaml") == after.encode()


@pytest.mark.parametrize("raw", [b"a: [b\n", b"a: \xff\n", b"", b"a: 1\na: 2\n"])
def test_a_file_that_cannot_be_read_is_left_alone(raw: bytes) -> None:
    assert tidy(raw) is None


def test_the_shipped_knowledge_is_in_order() -> None:
    """The same as: nothing changes. Read with comments once, so it takes its seconds."""
    folder = ROOT / "knowledge"
    untidy = [
        file.name
        for file in (
            *folder.glob("*.yaml"),
            *folder.rglob("views/*/*.yaml"),
            *folder.rglob("g*/*.yaml"),
        )
        if tidy(file.read_bytes(), file.relative_to(folder).as_posix()) != file.read_bytes()
    ]
    assert untidy == []


def test_disorder_is_undone_and_the_knowledge_stays_equal(small_knowledge: Path) -> None:
    before = load(small_knowledge)
    tidy_folder(small_knowledge)
    orderly = {file: file.read_bytes() for file in small_knowledge.rglob("*.yaml")}
    for file, raw in orderly.items():
        text = raw.decode().replace("\n", " \r\n")
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    done = tidy_folder(small_knowledge)
    assert set(done.changed) == set(orderly)
    assert {file: file.read_bytes() for file in orderly} == orderly
    after = load(small_knowledge)
    for part in ("treatments", "symptoms", "red_flags", "topics", "sources", "wording", "classes"):
        assert getattr(after, part) == getattr(before, part)


def test_what_is_in_order_is_remembered(small_knowledge: Path, tmp_path: Path) -> None:
    file = small_knowledge / SYMPTOM
    tidy_folder(small_knowledge, tmp_path)
    assert tidy_folder(small_knowledge, tmp_path).changed == ()
    file.write_text(file.read_text("utf-8") + "\n\n", "utf-8")
    assert tidy_folder(small_knowledge, tmp_path).changed == (file,)
    (tmp_path / "tidy.json").write_text("broken", "utf-8")
    assert tidy_folder(small_knowledge, tmp_path).changed == ()


def test_the_command_says_what_it_did(small_knowledge: Path) -> None:
    (small_knowledge / SYMPTOM).write_bytes((small_knowledge / SYMPTOM).read_bytes() + b"\n\n")
    (small_knowledge / "sources.yaml").write_bytes(b"sources: [\n")
    result = CliRunner().invoke(main, ["--knowledge", str(small_knowledge), "check", "--fix"])
    assert "put into order" in result.stderr
    assert SYMPTOM in result.stderr
    assert "left as it is, because it cannot be read yet" in result.stderr
    assert "the bracket '[' is never closed" in result.output
    assert result.exit_code == 1


_word = st.text(alphabet="abn'\" :#-{}[]é1.", min_size=1, max_size=8)
_tree = st.recursive(
    _word, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_word, inner, max_size=3)
)


def _written(value: object, depth: int = 0, step: int = 4) -> str:
    """Legal but untidy: odd steps of indentation, remarks, quotes everywhere."""
    pad = " " * (depth * step)
    if isinstance(value, dict) and value:
        rows = (f"{pad}{_quoted(k)}:{_below(v, depth, step)}" for k, v in value.items())
        return "# r\n".join(rows)
    if isinstance(value, list) and value:
        return "".join(f"{pad}-{_below(v, depth, step)}" for v in value)
    return f"{pad}{_quoted(value) if isinstance(value, str) else '[]'}  \n"


def _below(value: object, depth: int, step: int) -> str:
    if isinstance(value, str) or not value:
        return " " + _written(value).lstrip()
    return "\n" + _written(value, depth + 1, step)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@given(st.dictionaries(_word, _tree, min_size=1, max_size=4), st.integers(1, 6))
def test_order_never_changes_what_a_file_means(value: dict[str, object], step: int) -> None:
    raw = _written(value, step=step).encode()
    document, _ = parse_bytes(raw, "x.yaml")
    after = tidy(raw)
    assert (document is None) == (after is None)
    if document is None or after is None:
        return
    again, _ = parse_bytes(after, "x.yaml")
    assert again is not None
    assert again.value == document.value
    assert after.count(b"# r") == raw.count(b"# r")
    assert tidy(after) == after


def test_every_knowledge_file_has_one_kind() -> None:
    for file in (ROOT / "knowledge").rglob("*.yaml"):
        assert kind_of(file.relative_to(ROOT / "knowledge").as_posix()), file
    assert kind_of("notes/x.yaml") is None
