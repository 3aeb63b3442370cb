"""What people asked and the knowledge does not have, where the operator has it counted."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.cli.shared import engine_of
from bot.config import Config
from bot.conversation.engine import Engine
from bot.conversation.gaps import has_topic
from bot.store.gaps import KEPT_WEEKS, Asked, begin_of
from bot.store.shares import NEEDED

SHOWN = 5
"""Pairs for which the next step is written out."""
OFF = (
    "Nothing is counted: AFTERCARE_GAPS is not set. AFTERCARE_GAPS=yes in the bot's environment "
    "turns it on, and /privacy tells people so then."
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def gaps(config: Config, as_json: bool) -> None:
    """List words nobody taught the bot, and pairs without a topic, most asked first.

    Needs the environment of the running bot: TELEGRAM_TOKEN, AFTERCARE_KEY, DATABASE_URL.
    """
    if config.token is None or config.keys is None:
        raise click.UsageError(
            "set TELEGRAM_TOKEN and AFTERCARE_KEY (and DATABASE_URL) as for the running bot: "
            "what it has counted can be read with its key only"
        )
    found = asyncio.run(_read(config))
    engine = engine_of(config)
    words = [asked for asked in found if asked.gap.kind == "word"]
    words = [asked for asked in words if not engine.reader.knows(asked.gap.text)]
    pairs = [asked for asked in found if asked.gap.kind == "pair" and _open(asked, engine)]
    if as_json:
        click.echo(json.dumps(_as_dict(words, pairs), ensure_ascii=False))
        return
    console = Console()
    if not config.gaps:
        console.print(OFF, style="yellow")
    if not words and not pairs:
        console.print(f"Nothing that {NEEDED} chats have asked in the last {KEPT_WEEKS} weeks.")
        return
    if words:
        console.print(_table("Words that nothing in knowledge/ knows", ["word"], words))
        console.print(
            "Next: see what a word does with [bold]aftercare explain[/bold], then teach it where "
            "it belongs: a phrase of a symptom or treatment, or [bold]aftercare new symptom[/bold]"
            " / [bold]aftercare new treatment[/bold].\n",
            highlight=False,
            soft_wrap=True,
        )
    if pairs:
        console.print(_table("Pairs without a topic", ["symptom", "treatment"], pairs))
        console.print("Next, for instance:")
        for pair in pairs[:SHOWN]:
            console.print(f"  {_next(pair)}", style="bold", highlight=False, soft_wrap=True)


async def _read(config: Config) -> list[Asked]:
    from bot.store.database import Database  # noqa: PLC0415 - 0.3 s of imports
    from bot.store.gap_book import GapBook  # noqa: PLC0415
    from bot.store.sealing import KeyFormatError, Seal  # noqa: PLC0415

    try:
        book = GapBook(Seal(config.keys or "", config.bot))
        database = Database(config.database, config.bot)
    except (KeyFormatError, ValueError) as wrong:
        raise click.UsageError(str(wrong)) from None
    if database.path is not None and not database.path.is_file():
        return []
    try:
        return book.asked(await database.gaps() or [])
    except OSError as failed:
        raise click.ClickException(f"the database is not there: {type(failed).__name__}") from None
    finally:
        await database.close()


def _open(asked: Asked, engine: Engine) -> bool:
    """Whether a pair still has no topic, and both of its names still exist."""
    symptom, treatment = asked.gap.text.split()
    known = engine.knowledge
    if symptom not in known.symptoms or treatment not in known.treatments:
        return False
    return not has_topic(known, symptom, treatment)


def _table(title: str, columns: list[str], rows: list[Asked]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    table.add_column("chats", justify="right")
    table.add_column("last in the week of")
    for asked in rows:
        names = asked.gap.text.split()
        table.add_row(*names, str(asked.chats), _day(asked))
    return table


def _next(pair: Asked) -> str:
    symptom, treatment = pair.gap.text.split()
    return f"aftercare new topic --treatment {treatment} --symptom {symptom}"


def _day(asked: Asked) -> str:
    return dt.datetime.fromtimestamp(begin_of(asked.week), dt.UTC).date().isoformat()


def _as_dict(words: list[Asked], pairs: list[Asked]) -> dict[str, Any]:
    return {
        "least_chats": NEEDED,
        "weeks": KEPT_WEEKS,
        "words": [{"word": w.gap.text, "chats": w.chats, "week": _day(w)} for w in words],
        "pairs": [
            {
                "symptom": p.gap.text.split()[0],
                "treatment": p.gap.text.split()[1],
                "chats": p.chats,
                "week": _day(p),
                "next": _next(p),
            }
            for p in pairs
        ],
    }
