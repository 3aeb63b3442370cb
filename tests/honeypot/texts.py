"""Benign sentences: written for this test, and from the docstrings of pinned packages."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = ("click", "rich", "pydantic", "hypothesis", "telegram")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


def written() -> list[str]:
    """The sentences of everyday.txt, as tempting for a word matcher as they could be made."""
    lines = (HERE / "everyday.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def from_packages() -> list[str]:
    """English sentences of four to forty words that the packages ship as documentation."""
    found: dict[str, None] = {}
    for name in PACKAGES:
        for text in _docstrings(Path(str(importlib.import_module(name).__file__)).parent):
            for part in _SENTENCE.split(text):
                sentence = " ".join(part.split())
                letters = sum(char.isalpha() or char == " " for char in sentence)
                if 4 <= len(sentence.split()) <= 40 and letters > 0.9 * len(sentence):
                    found[sentence] = None
    return list(found)


def _docstrings(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield text
