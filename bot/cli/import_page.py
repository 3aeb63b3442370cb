"""``aftercare import``: a draft of a topic from a pasted page of questions and answers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from bot.cli.new import SLUG, finish
from bot.config import Config
from bot.content.faults import KnowledgeError
from bot.content.knowledge import Knowledge
from bot.content.load import as_far_as_it_can_be_read
from bot.content.misfits import did_you_mean
from bot.conversation.compiled import engine_from
from bot.understanding.read import Reader
from bot.workshop import importing, similar
from bot.workshop.page import Page, read_page


@click.command("import")
@click.argument("page", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--page", "address", metavar="URL", help="The address of the page.")
@click.option("--treatment", multiple=True, help="The treatment, where none is recognised.")
@click.option("--symptom", multiple=True, help="The symptom it is about, then others.")
@click.option("--name", metavar="SLUG", help="The file's name (default: that of the symptom).")
@click.option(
    "--cases",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the cases (default: tests/cases beside the knowledge).",
)
@click.pass_obj
def import_page(
    config: Config,
    page: Path,
    address: str | None,
    treatment: tuple[str, ...],
    symptom: tuple[str, ...],
    name: str | None,
    cases: Path | None,
) -> None:
    """Draft a topic from PAGE, a text or HTML file of one question and its answers.

    Names, credentials and places are taken over. Summaries stay empty for you to write; the
    sentences of the page stand beside them as remarks and must be deleted then.
    """
    try:
        found_page = read_page(page.read_bytes(), html=page.suffix.lower() in (".html", ".htm"))
    except ValueError as nothing:
        raise click.ClickException(str(nothing)) from None
    knowledge, reader = _reader(config)
    read = importing.recognise(found_page, reader)
    found = importing.Found(treatment or read.treatments, symptom or read.symptoms)
    _tell(found_page, found, page, address)
    _refuse(found_page, found, knowledge, name)
    slug = name or found.symptoms[0]
    for key in similar.topics_about(found.treatments, found.symptoms[0], knowledge):
        click.secho(
            f"there is already the topic '{key}': add the views there?", fg="yellow", err=True
        )
    draft = importing.draft(
        found_page,
        found,
        knowledge,
        reader,
        slug=slug,
        address=address or found_page.address or "",
        today=dt.date.today(),  # noqa: DTZ011 - the maintainer's day
    )
    finish(draft, config, cases)


def _reader(config: Config) -> tuple[Knowledge, Reader]:
    """The reader; without broken entries, if there are any: drafts must not hinder the next one."""
    try:
        engine = engine_from(config.knowledge, config.cache)
    except KnowledgeError:
        knowledge = as_far_as_it_can_be_read(config.knowledge)
        if knowledge is None:
            raise click.ClickException(
                "the knowledge cannot be read; aftercare check tells why"
            ) from None
        return knowledge, Reader(knowledge)
    return engine.knowledge, engine.reader


def _tell(page: Page, found: importing.Found, file: Path, address: str | None) -> None:
    click.echo(f"treatments: {', '.join(found.treatments) or 'none recognised'}")
    click.echo(f"symptoms: {', '.join(found.symptoms) or 'none recognised'}")
    click.echo(f"answers: {len(page.answers)}")
    for answer in page.answers:
        click.echo(
            f"- line {answer.line}: {answer.expert or 'no name'}; {answer.credential}; "
            f"{answer.place or 'no place'}"
        )
    unread = [f"{file.name}:{item.line}: {item.what}" for item in page.unread]
    if not (address or page.address):
        unread.append(f"{file.name}: the page shows no address; give it with --page URL")
    if unread:
        click.secho("Could not be read:", fg="yellow")
        for line in unread:
            click.echo(f"- {line}")


def _refuse(page: Page, found: importing.Found, knowledge: Knowledge, name: str | None) -> None:
    if not page.answers:
        raise click.ClickException("no answer was found, so there is nothing to draft")
    for kind, slugs, known in (
        ("treatment", found.treatments, knowledge.treatments),
        ("symptom", found.symptoms, knowledge.symptoms),
    ):
        if not slugs:
            raise click.ClickException(
                f"no {kind} was recognised in the question; give it with --{kind}"
            )
        for slug in slugs:
            if slug not in known:
                meant = did_you_mean(slug, known)
                more = f"; did you mean '{meant}'?" if meant else ""
                raise click.UsageError(f"--{kind}: no {kind} '{slug}'{more}")
    if name and not SLUG.fullmatch(name):
        raise click.UsageError(
            f"--name: '{name}' is no short name; use small letters, digits and _"
        )
