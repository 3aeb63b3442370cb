"""Faults in knowledge files: what is wrong, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in one knowledge file."""

    path: str
    """The file, relative to the folder that holds ``knowledge/``."""
    line: int
    """Line, counted from 1."""
    col: int
    """Column, counted from 1."""
    what: str
    """What is wrong, in one phrase."""
    remedy: str
    """What to write instead."""
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.col}: {self.severity}: {self.what}; {self.remedy}"

    def as_dict(self) -> dict[str, str | int]:
        """For machines."""
        return {
            "path": self.path,
            "line": self.line,
            "col": self.col,
            "severity": self.severity,
            "what": self.what,
            "remedy": self.remedy,
        }


class KnowledgeError(Exception):
    """The knowledge does not check; ``faults`` holds every fault of every file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))
