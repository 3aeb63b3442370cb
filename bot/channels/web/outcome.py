"""What became of an update that Telegram handed in. Apart from the server: polling needs none."""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus


class Outcome(Enum):
    """What became of an update that was handed in."""

    DONE = HTTPStatus.OK
    LATER = HTTPStatus.SERVICE_UNAVAILABLE
    """Overloaded, stopping, or not answered yet: it must come again."""
    UNREADABLE = HTTPStatus.BAD_REQUEST
