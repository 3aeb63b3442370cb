"""What is told of a symptom: its side, growth, age and place, each for itself."""

from __future__ import annotations

import pytest

from bot.understanding.reading import Finding
from tests.engine import judged


def finding(text: str, symptom: str) -> Finding:
    return next(f for f in judged(text).reading.findings if f.symptom == symptom)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("botox last week, my left eyelid droops", "left"),
        ("botox last week, my right eyelid droops", "right"),
        ("botox last week, both my eyelids droop", "both"),
        ("botox last week, one eyelid droops", "one"),
        ("botox last week, my eyelid droops", None),
    ],
)
def test_the_side(text: str, side: str | None) -> None:
    assert finding(text, "eyelid_droop").side == side


def test_two_symptoms_keep_their_own_side() -> None:
    text = "filler 3 days ago. my left cheek is hot. my right eye is puffy"
    assert finding(text, "warmth").side == "left"
    assert finding(text, "eye_swelling").side == "right"


def test_how_long_it_has_been_there_is_not_the_day_of_the_treatment() -> None:
    text = "lip filler 6 days ago, headache since yesterday"
    assert finding(text, "headache").since == 1
    assert judged(text).reading.days == 6


def test_growth_counts_as_worse() -> None:
    found = finding("laser 3 days ago, itching is spreading", "itching")
    assert found.spreading
    assert found.worse
    assert not finding("laser 3 days ago, itching", "itching").worse


@pytest.mark.parametrize(
    ("told", "worse"),
    [
        (". Getting worse by the day", True),
        (". its growing. my brows are uneven too", True),
        (" and it is not getting any worse", False),
        (". No worse than yesterday", False),
        (". Will it get worse?", False),
        (". my headache is worse", False),
    ],
)
def test_a_trend_in_the_next_sentence_tells_of_what_was_told(told: str, worse: bool) -> None:
    assert finding(f"filler 5 days ago, my cheek is numb{told}", "numbness_face").worse is worse


def test_what_makes_it_milder_must_stand_next_to_it() -> None:
    text = "botox 2 days ago, headache, and since this morning my skin itches slightly"
    assert finding(text, "itching").mild
    assert not finding(text, "headache").mild


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("got my lips done yesterday. so swollen", "lip_swelling"),
        ("filler under my eyes yesterday. still swollen", "eye_swelling"),
        ("lipo yesterday. still swollen", "swelling"),
    ],
)
def test_a_sign_without_a_place_is_at_the_place_named_last(text: str, symptom: str) -> None:
    assert symptom in judged(text).symptoms
