"""What commands share: the engine, or every fault of the knowledge and exit code 1."""

from __future__ import annotations

import sys

from bot.config import Config
from bot.content.clinics import load_clinics
from bot.content.faults import KnowledgeError
from bot.conversation.compiled import engine_for_long, engine_from
from bot.conversation.engine import Engine


def engine_of(config: Config, *, for_long: bool = False) -> Engine:
    """The engine over the configured knowledge, with the operator's clinics.

    ``for_long`` is for a process that stays.
    """
    make = engine_for_long if for_long else engine_from
    try:
        engine = make(config.knowledge, config.cache)
        if config.clinics is not None:
            engine.clinics = load_clinics(config.clinics, engine.knowledge)
        return engine
    except KnowledgeError as error:
        from rich.console import Console  # noqa: PLC0415 - for this alone
        from rich.text import Text  # noqa: PLC0415

        console = Console(stderr=True)
        for fault in error.faults:
            console.print(Text(str(fault), style="red"), soft_wrap=True)
        console.print(f"{len(error.faults)} faults; nothing starts with them.", style="bold red")
        sys.exit(1)
