"""The checker: every fault of every file at once, with place, cause and remedy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from bot.content.faults import KnowledgeError
from bot.content.load import check, load
from bot.content.schema import SCHEMAS, schema_of
from tests.conftest import ROOT

FLAG = "red_flags/stroke.yaml"
SYMPTOM = "symptoms/general/headache.yaml"
TIME = "language/time.yaml"
TOPIC = "views/botulinum_toxin/headache.yaml"


@pytest.fixture
def folder(knowledge_copy: Path) -> Path:
    """The shipped knowledge with a single topic: the other 228 are half of the work of a check."""
    for path in (knowledge_copy / "views").rglob("*.yaml"):
        if path != knowledge_copy / TOPIC:
            path.unlink()
    return knowledge_copy


def faults_after(folder: Path, file: str, old: str, new: str) -> list[str]:
    """All faults after one replacement in one file."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")
    _, faults = check(folder)
    return [str(fault) for fault in faults]


def test_the_shipped_knowledge_checks() -> None:
    knowledge, faults = check(ROOT / "knowledge")
    assert faults == []
    assert knowledge is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (SYMPTOM, "name:", "nmae:", "no field is called 'nmae'; did you mean 'name'?"),
        (SYMPTOM, "name:", "# name:", "the field 'name' is missing; add it"),
        (SYMPTOM, "level: self_care", "level: high", "'level' cannot be 'high'; write info, self_care"),
        (SYMPTOM, "level: self_care", "level: no", "'level' cannot be 'no'; write info, self_care"),
        (SYMPTOM, "name: a headache", "name: no",
         "'name': 'no' without quotes is read as yes or no, a number or a date; write \"no\""),
        (SYMPTOM, "name: a headache", "name: 112",
         "'112' without quotes is read as yes or no, a number or a date; write \"112\""),
        (SYMPTOM, "name: a headache", "name: 2026-11-24",
         "'2026-11-24' without quotes is read as yes or no, a number or a date"),
        (SYMPTOM, "id: headache", "id: headace", "the id 'headace' is not the file's name"),
        (SYMPTOM, "sources: [labels_policy]", "sources: [labels_polcy]",
         "no source 'labels_polcy'; did you mean 'labels_policy'? Else add the source"),
        (SYMPTOM, "sources: [labels_policy]", "sources: []", "'sources' is an empty list; add at least one item"),
        (SYMPTOM, "phrases:\n", "phrases:\n  - \"(open\"\n",
         "the phrase '(open' cannot be read: '(' is not closed; write ')'"),
        (SYMPTOM, "phrases:\n", "phrases:\n  - \"{no_such} hurts\"\n", "no word class 'no_such'"),
        (SYMPTOM, "phrases:\n", "phrases:\n  - \"(dysphagia|cant gulp)\"\n",
         "the phrase '(dysphagia|cant gulp)' is used by"),
        (TIME, "halloween: 10-31", "halloween: 02-30", "no day of every year; write month-day"),
        (TIME, "halloween: 10-31", "halloween: october", "no day of every year; write month-day"),
        (SYMPTOM, "review_due: 2027-11-24", "review_due: soon",
         "'review_due': 'soon' is no date; write year-month-day"),
        (SYMPTOM, "broader: [", "broader: [pain_of_heart, ", "no symptom 'pain_of_heart'"),
        (FLAG, "sources: [", "sauces: [", "no field is called 'sauces'; did you mean 'sources'?"),
        (FLAG, "action:\n", "acton:\n", "no field is called 'acton'; did you mean 'action'?"),
        (FLAG, "near_misses:\n", "near_mises:\n", "no field is called 'near_mises'; did you mean 'near_misses'?"),
        (FLAG, "treatments: [any]", "treatments: [everything]",
         "no treatment or group 'everything'"),
        (TOPIC, "page: ", "pgae: ", "no field is called 'pgae'; did you mean 'page'?"),
        (TOPIC, "page: \"http", "page: \"ftp", "no address; write https://..."),
        (TOPIC, "stance: be_examined", "stance: sure", "'stance' cannot be 'sure'; write related, possible"),
        (TOPIC, "symptoms: [headache", "symptoms: [hedache", "no symptom 'hedache'"),
        ("treatments/botulinum_toxin.yaml", "days: 0-", "days: -1-", "is no range of days"),
        ("language/spelling.yaml", "words:\n", "words:\n  \"2day\": today\n",
         "'2day' is read as several words, so it can never be repaired; remove it"),
        ("language/classes.yaml", "  lips: [", "  lips: [\"{lips}\", ",
         "the word class 'lips' holds itself; remove it here"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_remedy(
    folder: Path, file: str, old: str, new: str, expected: str
) -> None:
    faults = faults_after(folder, file, old, new)
    assert any(expected in fault for fault in faults), faults
    matching = next(fault for fault in faults if expected in fault)
    place = matching.split(": ")[0]
    path, line, column = place.rsplit(":", 2)
    assert path.startswith("knowledge/")
    assert int(line) >= 1
    assert int(column) >= 1


def test_all_faults_of_all_files_come_at_once(folder: Path) -> None:
    (folder / SYMPTOM).write_text("", "utf-8")
    faults = faults_after(folder, FLAG, "level: emergency", "level: mild")
    assert {fault.split(":")[0] for fault in faults} >= {
        f"knowledge/{SYMPTOM}", f"knowledge/{FLAG}",
    }  # fmt: skip


def test_the_same_id_twice_is_refused(folder: Path) -> None:
    text = (folder / SYMPTOM).read_text("utf-8")
    other = folder / "symptoms/skin/headache.yaml"
    other.write_text(text, "utf-8")
    _, faults = check(folder)
    assert any("the id 'headache' stands twice" in str(fault) for fault in faults)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "sources.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"sources.yaml:1:1: error: the file is missing"):
        load(folder)


def test_an_unknown_folder_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="AFTERCARE_KNOWLEDGE"):
        load(tmp_path / "nowhere")


def test_retired_entries_are_not_used(folder: Path) -> None:
    path = folder / TOPIC
    path.write_text(path.read_text("utf-8").replace("status: live", "status: retired"), "utf-8")
    assert "botulinum_toxin.headache" not in load(folder).topics


def test_the_version_follows_the_content(folder: Path) -> None:
    before = load(folder).version
    path = folder / SYMPTOM
    path.write_text(path.read_text("utf-8") + "# a remark\n", "utf-8")
    assert load(folder).version != before


def test_nobody_has_signed_the_knowledge_yet() -> None:
    knowledge = load(ROOT / "knowledge")
    for entries in (knowledge.symptoms, knowledge.red_flags, knowledge.topics):
        for entry in entries.values():
            assert entry.reviewed_by is None
            assert entry.review_due > dt.date(2026, 11, 24)


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_the_schema_files_are_those_of_the_models(kind: str) -> None:
    file = ROOT / "knowledge" / "schema" / f"{kind}.schema.json"
    assert yaml.safe_load(file.read_text("utf-8")) == schema_of(SCHEMAS[kind])
