"""The text of new knowledge files. What nobody has said stays empty; nothing is made up."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.lines import ORIGINAL

YEAR = dt.timedelta(days=365)
Answers = Mapping[str, tuple[str, ...]]
"""What was answered, by the name of the question."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A new knowledge file and its case file."""

    place: str
    """Path in the knowledge folder, and in the folder of the cases."""
    text: str
    cases: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """One expert's view, as far as it is known."""

    expert: str | None
    credential: str
    place: str | None
    page: str
    stance: str
    says: str = ""
    """Empty until the maintainer has written it."""
    original: tuple[str, ...] = ()
    """Sentences of the page; they become remarks beside the empty summary."""
    hints: tuple[str, ...] = ()
    """Remarks for the maintainer, above the original."""


def symptom(slug: str, answers: Answers, today: dt.date) -> Draft:
    """How people tell of a symptom."""
    name = _one(answers, "name")
    place = f"symptoms/{_one(answers, 'area')}/{slug}.yaml"
    return Draft(
        place,
        _head("symptom", 2, f"How people tell of {name}.")
        + f"id: {slug}\n"
        + f"name: {quoted(name)}\n"
        + f"level: {_one(answers, 'level')}\n"
        + _slugs("sources", answers.get("source", ()))
        + _texts("phrases", answers.get("phrase", ()))
        + life_cycle(today),
        cases(place, answers),
    )


def treatment(slug: str, answers: Answers, today: dt.date) -> Draft:
    """The names of a treatment; what is expected when is written later, with sources."""
    name = _one(answers, "name")
    brands = answers.get("brand", ())
    return Draft(
        f"treatments/{slug}.yaml",
        _head("treatment", 1, f"{name}: names, what to expect when, and what helps.")
        + f"id: {slug}\n"
        + f"name: {quoted(name)}\n"
        + (_slugs("groups", answers["group"]) if answers.get("group") else "")
        + (f"brands: [{', '.join(map(quoted, brands))}]\n" if brands else "")
        + _texts("phrases", answers.get("phrase", ()))
        + life_cycle(today),
        cases(f"treatments/{slug}.yaml", answers),
    )


def red_flag(slug: str, answers: Answers, today: dt.date) -> Draft:
    """A danger sign."""
    when = ""
    if answers.get("any-of"):
        when = f"when:\n  - any_of: [{', '.join(answers['any-of'])}]\n"
        if answers.get("with-any"):
            when += f"    with_any: [{', '.join(answers['with-any'])}]\n"
    phrases = answers.get("phrase", ())
    return Draft(
        f"red_flags/{slug}.yaml",
        _head("red_flag", 1, "When it is met, and what the person must do.")
        + f"id: {slug}\n"
        + f"title: {quoted(_one(answers, 'title'))}\n"
        + f"level: {_one(answers, 'level')}\n"
        + _slugs("treatments", answers.get("treatment", ()))
        + _texts("signs", answers.get("sign", ()))
        + (_texts("phrases", phrases) if phrases else "")
        + when
        + f"window: {quoted(_one(answers, 'window'))}\n"
        + f"call_first: {_one(answers, 'call-first')}\n"
        + _texts("action", answers.get("action", ()))
        + _texts("near_misses", answers.get("near-miss", ()))
        + _slugs("sources", answers.get("source", ()))
        + life_cycle(today),
        cases(f"red_flags/{slug}.yaml", answers, level=_one(answers, "level")),
    )


def topic(
    slug: str, answers: Answers, views: Iterable[DraftView], today: dt.date, about: str = ""
) -> Draft:
    """Expert views on a treatment and a symptom. ``about`` becomes a remark above the file."""
    title = _one(answers, "title")
    written = "".join(map(_view, views))
    place = f"views/{answers['treatment'][0]}/{slug}.yaml"
    return Draft(
        place,
        _head("topic", 2, f"What experts answered: {title}.")
        + about
        + f"id: {slug}\n"
        + f"title: {quoted(title)}\n"
        + _slugs("treatments", answers["treatment"])
        + _slugs("symptoms", answers.get("symptom", ()))
        + (f"views:\n{written}" if written else "views: []\n")
        + life_cycle(today),
        cases(place, answers),
    )


def cases(place: str, answers: Answers, level: str | None = None) -> str:
    """The case file: messages that must and must not find the entry."""
    text = f"# Cases of knowledge/{place}\n"
    for part, option in (("hits", "hit"), ("near_misses", "near-miss")):
        found = answers.get(option, ())
        rows = "".join(
            f"  - text: {quoted(message)}\n"
            + (f"    level: {level}\n" if level and part == "hits" else "")
            for message in found
        )
        text += f"{part}:\n{rows}" if rows else f"{part}: []\n"
    return text


def life_cycle(today: dt.date) -> str:
    """A draft that nobody has reviewed, due in a year."""
    due = (today + YEAR).isoformat()
    return f"status: draft\nreviewed_by: none\nreviewed_on: none\nreview_due: {due}\n"


def quoted(text: str) -> str:
    """A text in double quotes. YAML reads what JSON writes."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def remark(text: str, indent: int = 0) -> str:
    """A line that is only for people."""
    return f"{' ' * indent}# {' '.join(text.split())}\n"


def write(draft: Draft, knowledge: Path, case_folder: Path | None) -> list[Path]:
    """Write both files; returns them.

    Raises:
        FileExistsError: one of them is there already. Nothing is written then.
    """
    wanted = {knowledge / draft.place: draft.text}
    if case_folder is not None:
        wanted[case_folder / draft.place] = draft.cases
    for file in wanted:
        if file.exists():
            raise FileExistsError(file)
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    return list(wanted)


def _view(view: DraftView) -> str:
    text = f"  - expert: {quoted(view.expert) if view.expert else 'none'}\n"
    text += f"    credential: {quoted(view.credential)}\n"
    text += f"    place: {quoted(view.place) if view.place else 'none'}\n"
    text += "".join(remark(hint, 4) for hint in view.hints)
    text += f"    stance: {view.stance}\n" if view.stance else "    stance:\n"
    text += "".join(f"    {ORIGINAL}{' '.join(line.split())}\n" for line in view.original)
    return text + f"    says: {quoted(view.says)}\n    page: {quoted(view.page)}\n"


def _head(kind: str, depth: int, about: str) -> str:
    pointer = f"# yaml-language-server: $schema={'../' * depth}schema/{kind}.schema.json\n"
    return pointer + remark(about)


def _one(answers: Answers, name: str) -> str:
    return next(iter(answers.get(name, ())), "")


def _slugs(field: str, names: Iterable[str]) -> str:
    return f"{field}: [{', '.join(names)}]\n"


def _texts(field: str, texts: Iterable[str]) -> str:
    rows = "".join(f"  - {quoted(text)}\n" for text in texts)
    return f"{field}:\n{rows}" if rows else f"{field}: []\n"
