"""What does not fit the typed form of a file, in words for people who know no Python."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from bot.content.faults import Fault
from bot.content.yamlfile import YamlDocument

Loc = tuple[str | int, ...]

_LIST = "write each item in a line of its own that starts with '- ', or [one, two]"

_OWN_WORDS = "write in one or two sentences of your own what this expert holds; never copy any"

_EXAMPLES = {
    "action": 'action:, then lines like - "Phone the injector now."',
    "call_first": "call_first: clinic (or emergency_number, injector, crisis_line)",
    "credential": 'credential: "Dermatologist", as the page shows it',
    "days": "days: 0-7",
    "expert": 'expert: "Jane Roe, MD", as the page shows it, or expert: none',
    "id": "id: and the name of the file without .yaml",
    "level": "level: self_care (or info, contact_clinic, urgent, emergency)",
    "near_misses": 'near_misses:, then messages that must not meet it, like - "no fever"',
    "page": 'page: "https://...", where the expert says it',
    "phrases": "phrases:, then the ways in which people say it, like - swollen lip",
    "review_due": "review_due: 2027-11-24",
    "reviewed_by": "reviewed_by: none, until a clinician has signed",
    "reviewed_on": "reviewed_on: none, until a clinician has signed",
    "says": _OWN_WORDS,
    "signs": 'signs:, then what the person may feel or see, like - "your lip turns white"',
    "sources": "sources: [labels_policy], with names from sources.yaml",
    "stance": "stance: possible (or related, unlikely, expected, be_examined, treatable)",
    "status": "status: draft (or live)",
    "symptoms": "symptoms: [headache], the names of files in symptoms/",
    "treatments": "treatments: [botulinum_toxin], the names of files in treatments/, or a group",
    "views": "views:, then the experts; the README of knowledge/ shows one",
    "window": 'window: "Within hours to days."',
}


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant."""
    near = difflib.get_close_matches(name.lower(), sorted(known), n=1, cutoff=0.7)
    return near[0] if near else None


def explain(
    error: ValidationError, document: YamlDocument, model: type[BaseModel]
) -> Iterator[Fault]:
    """One fault for each thing that does not fit. A misspelt field is not told as missing too."""
    items = error.errors(include_url=False)
    misspelt: dict[Loc, str] = {}
    for item in items:
        loc = _clean(item["loc"])
        if item["type"] == "extra_forbidden":
            present = _at(document.value, loc[:-1])
            free = {name for name in fields_at(model, loc[:-1]) if name not in (present or ())}
            if meant := did_you_mean(str(loc[-1]), free):
                misspelt[loc] = meant
    meant_ones = {(*loc[:-1], meant) for loc, meant in misspelt.items()}
    for item in items:
        loc = _clean(item["loc"])
        if item["type"] == "missing" and loc in meant_ones:
            continue
        if item["type"] == "too_short" and _at(document.value, loc):
            continue  # its items have faults of their own
        what, remedy = _say(item, loc, model, misspelt.get(loc))
        line, col = document.place(loc)
        yield Fault(document.path, line, col, what, remedy)


