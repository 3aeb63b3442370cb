"""JSON Schemas of the knowledge files, for completion and checks in editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.content import models

SCHEMAS: dict[str, type[models.Model]] = {
    "symptom": models.Symptom,
    "treatment": models.Treatment,
    "red_flag": models.RedFlag,
    "topic": models.Topic,
    "wording": models.Wording,
    "welcome": models.Welcome,
    "sources": models.Sources,
    "emergency_numbers": models.Countries,
    "classes": models.WordClasses,
    "context": models.Context,
    "qualities": models.Qualities,
    "time": models.TimeWords,
    "spelling": models.Spelling,
    "idioms": models.Idioms,
    "requests": models.Requests,
    "other_languages": models.OtherLanguages,
}


def schema_of(model: type[models.Model]) -> dict[str, Any]:
    """The schema of one kind of file, in draft 7, which editors know."""
    schema = model.model_json_schema(mode="validation")
    text = json.dumps(schema).replace("#/$defs/", "#/definitions/")
    out: dict[str, Any] = json.loads(text)
    if "$defs" in out:
        out["definitions"] = out.pop("$defs")
    out["$schema"] = "http://json-schema.org/draft-07/schema#"
    return out


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, model in SCHEMAS.items():
        file = folder / f"{name}.schema.json"
        file.write_text(json.dumps(schema_of(model), indent=2, ensure_ascii=False) + "\n", "utf-8")
        written.append(file)
    return written
