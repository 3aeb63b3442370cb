"""Rules that depend on treatment, day, combination, and on what was said before."""

from __future__ import annotations

import pytest

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.triage.assess import STEPS
from bot.triage.assessment import Earlier

E, U, C, S, I = (  # noqa: E741 - five short names for five levels
    Level.EMERGENCY, Level.URGENT, Level.CONTACT_CLINIC, Level.SELF_CARE, Level.INFO,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("mild headache, botox 2 days ago", S),
        ("headache, botox 3 weeks ago", C),
        ("sudden thunderclap headache, botox 2 days ago", E),
        ("bruise on my lip, filler yesterday", S),
        ("my lip is white, filler yesterday", E),
        ("calf pain and swelling on one side, lipo 5 days ago", U),
        ("calf pain since lipo and now i am short of breath", E),
        ("lips swollen both sides, lip filler yesterday", S),
        ("hives and swollen lips after botox today", U),
        ("hives, swollen lips and i cant breathe after botox today", E),
        ("eyelid is drooping 5 days after botox", C),
        ("seeing double 5 days after botox", U),
        ("blurred vision after nose filler today", E),
        ("a bit hoarse since neck botox", U),
        ("hoarse and my arms are weak since neck botox", E),
        ("how much is botox?", I),
        ("can botox cause double vision?", I),
    ],
)
def test_level(engine: Engine, text: str, level: Level) -> None:
    assessment = engine.assess(text)
    assert assessment.level is level, [r.text for r in assessment.reasons]


@pytest.mark.parametrize(
    "text",
    ["lip went white after filler this morning", "calf pain 4 days after lipo",
     "cant swallow since botox", "seeing double since botox", "pus and fever after threads"],
)  # fmt: skip
@pytest.mark.parametrize(
    "reassurance",
    ["my injector says it is only a bruise", "the nurse said that is normal",
     "my friend had the same and it went away", "probably nothing", "the clinic told me to wait"],
)  # fmt: skip
def test_reassurance_never_lowers(engine: Engine, text: str, reassurance: str) -> None:
    alone = engine.assess(text).level
    assert engine.assess(f"{text}. {reassurance}").level.rank >= alone.rank
    assert engine.assess(f"{reassurance} but {text}").level.rank >= alone.rank


@pytest.mark.parametrize(
    ("sign", "denied"),
    [("i have a fever", "i have no fever"), ("i cant swallow", "i can swallow fine"),
     ("chest pain", "no chest pain"), ("seeing double", "no double vision"),
     ("lip is white", "no white patches")],
)  # fmt: skip
def test_a_denial_in_the_same_clause_silences(engine: Engine, sign: str, denied: str) -> None:
    after = ", lip filler and botox 2 days ago"
    assert engine.assess(sign + after).level.rank >= U.rank
    assert engine.assess(denied + after).level.rank <= S.rank


@pytest.mark.parametrize(
    "text",
    ["no improvement, throat closing", "not only swollen, i cant breathe",
     "im not sure if i can breathe, cant get air", "no doubt my tongue is swelling",
     "i didnt think swallowing could be so hard since botox", "nothing helps, i cant breathe"],
)  # fmt: skip
def test_what_only_looks_like_a_denial_silences_nothing(engine: Engine, text: str) -> None:
    assert engine.assess(text).level is E


@pytest.mark.parametrize(
    "text",
    ["my daughter had a seizure after the numbing gel", "my mum had a fit after the lidocaine",
     "my wife had chest pain since her tummy tuck", "my husband had a seizure an hour ago"],
)  # fmt: skip
def test_danger_to_a_relative_counts_like_the_writers_own(engine: Engine, text: str) -> None:
    assert engine.assess(text).level is E


@pytest.mark.parametrize(
    "text", ["my mum had a stroke 5 years ago, can she have filler?", "my dad had a stroke at 50"]
)
def test_the_family_history_of_somebody_untreated_does_not(engine: Engine, text: str) -> None:
    assert engine.assess(text).level is I


def test_a_thermometer_that_is_reading_is_no_reading_about_it(engine: Engine) -> None:
    assert engine.assess("its reading 39.2 and my implant is red").level.rank >= U.rank


@pytest.mark.parametrize(
    "text", ["i can breathe but barely", "can swallow, but only just", "i can see ok but only just"]
)
def test_a_denial_that_is_taken_back_denies_nothing(engine: Engine, text: str) -> None:
    assert engine.assess(text).level is E


def test_on_an_unknown_day_the_symptoms_own_level_counts(engine: Engine) -> None:
    own = engine.knowledge.symptoms["headache"].level
    assert engine.assess("headache, botox 2 days ago").level is S
    assert engine.assess("headache, botox 3 weeks ago").level is C
    found = engine.assess("headache since my botox")
    assert found.level is own
    assert found.expected, "the calendar is shown all the same"


def test_on_an_unknown_day_a_red_flag_of_the_first_days_holds(engine: Engine) -> None:
    assert engine.assess("lip filler and my lip is purple in a net pattern").level is E


def test_coming_back_with_it_or_worse_raises(engine: Engine) -> None:
    first = engine.assess("headache, botox 2 days ago")
    earlier = Earlier(("botulinum_toxin",), 2.5, first.level, first.symptoms)
    assert first.level is S
    assert engine.assess("still the headache", earlier).level is C
    assert engine.assess("its getting worse", earlier).level.rank >= C.rank


def test_the_session_treatment_is_used(engine: Engine) -> None:
    earlier = Earlier(("unspecified_filler",), 0.2)
    assert engine.assess("my lip is white", earlier).level is E


def test_every_reason_is_kept_with_its_place(engine: Engine) -> None:
    assessment = engine.assess("cant swallow and a bruise, botox 3 days ago")
    assert {reason.step for reason in assessment.reasons} >= {"red flag", "calendar", "symptom"}
    assert all(reason.origin.path for reason in assessment.reasons)
    assert assessment.reasons[0].level is E


def test_the_steps_are_a_readable_list() -> None:
    assert [step.__name__ for step in STEPS] == [
        "red_flag_signs", "red_flag_conditions", "flags_before", "calendar", "symptom_levels",
        "severity_and_trend", "repeated", "raised_before",
    ]  # fmt: skip
    assert all(step.__doc__ for step in STEPS)


def test_what_was_told_before_the_message_counts_with_it(engine: Engine) -> None:
    told = engine.assess("lip is white").findings
    earlier = Earlier(("unspecified_filler",), 1.0, told=told)
    assert engine.assess("what now", earlier).level is E
    assert engine.assess("my lip is not white", earlier).level is not E


def test_worse_raises_what_was_told_before_by_one(engine: Engine) -> None:
    first = engine.assess("headache, botox 1 day ago")
    earlier = Earlier(("botulinum_toxin",), 1.0, first.level, first.symptoms, told=first.findings)
    assert (first.level, engine.assess("its getting worse", earlier).level) == (S, C)


def test_a_red_flag_of_the_checklist_holds(engine: Engine) -> None:
    earlier = Earlier(("laser",), 1.0, red_flags=("stroke",))
    assert engine.assess("a little red", earlier).level is E
    assert engine.assess("a little red", Earlier(("laser",), 1.0, floor=U)).level is U
