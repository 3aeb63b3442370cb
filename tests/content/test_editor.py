"""What VS Code is told: one schema for every knowledge file, and the file fits it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.content.schema import SCHEMAS
from tests.conftest import ROOT

FILES = sorted((ROOT / "knowledge").rglob("*.yaml"))
MAPPED: dict[str, list[str]] = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))[
    "yaml.schemas"
]


class SchemaLoader(yaml.CSafeLoader):
    """What an editor sees: numbers and booleans typed, dates as text."""


SchemaLoader.yaml_implicit_resolvers = {
    key: [(tag, rule) for tag, rule in rules if "timestamp" not in tag]
    for key, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _matches(pattern: str, path: str) -> bool:
    expression = re.escape(pattern).replace(r"\*\*/", "(?:.+/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(expression, path) is not None


def _schemas(file: Path) -> list[str]:
    path = file.relative_to(ROOT).as_posix()
    return [name for name, patterns in MAPPED.items() if any(_matches(p, path) for p in patterns)]


@cache
def _validator(name: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((ROOT / name).read_text("utf-8")))


@pytest.mark.parametrize(
    "folder", sorted({file.parent.relative_to(ROOT) for file in FILES}), ids=str
)
def test_a_knowledge_file_has_one_schema_and_fits_it(folder: Path) -> None:
    for file in sorted((ROOT / folder).glob("*.yaml")):
        (name,) = _schemas(file)
        text = file.read_text("utf-8")
        pointed = text.splitlines()[0].partition("$schema=")[2]
        assert (file.parent / pointed).resolve() == (ROOT / name).resolve()
        content = yaml.load(text, Loader=SchemaLoader)
        assert [e.message for e in _validator(name).iter_errors(content)] == [], file


def test_every_schema_is_used() -> None:
    assert {Path(name).name for name in MAPPED} == {f"{kind}.schema.json" for kind in SCHEMAS}


def test_the_extension_is_recommended() -> None:
    wanted = json.loads((ROOT / ".vscode/extensions.json").read_text("utf-8"))
    assert "redhat.vscode-yaml" in wanted["recommendations"]
