"""Settings from the environment. Nothing else in the code reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TELEGRAM = "https://api.telegram.org"


class ConfigError(ValueError):
    """A setting that cannot be used; the text names it and says what to write."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the operator has set."""

    token: str | None = field(default=None, repr=False)
    """TELEGRAM_TOKEN: never shown."""
    api_url: str = TELEGRAM
    """TELEGRAM_API_URL: base address of the Bot API server."""
    knowledge: Path = Path()
    """AFTERCARE_KNOWLEDGE, else the folder that was shipped."""
    clinics: Path | None = None
    """AFTERCARE_CLINICS: the operator's file of clinics, for links that name one."""
    database: str = field(default="", repr=False)
    """DATABASE_URL, else a file in the user's data folder. May hold a password: never shown."""
    keys: str | None = field(default=None, repr=False)
    """AFTERCARE_KEY: keys for what is stored, comma-separated, the newest first. Never shown."""
    webhook_url: str | None = None
    """WEBHOOK_URL: where Telegram delivers; without it we poll."""
    webhook_secret: str | None = field(default=None, repr=False)
    """WEBHOOK_SECRET, else made from the token. Never shown."""
    port: int | None = None
    """PORT: of the webhook, /healthz, /readyz and /metrics."""
    host: str = "0.0.0.0"  # noqa: S104 - a platform's router comes from outside
    """HOST: the address to listen at."""
    cache: Path | None = None
    """Where the compiled knowledge is kept; None: nowhere."""
    json_log: bool | None = None
    """AFTERCARE_LOG: ``json`` or ``text``; without it text in a terminal, else JSON."""
    gaps: bool = False
    """AFTERCARE_GAPS: the operator consents to counting what is asked and not known."""

    @property
    def counts_gaps(self) -> bool:
        """Whether it is counted: consent is not enough, there must be a key to seal it with."""
        return self.gaps and self.keys is not None

    @property
    def bot(self) -> int:
        """The number of the bot, which is the first half of its token."""
        head = (self.token or "").partition(":")[0]
        return int(head) if head.isdigit() else 0

    def secrets(self) -> list[str]:
        """What must not stand in any log."""
        keys = (self.keys or "").split(",")
        address = self.database.rpartition("@")[0]
        password = address.rpartition(":")[2] if "://" in address else ""
        found = [self.token, self.webhook_secret, password, *(key.strip() for key in keys)]
        return [secret for secret in found if secret]


def shipped_knowledge() -> Path:
    """The knowledge of this installation: beside the package in a checkout, else inside it."""
    package = Path(__file__).resolve().parent
    inside = package / "_knowledge"
    return inside if inside.is_dir() else package.parent / "knowledge"


def data_folder(env: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where this user's programs keep their data."""
    if platform == "darwin":
        return _home(env) / "Library" / "Application Support" / "aftercare"
    if platform == "win32":
        return Path(env.get("LOCALAPPDATA") or _home(env) / "AppData" / "Local") / "aftercare"
    return Path(env.get("XDG_DATA_HOME") or _home(env) / ".local" / "share") / "aftercare"


def cache_folder(env: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where this user's programs keep what they can make again."""
    if platform == "darwin":
        return data_folder(env, platform).parent.parent / "Caches" / "aftercare"
    if platform == "win32":
        return data_folder(env, platform) / "cache"
    return Path(env.get("XDG_CACHE_HOME") or _home(env) / ".cache") / "aftercare"


def _home(env: Mapping[str, str]) -> Path:
    """Asked only where nothing else names a folder: a service's user may have no home at all."""
    return Path(env.get("HOME") or env.get("USERPROFILE") or Path.home())


def from_environment(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings; empty variables count as not set.

    Raises:
        ConfigError: a setting that cannot be used.
    """
    env = os.environ if environ is None else environ

    def value(name: str) -> str | None:
        return env.get(name, "").strip() or None

    folder = value("AFTERCARE_KNOWLEDGE")
    clinics = value("AFTERCARE_CLINICS")
    port = value("PORT")
    if port is not None and not (port.isdigit() and int(port) < 65536):
        raise ConfigError("PORT must be a number from 1 to 65535")
    log = value("AFTERCARE_LOG")
    if log not in (None, "json", "text"):
        raise ConfigError("AFTERCARE_LOG must be json or text")
    gaps = value("AFTERCARE_GAPS")
    if gaps not in (None, "yes", "no"):
        raise ConfigError("AFTERCARE_GAPS must be yes or no")
    return Config(
        token=value("TELEGRAM_TOKEN"),
        api_url=(value("TELEGRAM_API_URL") or TELEGRAM).rstrip("/"),
        knowledge=Path(folder).expanduser() if folder else shipped_knowledge(),
        clinics=Path(clinics).expanduser() if clinics else None,
        database=value("DATABASE_URL") or f"sqlite:///{data_folder(env) / 'aftercare.sqlite3'}",
        keys=value("AFTERCARE_KEY"),
        webhook_url=value("WEBHOOK_URL"),
        webhook_secret=value("WEBHOOK_SECRET"),
        port=int(port) if port else None,
        host=value("HOST") or "0.0.0.0",  # noqa: S104 - a platform's router comes from outside
        cache=cache_folder(env),
        json_log=None if log is None else log == "json",
        gaps=gaps == "yes",
    )
