"""Mistakes that maintainers make, a file each, with every message that ``check`` prints.

``tests/bad/<name>.yaml`` is the broken file. ``<name>.expected`` says in its first line where the
file belongs in ``tests/small_knowledge``, and below it what must be printed, no more and no less.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.load import check
from bot.content.yamlfile import MAX_BYTES
from tests.conftest import ROOT

BAD = ROOT / "tests" / "bad"
NAMES = sorted(file.stem for file in BAD.glob("*.yaml"))


def test_without_a_mistake_nothing_is_found(small_knowledge: Path) -> None:
    knowledge, faults = check(small_knowledge)
    assert knowledge is not None
    assert faults == []


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_is_told_as_it_should_be(small_knowledge: Path, name: str) -> None:
    place, *expected = (BAD / f"{name}.expected").read_text("utf-8").splitlines()
    (small_knowledge / place).write_bytes((BAD / f"{name}.yaml").read_bytes())
    _, faults = check(small_knowledge)
    assert [str(fault) for fault in faults] == expected
    assert expected


def test_there_are_sixty_and_each_has_its_messages() -> None:
    assert len(NAMES) >= 60
    assert sorted(file.stem for file in BAD.glob("*.expected")) == NAMES


def test_a_file_that_is_far_too_long_is_not_even_read(small_knowledge: Path) -> None:
    with (small_knowledge / "symptoms/general/headache.yaml").open("ab") as file:
        file.write(b"# more\n" * (MAX_BYTES // 7))
    _, faults = check(small_knowledge)
    assert [fault.path for fault in faults] == ["knowledge/symptoms/general/headache.yaml"]
    assert (faults[0].what, faults[0].remedy) == (
        "the file has 2,000,306 bytes",
        "split it below 2 MB",
    )
