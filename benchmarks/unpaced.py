"""The bot without its brake: ``python -m benchmarks.unpaced run``.

It keeps to Telegram's 30 messages a second (``bot/channels/telegram/pace.py``); what it costs shows
only beyond.
"""

from __future__ import annotations

import functools
from typing import Any

from bot.channels.telegram import delivery
from bot.channels.telegram.pace import Rate
from bot.cli import main

if __name__ == "__main__":
    never = Rate(1e9, 10**9)
    module: Any = delivery
    module.Pace = functools.partial(delivery.Pace, chat=never, overall=never)
    main()
