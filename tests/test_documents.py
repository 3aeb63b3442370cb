"""What the documents promise exists: files they link to, commands with their options, examples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from bot.cli import main
from bot.content.models import LifeCycle, View
from tests.conftest import ROOT

HIDDEN = {".git", ".venv", ".hypothesis", ".pytest_cache", "node_modules", "build", "dist"}
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not HIDDEN.intersection(path.relative_to(ROOT).parts)
)
FORMS = sorted((ROOT / ".github").rglob("*.yml"))
TARGETS = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
_FENCE = re.compile(r"(?ms)^ *```(\w*)\n(.*?)^ *```")
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:bot|tests|knowledge|docs|deploy|benchmarks|changes|\.github)/[\w./-]*\w/?")
_CALL = re.compile(
    r"(?<![\w/.:-])(aftercare|python -m bot) ((?:[a-z]|--)[^|>;&)]*)|(?:^|&& |\" )(make) ([a-z]+)"
)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code(text: str) -> Iterator[str]:
    """Lines of blocks, without remarks, and spans within lines."""
    for block in _FENCE.finditer(text):
        if block[1] not in ("yaml", "python"):
            for line in block[2].replace("\\\n", " ").splitlines():
                yield re.sub(r"\s#.*", "", line)
    for span in _SPAN.finditer(_FENCE.sub("", text)):
        yield span[1]


def calls(piece: str) -> list[tuple[str, list[str]]]:
    """The commands in a piece of code: the program, and the words after it."""
    found = []
    for match in _CALL.finditer(piece):
        program, rest = match[1] or match[3], match[2] or match[4]
        found.append((program, re.sub(r'"[^"]*"', "TEXT", rest).split()))
    return found


def anchors(document: Path) -> set[str]:
    """The places inside a document to which a link may lead, as GitHub names them."""
    headings = re.findall(r"(?m)^#+ (.+)$", _FENCE.sub("", document.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    for link in _LINK.findall(_SPAN.sub("", _FENCE.sub("", document.read_text("utf-8")))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_every_path_of_the_project_that_is_named_exists(document: Path) -> None:
    for span in _SPAN.findall(_FENCE.sub("", document.read_text("utf-8"))):
        if _PATH.fullmatch(span) and document.name != "CHANGELOG.md":
            assert (ROOT / span).exists() or (document.parent / span).exists(), span


def fault_of(program: str, words: list[str]) -> str | None:
    """What is wrong with a call: a command, an option or a target that does not exist."""
    if program == "make":
        return None if words[0] in TARGETS else f"make {words[0]}"
    command: click.Command = main
    path: list[str] = []
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return " ".join(["aftercare", *path, words[0]])
        path.append(words[0])
        command, words = found, words[1:]
    known = {"--help", "-h", *(opt for p in command.params for opt in (*p.opts, *p.secondary_opts))}
    for word in words:
        option = word.partition("=")[0].strip("[],.")
        if option.startswith("--") and option not in known:
            return " ".join(["aftercare", *path, option])
    return None


@pytest.mark.parametrize("document", [*DOCUMENTS, *FORMS], ids=shown)
def test_every_command_that_is_named_exists_with_its_options(document: Path) -> None:
    if document.name == "CHANGELOG.md":
        return  # it tells of what was
    for piece in code(document.read_text("utf-8")):
        for program, words in calls(piece):
            assert fault_of(program, words) is None, piece


@pytest.mark.parametrize("document", DOCUMENTS, ids=shown)
def test_an_option_beside_a_command_is_one_of_its_own(document: Path) -> None:
    for line in _FENCE.sub("", document.read_text("utf-8")).splitlines():
        spans = _SPAN.findall(line)
        named = [words for span in spans for program, words in calls(span) if program != "make"]
        for option in (span.split()[0] for span in spans if span.startswith("--")):
            faults = [fault_of("aftercare", [words[0], option]) for words in named]
            assert not faults or None in faults, (line, option)


@pytest.mark.parametrize(
    ("piece", "fault"),
    [
        ("aftercare check --report", None),
        ("aftercare check --nonsense", "aftercare check --nonsense"),
        ("aftercare nonsense", "aftercare nonsense"),
        ('AFTERCARE_KEY="$(aftercare key)" make run', None),
        ("make nonsense", "make nonsense"),
        ("aftercare --nonsense", "aftercare --nonsense"),
    ],
)
def test_a_command_that_does_not_exist_is_found(piece: str, fault: str | None) -> None:
    found = [fault_of(program, words) for program, words in calls(piece)]
    assert [f for f in found if f] == ([fault] if fault else [])


def examples() -> Iterator[object]:
    for document in (ROOT / "CONTRIBUTING.md", ROOT / "knowledge" / "README.md"):
        for number, block in enumerate(_FENCE.finditer(document.read_text("utf-8"))):
            if block[1] == "yaml":
                text = textwrap.dedent(block[2])
                yield pytest.param(
                    yaml.load(text, yaml.BaseLoader), id=f"{shown(document)}-{number}"
                )


@pytest.mark.parametrize("example", list(examples()))
def test_the_examples_would_check(example: object) -> None:
    if isinstance(example, list):
        for view in example:
            View.model_validate(view)
    else:
        LifeCycle.model_validate(example)


@pytest.mark.parametrize("form", FORMS, ids=shown)
def test_a_form_is_one_that_github_takes_and_asks_for_no_patients_data(form: Path) -> None:
    content = yaml.safe_load(form.read_text("utf-8"))
    if form.name == "config.yml":
        assert content == {"blank_issues_enabled": False}
        return
    if form.parent.name != "ISSUE_TEMPLATE":
        return
    assert {"name", "description", "title", "labels", "body"} == content.keys()
    kinds = {"markdown", "textarea", "input", "dropdown", "checkboxes"}
    ids = []
    for field in content["body"]:
        assert field["type"] in kinds
        if field["type"] == "markdown":
            assert field["attributes"].keys() == {"value"}
        else:
            ids.append(field["id"])
            assert field["attributes"]["label"]
    assert len(ids) == len(set(ids))
    first, last = content["body"][0], content["body"][-1]
    assert re.search(r"\*\*Never paste .*(message|question)", first["attributes"]["value"])
    assert all(option["required"] for option in last["attributes"]["options"])
    assert content["name"] in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_who_opens_a_pull_request_is_asked_for_safety() -> None:
    text = (ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text("utf-8")
    safety = text.partition("## Safety")[2].partition("## Code")[0]
    for asked in (
        "`safety:` line",
        "No red flag lost",
        "second reader",
        "No real person's message",
    ):
        assert asked in safety
    assert "`reviewed_by` stays `none`" in text


def test_every_path_with_an_owner_exists() -> None:
    rows = (ROOT / ".github" / "CODEOWNERS").read_text("utf-8").splitlines()
    owned = [row.split() for row in rows if row and not row.startswith("#")]
    for path, *owners in owned:
        assert path == "*" or (ROOT / path.strip("/")).exists(), path
        assert all(re.fullmatch(r"@[a-z]+/[a-z-]+", owner) for owner in owners), "teams, no persons"
    safety = {path for path, *owners in owned if "@aftercare/clinical-safety" in owners}
    assert {"/knowledge/red_flags/", "/bot/triage/", "/knowledge/wording/"} <= safety
