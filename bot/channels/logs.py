"""Logs that cannot leak: secrets are cut out of every line, health text never gets in.

One JSON object a line, or plain lines where somebody reads them in a terminal. Of an exception
the type and the places in the code are told, never its text: that may be a person's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import secrets
import sys
import threading
import traceback
from collections.abc import Iterable
from pathlib import PurePath
from types import TracebackType

LOG = logging.getLogger("aftercare")
_QUIET = ("httpx", "httpcore", "telegram", "asyncio", "aiohttp", "sqlalchemy", "alembic", "uvicorn",
          "aiosqlite")  # fmt: skip
"""Libraries whose loggers print addresses, values and bodies below ERROR."""
NEVER = logging.CRITICAL + 1
"""The Telegram library logs bodies that it cannot read, with what a person wrote, at ERROR and at
CRITICAL. All that it has to say reaches us as an exception."""
_key = secrets.token_bytes(16)
FRAMES = 6
"""Places in the code that are told of an exception, the innermost last."""


class Redacting(logging.Formatter):
    """Replaces secrets in the whole line."""

    def __init__(self, hidden: Iterable[str | None] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        forms = [form for secret in hidden if secret for form in _forms(secret)]
        self._hidden = sorted(set(forms), key=len, reverse=True)

    def redact(self, line: str) -> str:
        """The line without the secrets."""
        for form in self._hidden:
            line = line.replace(form, "[hidden]")
        return line

    def format(self, record: logging.LogRecord) -> str:
        """The line without the secrets, and where an exception came from."""
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        line = self.formatMessage(record)
        raised = _raised(record)
        return self.redact(f"{line} [{raised[0]}: {' > '.join(raised[1])}]" if raised else line)


class JsonLines(Redacting):
    """One JSON object a line: time, level, logger, message, and what was given as ``extra``."""

    _KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        """See the class."""
        values: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
                "T", "milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        values |= {k: v for k, v in vars(record).items() if k not in self._KNOWN}
        if raised := _raised(record):
            values["exception"], values["places"] = raised
        return self.redact(json.dumps(values, ensure_ascii=False, default=str))


def _raised(record: logging.LogRecord) -> tuple[str, list[str]] | None:
    if not record.exc_info or record.exc_info[0] is None:
        return None
    frames = traceback.extract_tb(record.exc_info[2])[-FRAMES:]
    places = [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames]
    return record.exc_info[0].__name__, places


def _forms(secret: str) -> list[str]:
    """A secret, its tail behind the colon of a token, and both as they stand in addresses."""
    tail = secret.partition(":")[2]
    forms = [secret, secret.replace(":", "%3A")]
    return [form for form in (*forms, tail) if len(form) >= 8]


def set_up(
    hidden: Iterable[str | None] = (), *, json_lines: bool | None = None, level: int = logging.INFO
) -> None:
    """Log to stderr: JSON lines unless it is a terminal."""
    handler = logging.StreamHandler()
    lines = not sys.stderr.isatty() if json_lines is None else json_lines
    handler.setFormatter(JsonLines(hidden) if lines else Redacting(hidden))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("telegram").setLevel(NEVER)


def hush() -> None:
    """Let nothing past the log: what Python itself writes to stderr holds values and texts.

    For a whole process; there is no way back.
    """
    logging.raiseExceptions = False  # a line that cannot be written would be shown with its values
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)

    def told(kind: type[BaseException] | None, traceback: TracebackType | None) -> None:
        kind = kind or BaseException  # without its value: that is what must not be told
        LOG.critical("not caught: %s", kind.__name__, exc_info=(kind, Exception(), traceback))

    sys.excepthook = lambda kind, _, traceback: told(kind, traceback)
    sys.unraisablehook = lambda raised: told(raised.exc_type, raised.exc_traceback)
    threading.excepthook = lambda raised: told(raised.exc_type, raised.exc_traceback)


def name_chats_by(key: str) -> None:
    """Use a key of the operator's, so that a chat has one name in all processes' logs."""
    global _key  # noqa: PLW0603 - logging is global as a whole
    _key = hashlib.blake2b(key.encode(), digest_size=32, person=b"aftercare-logs").digest()


def who(chat: int) -> str:
    """A name for a chat in the log: keyed; without the operator's key another one each start."""
    return hashlib.blake2s(str(chat).encode(), key=_key, digest_size=4).hexdigest()
