"""How the bot shows itself: its commands and descriptions, in each language."""

from __future__ import annotations

import telegram

from bot.content.knowledge import Knowledge
from bot.content.models import Welcome, Wording

LONG, SHORT = 512, 120
"""Characters of the description above the start button, and of the one in the profile."""


async def present(bot: telegram.Bot, knowledge: Knowledge) -> None:
    """Set commands and descriptions; English is shown where there are none in the app's language.

    Raises:
        telegram.error.TelegramError: the bot works without them.
    """
    pages: list[tuple[str, Wording | Welcome]] = [*knowledge.wording.items()]
    pages += knowledge.welcome.items()
    for language, wording in pages:
        codes = [None, "en"] if language == "en" else [language]
        commands = [telegram.BotCommand(name, text) for name, text in wording.commands.items()]
        for code in codes:
            await bot.set_my_commands(commands, language_code=code)
            await bot.set_my_description(long_description(wording), language_code=code)
            await bot.set_my_short_description(
                sentences(wording.disclaimer, SHORT), language_code=code
            )


def long_description(wording: Wording | Welcome) -> str:
    """What the bot does, then the whole disclaimer if it fits."""
    return sentences(f"{wording.description} {wording.disclaimer}", LONG)


def sentences(text: str, limit: int) -> str:
    """As many whole sentences as fit: half a sentence about an emergency helps nobody."""
    if len(text) <= limit:
        return text
    return text[: text.rfind(". ", 0, limit) + 1] or text[:limit]