def _say(item: Any, loc: Loc, model: type[BaseModel], meant: str | None) -> tuple[str, str]:
    kind, value, context = item["type"], item.get("input"), item.get("ctx", {})
    name = _name(loc)
    field = str(loc[-1]) if loc else ""
    empty = value is None or (isinstance(value, str) and not value.strip())
    if kind == "missing":
        remedy = f"add it: {_EXAMPLES[field]}" if field in _EXAMPLES else f"add it: {field}: ..."
        return f"the field '{field}' is missing", remedy
    if kind == "extra_forbidden":
        known = ", ".join(fields_at(model, loc[:-1]))
        if meant:
            return f"no field is called '{field}'", f"did you mean '{meant}'?"
        return f"no field is called '{field}'", f"remove it; the fields here are {known}"
    if kind in ("literal_error", "enum"):
        options = _options(str(context.get("expected", "")))
        listed = _either(options)
        if empty:
            return f"{name} is empty", f"write {listed}"
        guess = did_you_mean(str(value), options)
        return (
            f"{name} cannot be '{value}'",
            f"did you mean {guess}? It may be {listed}" if guess else f"write {listed}",
        )
    if kind in ("text", "days", "url", "named_day"):
        if empty and field == "says":
            return f"{name} is empty", _OWN_WORDS
        if empty:
            example = _EXAMPLES.get(field, "text in quotes, or remove the line")
            return f"{name} is empty", f"write {example}"
        if isinstance(value, dict) and all(v is None for v in value.values()):
            inner = ", ".join(value)
            return (
                f"{name} begins with '{{' and has no quotes",
                f'put all of it in quotes: "{{{inner}}}"',
            )
        if isinstance(value, list):
            return f"{name} is a list where one text belongs", "write one text in quotes"
        what, _, remedy = item["msg"].partition("; ")
        return f"{name}: {what}", remedy
    if kind in ("tuple_type", "too_short"):
        if empty or kind == "too_short":
            return f"{name} is an empty list", f"add at least one item: {_LIST}"
        return f"{name} is not a list", _LIST
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        form = "empty" if empty else "a list" if isinstance(value, list) else "one text"
        example = "" if loc else "; the other files of the folder show how"
        return f"{name} is {form}", f"write lines of the form 'name: value'{example}"
    if kind == "string_pattern_mismatch":
        guess = _as_slug(str(value))
        return (
            f"{name}: '{value}' is no short name",
            f"use small letters, digits and _ and start with a letter{guess}",
        )
    if kind == "string_type":
        return f"{name} is {'empty' if empty else 'no single word'}", "write one short name"
    if kind.startswith("date"):
        none = " or none" if field == "reviewed_on" else ""
        return f"{name}: '{value}' is no date", f"write year-month-day, as in 2026-11-24{none}"
    if kind.startswith(("int", "greater", "less")):
        low, high = context.get("ge"), context.get("le")
        bound = f" of at least {low}" if low is not None else f" up to {high}" if high else ""
        return f"{name} cannot be '{value}'", f"write a whole number{bound}"
    if kind.startswith("float"):
        return f"{name}: '{value}' is no number", "write a number, as in 3 or 0.5"
    if kind.startswith("bool"):
        return f"{name} cannot be '{value}'", "write true or false"
    message = item["msg"][:1].lower() + item["msg"][1:]
    return f"{name}: {message}", "see the schema of this kind of file"


def _clean(loc: tuple[Any, ...]) -> Loc:
    return tuple(part for part in loc if part != "[key]")


def _name(loc: Loc) -> str:
    if not loc:
        return "the file"
    if isinstance(loc[-1], int):
        parents = [part for part in loc if isinstance(part, str)]
        return f"item {loc[-1] + 1} of '{parents[-1]}'" if parents else f"item {loc[-1] + 1}"
    return f"'{loc[-1]}'"


def _options(expected: str) -> list[str]:
    return re.findall(r"'([^']*)'", expected)


def _either(options: list[str]) -> str:
    return " or ".join(part for part in (", ".join(options[:-1]), options[-1]) if part)


def _as_slug(text: str) -> str:
    slug = "_".join(
        "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()
    )
    return f", as in {slug}" if slug[:1].isalpha() else ""


def _at(value: Any, loc: Loc) -> Any:
    for part in loc:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def fields_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The names of the fields that may stand at a place; none where there are no fields."""
    kind: Any = model
    for part in loc:
        kind = _bare(kind)
        if _is_model(kind):
            found = kind.model_fields.get(str(part))
            kind = found.annotation if found else None
        elif get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        elif get_origin(kind) is dict:
            kind = get_args(kind)[1]
        else:
            return ()
    kind = _bare(kind)
    return tuple(kind.model_fields) if _is_model(kind) else ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _bare(kind: Any) -> Any:
    """Without Annotated and without None."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, types.UnionType):
            kind = next(arg for arg in get_args(kind) if arg is not types.NoneType)
        else:
            return kind
