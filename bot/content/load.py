"""The door of this room: ``load(folder)`` gives ``Knowledge`` or every fault of every file."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.content import models
from bot.content.faults import Fault, KnowledgeError
from bot.content.knowledge import Knowledge
from bot.content.lines import look
from bot.content.misfits import did_you_mean, explain
from bot.content.patterns import PatternError, parse
from bot.content.version import digest_of, version_of
from bot.content.words import words_of
from bot.content.yamlfile import Scalar, parse_file

M = TypeVar("M", bound=BaseModel)

SINGLE_FILES: dict[str, type[models.Model]] = {
    "sources.yaml": models.Sources,
    "emergency_numbers.yaml": models.Countries,
    "language/classes.yaml": models.WordClasses,
    "language/context.yaml": models.Context,
    "language/qualities.yaml": models.Qualities,
    "language/time.yaml": models.TimeWords,
    "language/spelling.yaml": models.Spelling,
    "language/idioms.yaml": models.Idioms,
    "language/requests.yaml": models.Requests,
    "language/other_languages.yaml": models.OtherLanguages,
}
"""Files that stand once, and their form."""

FOLDERS: dict[str, type[models.Model]] = {
    "treatments": models.Treatment,
    "symptoms": models.Symptom,
    "red_flags": models.RedFlag,
    "views": models.Topic,
    "wording": models.Wording,
    "welcome": models.Welcome,
}
"""Folders of which every file is one entry, and its form."""


def load(folder: Path) -> Knowledge:
    """Load and check a knowledge folder.

    Raises:
        KnowledgeError: with every fault found; warnings alone do not raise.
    """
    knowledge, faults = check(folder)
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors or knowledge is None:
        raise KnowledgeError(errors)
    return knowledge


def check(folder: Path) -> tuple[Knowledge | None, list[Fault]]:
    """Load a folder and list all faults; the knowledge is None if any is an error."""
    loader = _Loader(folder)
    collecting = gc.isenabled()
    gc.disable()  # many objects are made, and none is garbage
    try:
        knowledge = loader.run()
    finally:
        if collecting:
            gc.enable()
    faults = sorted(set(loader.faults))
    if any(fault.severity == "error" for fault in faults):
        return None, faults
    return knowledge, faults


def as_far_as_it_can_be_read(folder: Path) -> Knowledge | None:
    """The knowledge without its broken entries, for tools that help to write it.

    Never for answers: a danger sign may be among what is left out. None if a file is missing or
    broken that all the others need.
    """
    return _Loader(folder).run()


class _Loader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.files: dict[str, str] = {}
        self.unread: dict[str, set[str]] = {}
        """By folder, the names of entries that have faults of their own: to name them is none."""
        self.digests: dict[str, str] = {}
        """SHA-256 of each file by its path inside the folder."""

    def fault(self, text: Any, what: str, remedy: str) -> None:
        """A fault at the place of a text."""
        path, line, col = (
            (text.path, text.line, text.col)
            if isinstance(text, Scalar)
            else (self.folder.name, 1, 1)
        )
        self.faults.append(Fault(path, line, col, what, remedy))

    def run(self) -> Knowledge | None:
        if not self.folder.is_dir():
            self.faults.append(
                Fault(str(self.folder), 1, 1, "no such folder", "set AFTERCARE_KNOWLEDGE to one")
            )
            return None
        single: dict[str, Any] = {}
        for name, model in SINGLE_FILES.items():
            file = self.folder / name
            if not file.is_file():
                self.faults.append(
                    Fault(self.shown(file), 1, 1, "the file is missing", "restore it")
                )
                continue
            single[name] = self.read(file, model)
        entries: dict[str, dict[str, Any]] = {}
        for name, model in FOLDERS.items():
            entries[name] = self.read_folder(name, model)
        if any(value is None for value in single.values()) or len(single) < len(SINGLE_FILES):
            self.check_references(entries, single)
            return None
        self.check_references(entries, single)
        if "en" not in entries["wording"]:
            self.faults.append(
                Fault(
                    f"{self.folder.name}/wording/en.yaml",
                    1,
                    1,
                    "the English wording is missing",
                    "restore it",
                )
            )
            return None
        return Knowledge(
            treatments=entries["treatments"],
            symptoms=entries["symptoms"],
            red_flags=entries["red_flags"],
            topics=entries["views"],
            sources=single["sources.yaml"].sources,
            countries=single["emergency_numbers.yaml"],
            classes=single["language/classes.yaml"],
            context=single["language/context.yaml"],
            qualities=single["language/qualities.yaml"],
            time=single["language/time.yaml"],
            spelling=single["language/spelling.yaml"],
            idioms=single["language/idioms.yaml"],
            requests=single["language/requests.yaml"],
            other_languages=single["language/other_languages.yaml"],
            wording=entries["wording"],
            welcome=entries["welcome"],
            files=self.files,
            version=version_of(self.digests),
        )

    def shown(self, file: Path) -> str:
        return file.relative_to(self.folder.parent).as_posix()

    def read(self, file: Path, model: type[M]) -> M | None:
        document, faults = parse_file(file, self.shown(file))
        self.faults.extend(faults)
        if document is None:
            return None
        raw = file.read_bytes()
        self.digests[file.relative_to(self.folder).as_posix()] = digest_of(raw)
        try:
            entry = model.model_validate(document.value)
        except ValidationError as error:
            self.faults.extend(explain(error, document, model))
            entry = None
        shown_to_people = not {"language", "sources.yaml"} & {file.name, file.parent.name}
        self.faults.extend(look(raw, self.shown(file), entry, read_by_people=shown_to_people))
        return entry

    def read_folder(self, name: str, model: type[models.Model]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        folder = self.folder / name
        for file in sorted(folder.rglob("*.yaml")):
            entry: Any = self.read(file, model)
            if entry is None:
                self.unread.setdefault(name, set()).add(file.stem)
                continue
            by_language = isinstance(entry, models.Wording | models.Welcome)
            key: str = entry.language if by_language else entry.id
            shown = self.shown(file)
            if key != file.stem:
                self.unread.setdefault(name, set()).add(file.stem)
                self.faults.append(
                    Fault(shown, 1, 1, f"the id '{key}' is not the file's name", f"id: {file.stem}")
                )
            if name == "views":
                key = f"{file.parent.name}.{key}"
            if key in found:
                self.faults.append(
                    Fault(
                        shown,
                        1,
                        1,
                        f"the id '{key}' stands twice (first in {self.files[f'{name}:{key}']})",
                        "give one of them another id and file name",
                    )
                )
                continue
            self.files[f"{name}:{key}"] = shown
            if getattr(entry, "status", "live") != "retired":
                found[key] = entry
        return dict(sorted(found.items()))

    # -- what one file says about another ------------------------------------------------

    def check_references(self, entries: dict[str, Any], single: dict[str, Any]) -> None:
        sources_file = single.get("sources.yaml")
        sources = set(sources_file.sources) if sources_file else None
        symptoms = {*entries["symptoms"], *self.unread.get("symptoms", ())}
        treatments = {*entries["treatments"], *self.unread.get("treatments", ())}
        groups = {group for t in entries["treatments"].values() for group in t.groups}
        either = None if self.unread.get("treatments") else {*treatments, *groups, "any"}
        classes_file = single.get("language/classes.yaml")
        classes = classes_file.classes if classes_file else None

        def refer(entry_file: str, names: Iterable[str], known: Any, kind: str) -> None:
            if known is None:
                return
            for name in names:
                if name not in known:
                    line, col = self.find(entry_file, name)
                    self.faults.append(
                        Fault(
                            entry_file,
                            line,
                            col,
                            f"no {kind} '{name}'",
                            _or_add(kind, did_you_mean(name, known)),
                        )
                    )

        for kind, by_id in entries.items():
            for key, entry in by_id.items():
                file = self.files[f"{kind}:{key}"]
                if sources is not None:
                    refer(file, _named(entry, "sources"), sources, "source")
                if kind == "symptoms":
                    refer(file, entry.broader, symptoms, "symptom")
                    refer(file, entry.places, classes, "word class")
                    refer(file, entry.places.values(), symptoms, "symptom")
                    refer(file, entry.with_treatment, either, "treatment or group")
                elif kind == "treatments":
                    refer(file, entry.broader, treatments, "treatment")
                    refer(file, (e.symptom for e in entry.expected), symptoms, "symptom")
                elif kind == "red_flags":
                    refer(file, entry.treatments, either, "treatment or group")
                    for when in entry.when:
                        refer(file, when.treatments, either, "treatment or group")
                        named = (*when.any_of, *when.with_any, *when.and_any, *when.unless)
                        refer(file, named, symptoms, "symptom")
                        if when.area is not None:
                            refer(file, (when.area,), classes, "word class")
                elif kind == "views":
                    refer(file, entry.treatments, treatments, "treatment")
                    refer(file, entry.symptoms, symptoms, "symptom")
                    for view in entry.views:
                        refer(file, view.about, entry.symptoms, "symptom of this topic")
        countries = single.get("emergency_numbers.yaml")
        if countries and sources is not None:
            refer(
                f"{self.folder.name}/emergency_numbers.yaml",
                _named(countries, "sources"),
                sources,
                "source",
            )
        others = single.get("language/other_languages.yaml")
        for language in others.languages.values() if others else ():
            file = f"{self.folder.name}/language/other_languages.yaml"
            refer(file, language.symptoms, symptoms, "symptom")
            refer(file, language.treatments, treatments, "treatment")
        self.check_phrases(entries, single, classes)

    def find(self, shown: str, name: str) -> tuple[int, int]:
        """The place of a word in a file, for faults about references."""
        text = (self.folder.parent / shown).read_text("utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            content = line.split(" #")[0]
            words = content.replace("[", " ").replace("]", " ").replace(",", " ")
            if name in words.replace(":", " ").split():
                return number, content.index(name) + 1
        return 1, 1

    def check_phrases(self, entries: dict[str, Any], single: dict[str, Any], classes: Any) -> None:
        owners: dict[str, tuple[str, str]] = {}
        for kind in ("symptoms", "treatments", "red_flags"):
            for key, entry in entries[kind].items():
                own = set()
                for phrase, where in _phrases(entry):
                    self.check_phrase(phrase, classes)
                    if where != "phrases":
                        continue
                    normal = " ".join(phrase.lower().split())
                    if normal in own:
                        self.fault(phrase, f"the phrase '{phrase}' stands twice", "remove one")
                    own.add(normal)
                    first = owners.setdefault(normal, (f"{kind}/{key}", key))
                    if first[0] != f"{kind}/{key}":
                        self.fault(
                            phrase,
                            f"the phrase '{phrase}' is used by {first[0]} as well",
                            "keep it in the entry that it means, or make it more precise",
                        )
        for name in ("context", "qualities", "idioms", "requests", "classes", "other_languages"):
            model = single.get(f"language/{name}.yaml")
            if model is None:
                continue
            for phrase in _all_phrases(model):
                self.check_phrase(phrase, classes)
        spelling = single.get("language/spelling.yaml")
        for typed in spelling.words if spelling else ():
            if len(words_of(typed)) != 1:
                self.fault(
                    typed,
                    f"'{typed}' is read as several words, so it can never be repaired",
                    "remove it",
                )
        if classes:
            self.check_class_cycles(classes)

    def check_phrase(self, phrase: str, classes: Any) -> None:
        try:
            pattern = parse(phrase)
        except PatternError as error:
            what, _, remedy = str(error).partition("; ")
            self.fault(phrase, f"the phrase '{phrase}' cannot be read: {what}", remedy)
            return
        if classes is None:
            return
        for name in pattern.classes():
            if name not in classes:
                self.fault(
                    phrase,
                    f"no word class '{name}'",
                    _or_add("class to language/classes.yaml", did_you_mean(name, classes)),
                )

    def check_class_cycles(self, classes: dict[str, tuple[str, ...]]) -> None:
        edges: dict[str, list[tuple[str, str]]] = {}
        for name, members in classes.items():
            edges[name] = []
            for member in members:
                try:
                    edges[name].extend((inner, member) for inner in parse(member).classes())
                except PatternError:
                    continue
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in done:
                return
            for inner, member in edges.get(name, ()):
                if inner in (*path, name):
                    self.fault(member, f"the word class '{inner}' holds itself", "remove it here")
                else:
                    visit(inner, (*path, name))
            done.add(name)

        for name in edges:
            visit(name, ())


def _or_add(kind: str, meant: str | None) -> str:
    return (
        f"did you mean '{meant}'? Else add the {kind}" if meant else f"correct it or add the {kind}"
    )


def _named(model: BaseModel, field: str) -> Iterator[str]:
    """All slugs in fields of that name, at any depth."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name == field and isinstance(value, tuple):
            yield from value
        else:
            yield from _inner(value, field)


def _inner(value: Any, field: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from _named(value, field)
    elif isinstance(value, tuple):
        for item in value:
            yield from _inner(item, field)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _inner(item, field)


def _phrases(entry: Any) -> Iterator[tuple[str, str]]:
    """The phrases of an entry, each with the field it stands in."""
    for name in ("phrases", "denials", "never"):
        for phrase in getattr(entry, name, ()):
            yield phrase, name
    for group, phrases in getattr(entry, "with_treatment", {}).items():
        for phrase in phrases:
            yield phrase, f"with_treatment.{group}"


def _all_phrases(model: BaseModel) -> Iterator[str]:
    for name in type(model).model_fields:
        yield from _texts(getattr(model, name))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Scalar):
        yield value
    elif isinstance(value, BaseModel):
        yield from _all_phrases(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
