"""Logs that cannot leak: the token is cut out of every line, health text never gets in."""

from __future__ import annotations

import hashlib
import logging
import secrets

_KEY = secrets.token_bytes(16)
LOG = logging.getLogger("aftercare")


class Redacting(logging.Formatter):
    """Replaces a secret in the whole line, tracebacks included."""

    def __init__(self, secret: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        """The line without the secret."""
        line = super().format(record)
        if self._secret:
            line = line.replace(self._secret, "[token]")
            tail = self._secret.partition(":")[2]
            if len(tail) >= 8:
                line = line.replace(tail, "[token]")
        return line


def set_up(secret: str | None, level: int = logging.INFO) -> None:
    """Log to stderr. The libraries' own loggers print addresses and bodies below WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting(secret))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "telegram", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def who(chat: int) -> str:
    """A name for a chat in the log: keyed, and another one after each start."""
    return hashlib.blake2s(str(chat).encode(), key=_KEY, digest_size=4).hexdigest()
