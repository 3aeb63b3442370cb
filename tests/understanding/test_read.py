"""What is read: typos, denials, context, several things at once, offsets."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.engine import Engine
from bot.understanding.reading import Status

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("cant brething propperly", "breathing_difficulty"),
        ("bluury vison", "blurred_vision"),
        ("swolen tounge", "tongue_swelling"),
        ("my lips are swollne", "lip_swelling"),
        ("dizzzzy", "dizziness"),
        ("HEADACHE", "headache"),
        ("i cant breathe", "breathing_difficulty"),
        ("i can’t breathe", "breathing_difficulty"),
        ("naúsea", "nausea"),
        ("🤮🤮", "vomiting"),
        ("cantbreathe", "breathing_difficulty"),
        ("die Lippe ist weiß", "blanching"),
        ("mal à l’œil gauche", "eye_pain"),
        ("mon cœur bat très vite", "palpitations"),
    ],
)
def test_typos_and_other_spellings(engine: Engine, text: str, symptom: str) -> None:
    assert symptom in engine.reader.read(text).present


@pytest.mark.parametrize(
    ("text", "symptom"),
    [("never felt better", "fever"), ("skin bleaching cream", "blanching"), ("plus size", "pus"),
     ("my limps", "lip_swelling"), ("vision board", "blurred_vision"),
     ("heading home", "headache")],
)  # fmt: skip
def test_real_words_are_not_turned_into_others(engine: Engine, text: str, symptom: str) -> None:
    assert symptom not in engine.reader.read(text).present


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("no fever", Status.DENIED),
        ("no chills, cough or fever", Status.DENIED),
        ("i have a fever", Status.PRESENT),
        ("fever gone now", Status.RESOLVED),
        ("what if i get a fever", Status.HYPOTHETICAL),
        ("doctor ruled out fever", Status.DENIED),
        ("neither chills nor fever", Status.DENIED),
        ("not sure if fever", Status.PRESENT),
    ],
)
def test_how_it_is_told(engine: Engine, text: str, status: Status) -> None:
    told = [f.status for f in engine.reader.read(text).findings if f.symptom == "fever"]
    assert told == [status]


@pytest.mark.parametrize(
    ("text", "treatments", "days"),
    [
        ("botox 3 weeks ago", ("botulinum_toxin",), 21),
        ("2 days after dysport i have a headache", ("botulinum_toxin",), 2),
        ("had juvederm yesterday", ("hyaluronic_filler",), 1),
        ("nose job last friday", ("rhinoplasty",), 4),
        ("3w post op tummy tuck", ("tummy_tuck",), 21),
        ("i want botox next week", (), None),
        ("is laser safe for me?", (), None),
    ],
)
def test_treatments_and_days(
    engine: Engine, text: str, treatments: tuple[str, ...], days: float | None
) -> None:
    reading = engine.reader.read(text, today=TODAY)
    assert reading.had == treatments
    assert reading.days == days


def test_evidence_leads_back_to_the_words_and_to_the_file(engine: Engine) -> None:
    text = "Hello! My LIP is really swollen."
    for finding in engine.reader.read(text).findings:
        evidence = finding.evidence
        assert text[evidence.start : evidence.end] == evidence.words
        assert evidence.origin.path.startswith("knowledge/symptoms/")
        assert evidence.origin.line > 1


def test_repairs_are_told(engine: Engine) -> None:
    (repair,) = engine.reader.read("my tounge hurts").repairs
    assert (repair.typed, repair.read_as) == ("tounge", "tongue")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_read(engine: Engine, text: str) -> None:
    reading = engine.reader.read(text)
    for finding in reading.findings:
        assert text[finding.evidence.start : finding.evidence.end] == finding.evidence.words


def test_reading_is_the_same_each_time(engine: Engine) -> None:
    text = "botox 2 days ago, dizzy, no fever, lip numb"
    assert engine.reader.read(text) == engine.reader.read(text)
