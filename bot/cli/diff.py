"""What an edit of the knowledge changes in behaviour."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from bot.config import Config
from bot.conversation.compiled import digest
from bot.quality import gate, page, show_difference, versions
from bot.quality.behaviour import FaultyError, both
from bot.quality.difference import Difference, compare
from bot.quality.evaluation import LabelError
from bot.quality.messages import gather
from bot.quality.versions import Version, VersionError

FORMATS = ("table", "json", "markdown")


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV | REV..REV2]")
@click.option("--to", metavar="REV", help="Compare with this revision, not with the working tree.")
@click.option(
    "--messages",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="More labelled messages (docs/labels.md); may be given several times.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page.")
@click.option("--text", is_flag=True, help="Show how the replies changed, word by word.")
@click.option("--limit", default=20, show_default=True, help="So many of each kind in the table.")
@click.option(
    "--gate", "gated", is_flag=True, help="Exit 1 if a level is lowered without a safety: line."
)
@click.option(
    "--commit-message",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --gate: a message under way that may hold the safety: line (for a hook).",
)
@click.pass_obj
def diff(
    config: Config,
    revision: str,
    to: str | None,
    files: tuple[Path, ...],
    form: str,
    as_json: bool,
    html: Path | None,
    text: bool,
    limit: int,
    gated: bool,
    commit_message: Path | None,
) -> None:
    """What an edit of the knowledge changes in behaviour, the most dangerous first.

    Compares the working tree with the last commit, or with REV, or two revisions with each other,
    over every message of tests/ and of the red flags.
    """
    folder = config.knowledge
    try:
        before, after = versions.revisions(folder, revision, to)
        with versions.two_versions(folder, before, after) as (old, new):
            found = _difference(old, new, files, config.cache)
        messages = versions.commit_messages(folder, before, after) if gated else []
    except (VersionError, LabelError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if commit_message is not None:
        messages.append(commit_message.read_text("utf-8", "replace"))
    given = gate.reasons(messages)
    refused = gate.refusal(found, given) if gated else None
    if html is not None:
        html.write_text(page.difference_page(found), "utf-8")
        click.echo(f"written: {html}", err=True)
    if as_json or form == "json":
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False))
    elif form == "markdown":
        click.echo(page.difference_markdown(found, given, refused))
    else:
        show_difference.difference(found, Console(highlight=False), limit=limit, text=text)
    if refused is not None:
        click.echo(refused, err=True)
        sys.exit(1)
    if gated and found.lowered:
        click.echo("lowered with a reason: " + "; ".join(given), err=True)


def _difference(
    old: Version, new: Version, files: tuple[Path, ...], cache: Path | None
) -> Difference:
    names = (old.name, new.name)
    said = (gather(old.knowledge), gather(new.knowledge, files))
    same = digest(old.knowledge) == digest(new.knowledge)
    texts = [] if same else list(dict.fromkeys((*said[1], *said[0])))
    today = dt.date.today()  # noqa: DTZ011 - both versions get the maintainer's day
    console = Console(stderr=True)
    what = f"{len(texts):,} messages, {old.name} against {new.name}"
    if texts and not console.is_terminal:
        click.echo(what, err=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        ) as progress:
            task = progress.add_task(what, total=2 * len(texts))

            def advance(number: int) -> None:
                progress.advance(task, number)

            answers = both(old.knowledge, new.knowledge, texts, cache, today, advance)
    except FaultyError as error:
        _refuse(error, old if error.folder == old.knowledge else new)
    return compare(names, said, texts, answers)


def _refuse(error: FaultyError, version: Version) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    for fault in error.faults:
        console.print(Text(f"{version.name}: {fault}", style="red"), soft_wrap=True)
    number = len(error.faults)
    own = version.commit is None
    remedy = (
        "correct them first; 'aftercare check' lists them"
        if own
        else "this program cannot use it; compare with a later revision"
    )
    console.print(
        f"{number} {'fault' if number == 1 else 'faults'} in the knowledge of {version.name}: "
        f"{remedy}.",
        style="bold red",
        soft_wrap=True,
    )
    sys.exit(1 if own else 2)
