"""``aftercare new``: a few questions, then a knowledge file with its case file beside it."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.config import Config
from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.content.load import as_far_as_it_can_be_read, check
from bot.content.misfits import did_you_mean
from bot.content.patterns import PatternError, parse
from bot.workshop import drafts, similar

SLUG = re.compile(r"[a-z][a-z0-9_]*")
STANCES = ("related", "possible", "unlikely", "expected", "be_examined", "treatable")
CALLS = ("emergency_number", "injector", "clinic", "crisis_line")
CASES = 3
"""So many messages must find an entry; the tests ask for them."""

Problem = Callable[[str, Knowledge], str | None]
"""What is wrong with an answer, and what to write; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, which is an option of the command as well."""

    name: str
    text: str
    problem: Problem
    needed: bool = True
    many: bool = False
    after: str = ""
    """Asked only if this other one was answered."""


def _any_text(text: str, _: Knowledge) -> str | None:
    return "a long dash; write a comma or a colon" if "\u2014" in text else None


def _slug(text: str, _: Knowledge) -> str | None:
    if SLUG.fullmatch(text):
        return None
    return f"'{text}' is no short name; use small letters, digits and _ and start with a letter"


def _phrase(text: str, knowledge: Knowledge) -> str | None:
    try:
        pattern = parse(text)
    except PatternError as error:
        return str(error)
    for name in pattern.classes():
        if name not in knowledge.classes.classes:
            return _unknown("word class", name, knowledge.classes.classes)
    owner = similar.owner_of(text, knowledge)
    return f"the phrase stands in {owner} already; make it more precise" if owner else None


def _one_of(*options: str) -> Problem:
    def problem(text: str, _: Knowledge) -> str | None:
        return None if text in options else _unknown("choice", text, options)

    return problem


def _known(kind: str, field: str, more: Iterable[str] = ()) -> Problem:
    def problem(text: str, knowledge: Knowledge) -> str | None:
        names = {*getattr(knowledge, field), *more}
        if field == "treatments" and more:
            names |= {group for t in knowledge.treatments.values() for group in t.groups}
        return None if text in names else _unknown(kind, text, names)

    return problem


def _page(text: str, _: Knowledge) -> str | None:
    return None if text.startswith(("https://", "http://")) else "no address; write https://..."


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    meant = did_you_mean(name, known)
    if meant:
        return f"no {kind} '{name}'; did you mean '{meant}'?"
    return f"no {kind} '{name}'; " + (
        f"write one of {', '.join(known)}" if len(known) <= 12 else f"there are {len(known)}"
    )


_HITS = Question(
    "hit", "a message that must find it, in the words of a person", _any_text, False, True
)
_MISSES = Question(
    "near-miss", "a message with alike words that must not find it", _any_text, False, True
)
_PHRASES = Question(
    "phrase", "a way in which people say it, as in: {lips} .. white", _phrase, many=True
)
_SOURCES = Question(
    "source",
    "a source of sources.yaml (labels_policy is the policy by which levels are given)",
    _known("source", "sources"),
    needed=False,
    many=True,
)
_LEVELS = tuple(level.value for level in Level)

QUESTIONS: dict[str, tuple[Question, ...]] = {
    "symptom": (
        Question("name", "its name as a reply shows it, after 'you mention'", _any_text),
        Question("area", "its folder in symptoms/ (eyes, general, skin, site, ...)", _slug),
        Question("level", f"how urgent it is alone ({', '.join(_LEVELS)})", _one_of(*_LEVELS)),
        _PHRASES,
        _SOURCES,
        _HITS,
        _MISSES,
    ),
    "treatment": (
        Question("name", "its name as a reply shows it", _any_text),
        Question("group", "a family it belongs to (filler, surgery, ...)", _slug, False, True),
        Question("brand", "a brand", _any_text, False, True),
        _PHRASES,
        _HITS,
        _MISSES,
    ),
    "red-flag": (
        Question("title", "its title", _any_text),
        Question(
            "level", "emergency, urgent or contact_clinic",
            _one_of("emergency", "urgent", "contact_clinic"),
        ),
        Question(
            "treatment", "a treatment or group after which it counts, or any",
            _known("treatment or group", "treatments", ("any",)), many=True,
        ),
        Question("sign", "what the person feels or sees, as in: your lip turns white", _any_text,
                 many=True),
        Question("phrase", "words that meet it by themselves, as in: {lips} .. white", _phrase,
                 False, True),
        Question("any-of", "or a symptom that meets it", _known("symptom", "symptoms"), False,
                 True),
        Question("with-any", "together with one of these symptoms", _known("symptom", "symptoms"),
                 False, True),
        Question("window", "when it happens, as in: Within hours.", _any_text),
        Question("call-first", f"whom to call first ({', '.join(CALLS)})", _one_of(*CALLS)),
        Question("action", "what to do, the most urgent first", _any_text, many=True),
        Question("near-miss", "a message with alike words that must not meet it", _any_text,
                 many=True),
        _SOURCES,
        _HITS,
    ),
    "topic": (
        Question("treatment", "the treatment", _known("treatment", "treatments"), many=True),
        Question("symptom", "the symptom it is about, then others that lead to it",
                 _known("symptom", "symptoms"), many=True),
        Question("title", "its title, as in: Headache after toxin", _any_text),
        _HITS,
        _MISSES,
        Question("expert", "a first view: the expert's name as the page shows it, or none",
                 _any_text, False),
        Question("credential", "the credential as the page shows it", _any_text, False,
                 after="expert"),
        Question("place", "the place as the page shows it, or none", _any_text, False,
                 after="expert"),
        Question("stance", f"the expert's stance ({', '.join(STANCES)})", _one_of(*STANCES), False,
                 after="expert"),
        Question("says", "what the expert holds, in your own words", _any_text, False,
                 after="expert"),
        Question("page", "the address of the page", _page, False, after="expert"),
    ),
}  # fmt: skip
VIEW = ("expert", "credential", "place", "stance", "says", "page")


@click.group()
def new() -> None:
    """Begin a knowledge file, with its case file beside it. Asks what it is not told."""


def _command(kind: str) -> click.Command:
    @click.pass_context
    def run(context: click.Context, /, **given: Any) -> None:
        _make(kind, context.obj, given)

    run.__doc__ = f"Begin a {kind.replace('-', ' ')}."
    command = click.option("--yes", is_flag=True, help="Ask nothing.")(run)
    command = click.option(
        "--cases", type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the cases (default: tests/cases beside the knowledge).",
    )(command)  # fmt: skip
    for question in reversed(QUESTIONS[kind]):
        more = " May be given several times." if question.many else ""
        command = click.option(
            f"--{question.name}", question.name.replace("-", "_"), multiple=question.many,
            help=question.text[:1].upper() + question.text[1:] + "." + more,
        )(command)  # fmt: skip
    command = click.argument("slug", required=False)(command)
    return click.command(kind)(command)


for _kind in QUESTIONS:
    new.add_command(_command(_kind))


def asks() -> bool:
    """Whether there is anybody who can answer."""
    return sys.stdin.isatty()


def _make(kind: str, config: Config, given: dict[str, Any]) -> None:
    slug: str | None = given["slug"]
    knowledge = as_far_as_it_can_be_read(config.knowledge)
    if knowledge is None:
        raise click.ClickException("the knowledge cannot be read; aftercare check tells why")
    asking = not given["yes"] and asks()
    missing: list[str] = []
    answers: dict[str, tuple[str, ...]] = {}
    if kind != "topic":
        name = _named(slug, asking, knowledge, missing)
    for question in QUESTIONS[kind]:
        answers[question.name] = _answer(question, given, asking, knowledge, missing, answers)
    if missing:
        raise click.UsageError(
            f"missing: {', '.join(missing)}. Give them as options, or answer the questions in a "
            "terminal, without --yes."
        )
    if kind == "topic":
        name = _named(slug or answers["symptom"][0], False, knowledge, missing)
    _warn(kind, name, answers, knowledge, asking)
    today = dt.date.today()  # noqa: DTZ011 - the maintainer's day
    if kind == "topic":
        draft = drafts.topic(name, answers, _views(answers), today)
    else:
        make = {"symptom": drafts.symptom, "treatment": drafts.treatment,
                "red-flag": drafts.red_flag}[kind]  # fmt: skip
        draft = make(name, answers, today)
    finish(draft, config, given["cases"])


def finish(draft: drafts.Draft, config: Config, cases: Path | None) -> None:
    """Write a draft and say what is still to be filled in."""
    beside = cases or config.knowledge.parent / "tests" / "cases"
    try:
        written = drafts.write(draft, config.knowledge, beside)
    except FileExistsError as there:
        raise click.ClickException(
            f"{there.args[0]} is there already and stays as it is. Open it and add to it, or "
            "choose another name."
        ) from None
    for file in written:
        click.secho(f"written: {file}", fg="green")
    _, faults = check(config.knowledge)
    blanks = [f for f in faults if f.path == f"{config.knowledge.name}/{draft.place}"]
    todo = [f"{fault.path}:{fault.line}: {fault.what}; {fault.remedy}" for fault in blanks]
    hits = draft.cases.partition("near_misses:")[0].count("- text:")
    if hits < CASES:
        todo.append(
            f"{written[-1]}: {hits} of {CASES} messages that must find it; write them as people do"
        )
    if draft.place.startswith("red_flags/") and not re.search(r"(?m)^(phrases|when):", draft.text):
        todo.append(f"{written[0]}: nothing meets it yet; add 'phrases:' or 'when:'")
    if "near_misses: []" in draft.cases:
        todo.append(f"{written[-1]}: no near miss; add a message that must not find it")
    if todo:
        click.echo("Still to be filled in:")
        for line in todo:
            click.echo(f"- {line}")
    else:
        click.echo('It checks. Try it: aftercare ask --explain "..."')


def _named(given: str | None, asking: bool, knowledge: Knowledge, missing: list[str]) -> str:
    question = Question("slug", "its short name, which is the name of the file", _slug)
    found = _answer(question, {"slug": given}, asking, knowledge, missing, {})
    return found[0] if found else ""


def _answer(
    question: Question,
    given: dict[str, Any],
    asking: bool,
    knowledge: Knowledge,
    missing: list[str],
    before: dict[str, tuple[str, ...]],
) -> tuple[str, ...]:
    raw = given.get(question.name.replace("-", "_"))
    texts = [raw] if isinstance(raw, str) else list(raw) if isinstance(raw, tuple) else []
    found = [" ".join(str(text).split()) for text in texts if str(text).strip()]
    for text in found:
        if problem := question.problem(text, knowledge):
            raise click.UsageError(f"--{question.name}: {problem}")
    given_already = bool(found)
    while asking and not given_already and (not question.after or before[question.after]):
        end = "" if question.needed and not found else " (Enter to go on)"
        text = click.prompt(f"{question.text}{end}", default="", show_default=False)
        text = " ".join(text.split())
        if not text and (found or not question.needed):
            break
        problem = "an answer is needed" if not text else question.problem(text, knowledge)
        if problem:
            click.secho(f"  {problem}", fg="yellow")
            continue
        found.append(text)
        if not question.many:
            break
    if question.needed and not found:
        missing.append("SLUG" if question.name == "slug" else f"--{question.name}")
    return tuple(found)


def _views(answers: drafts.Answers) -> list[drafts.DraftView]:
    if not any(answers.get(name) for name in VIEW):
        return []
    one = {name: next(iter(answers.get(name, ())), "") for name in VIEW}
    return [
        drafts.DraftView(
            expert=None if one["expert"] in ("", "none") else one["expert"],
            credential=one["credential"],
            place=None if one["place"] in ("", "none") else one["place"],
            page=one["page"],
            stance=one["stance"],
            says=one["says"],
        )
    ]


def _warn(
    kind: str, slug: str, answers: drafts.Answers, knowledge: Knowledge, asking: bool
) -> None:
    """Say what is there already; with somebody to ask, go on only if wanted."""
    if kind == "topic":
        near = similar.topics_about(answers["treatment"], answers["symptom"][0], knowledge)
        found = [f"there is already the topic '{key}': add a view there?" for key in near]
    else:
        field = {"symptom": "symptoms", "treatment": "treatments", "red-flag": "red_flags"}[kind]
        near = similar.near_names(field, slug, knowledge)
        found = [f"there is already the {kind} '{key}': add to it instead?" for key in near]
    for line in found:
        click.secho(line, fg="yellow", err=True)
    if found and asking:
        click.confirm("Go on with a new file?", abort=True)
