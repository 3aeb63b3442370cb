"""Settings from the environment. Nothing else in the code reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TELEGRAM = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Config:
    """What the operator has set."""

    token: str | None = field(default=None, repr=False)
    """TELEGRAM_TOKEN: never shown."""
    api_url: str = TELEGRAM
    """TELEGRAM_API_URL: base address of the Bot API server."""
    knowledge: Path = Path()
    """AFTERCARE_KNOWLEDGE, else the folder that was shipped."""


def shipped_knowledge() -> Path:
    """The knowledge of this installation: beside the package in a checkout, else inside it."""
    package = Path(__file__).resolve().parent
    inside = package / "_knowledge"
    return inside if inside.is_dir() else package.parent / "knowledge"


def from_environment(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings; empty variables count as not set."""
    env = os.environ if environ is None else environ
    folder = env.get("AFTERCARE_KNOWLEDGE", "").strip()
    return Config(
        token=env.get("TELEGRAM_TOKEN", "").strip() or None,
        api_url=(env.get("TELEGRAM_API_URL", "").strip() or TELEGRAM).rstrip("/"),
        knowledge=Path(folder).expanduser() if folder else shipped_knowledge(),
    )
