"""Why a message got its level: the words, the rules that nearly fired, what would change it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.config import shipped_knowledge
from bot.conversation.engine import Engine
from bot.quality.explain import CODES, Explanation, explain
from bot.quality.nearly import unmet
from bot.quality.page import explanation_page
from bot.triage.assessment import Earlier
from tests.engine import judged, shared_engine

FOLDER = shipped_knowledge()
CASES = Path(__file__).parent.parent / "cases" / "red_flags"


def explained(text: str, earlier: Earlier | None = None) -> Explanation:
    return explain(shared_engine(), text, FOLDER, earlier)


def line_of(where: str) -> str:
    path, _, number = where.rpartition(":")
    return (FOLDER.parent / path).read_text("utf-8").splitlines()[int(number) - 1]


def lacks(found: Explanation, name: str) -> str:
    return " | ".join(rule.lacks for rule in found.nearly if rule.name == name)


def changes(found: Explanation) -> dict[str, str]:
    return {change.when: change.level for change in found.changes}


# -- the words -------------------------------------------------------------------------------------


def test_the_words_make_up_the_message_again() -> None:
    text = "  Lip filler 🙈 yesterday!!\nno feverr, or chills… ok? "
    found = explained(text)
    assert "".join(word.before + word.typed for word in found.words) + found.rest == text


def test_words_are_labelled_with_what_they_were_read_as_and_typos_repaired() -> None:
    found = explained("dysport 2 days ago, i cant swalow, no fever")
    kinds = {word.typed: word.labels[0].kind for word in found.words if word.labels}
    assert kinds["dysport"] == "treatment"
    assert kinds["days"] == "time"
    assert kinds["swalow"] == kinds["fever"] == "symptom"
    assert kinds["no"] == "cue"
    assert set(kinds.values()) <= set(CODES)
    assert found.repairs == (("swalow", "swallow"),)
    assert found.days == 2
    assert found.treatments == ("botulinum_toxin",)


def test_a_scope_names_its_cue_and_what_it_acts_on() -> None:
    found = explained("no fever, chills or cough. but my lip is white")
    denied = next(scope for scope in found.scopes if scope.status == "denied")
    assert denied.cue == "no"
    assert denied.words == "fever, chills or cough"
    assert re.search(r'"?no"?$', line_of(denied.origin).strip())
    inside = {word.typed for word in found.words if word.scopes}
    assert inside == {"fever", "chills", "or", "cough"}


def test_a_word_in_no_phrase_is_marked() -> None:
    known = {word.typed: word.known for word in explained("my zorblatt has fever").words}
    assert not known["zorblatt"]
    assert known["fever"]


# -- the rules that fired ----------------------------------------------------------------------------


def test_a_rule_names_the_line_it_stands_in() -> None:
    found = explained("lip filler yesterday, lip went ghost white")
    rule = found.rules[0]
    assert rule.step == "red flag"
    assert "blanching" in line_of(rule.origin)
    level = next(rule for rule in found.rules if rule.step == "symptom")
    assert line_of(level.origin) == "level: urgent"
    assert level.words == ("ghost white",)


def test_a_red_flag_met_by_words_names_the_phrase() -> None:
    rule = explained("filler today, i think its a vascular occlusion").rules[0]
    assert "occlu" in line_of(rule.origin)


def test_a_brand_leads_to_the_brands_of_its_file() -> None:
    told = explained("dysport yesterday").told[0]
    assert line_of(told.origin).startswith("brands:")


# -- the rules that nearly fired -----------------------------------------------------------------------


def test_a_missing_treatment_is_named() -> None:
    assert "only after" in lacks(explained("botox today, my lip is pale"), "vascular_occlusion")
    assert "told is botulinum_toxin" in lacks(
        explained("botox today, my lip is pale"), "vascular_occlusion"
    )


def test_a_denial_is_named_with_its_cue() -> None:
    found = explained("botox 9 days ago, no fever, the spot is sore")
    assert lacks(found, "fever") == "it is denied by 'no'"
    assert "fever is denied by 'no'" in lacks(found, "wound_infection")


def test_a_window_of_days_is_named_with_the_day() -> None:
    near = explained("botox 90 days ago, eye swelling")
    assert "outside days 0-30: it is day 90" in lacks(near, "allergy_no_airway")


def test_a_trait_that_is_not_told_is_named() -> None:
    found = explained("botox 2 days ago, i have a rash")
    assert "rash is not told as worse" in lacks(found, "allergy_no_airway")


def test_a_symptom_that_is_missing_is_named() -> None:
    assert "lacks one of" in lacks(explained("my heart is racing"), "sepsis") + lacks(
        explained("i have hives"), "anaphylaxis"
    )


def test_a_silenced_phrase_names_what_silences_it() -> None:
    found = explained("filler yesterday, my injector says its just a bruise")
    assert "look-alike" in lacks(found, "bruising")
    assert "knowledge/symptoms/skin/bruising.yaml:" in lacks(found, "bruising")


def test_a_word_that_nothing_reads_is_offered_for_the_one_that_a_phrase_misses() -> None:
    engine = shared_engine()
    assert "alabastrine" not in engine.reader.vocabulary
    phrases = lacks(explained("filler today and my lip is like alabastrine"), "blanching")
    assert "missed by one word: 'alabastrine' stands where 'white'" in phrases
    assert "{pale_word}`" in phrases


def test_words_that_tell_of_something_already_are_not_offered_for_other_phrases() -> None:
    found = explained("filler today, my lip is white and my injector is away")
    assert not [rule for rule in found.nearly if "injector" in rule.lacks]


def test_words_that_stand_too_far_apart_are_named() -> None:
    near = explained("my eyelid, after the botox, is lazy")
    assert "eyelid_droop" not in {told.name for told in near.told}
    assert "its words stand too far apart" in lacks(near, "eyelid_droop")


def flag_texts() -> list[str]:
    texts = []
    for file in sorted(CASES.glob("*.yaml")):
        content = yaml.safe_load(file.read_text("utf-8"))
        for part in ("hits", "near_misses"):
            texts += [case["text"] for case in content.get(part) or []]
    return texts[::4]


def test_what_a_condition_lacks_agrees_with_the_decision() -> None:
    """``unmet`` tells in words what ``assess`` decides: nothing is lacking where a flag is met."""
    knowledge = shared_engine().knowledge
    seen = 0
    for text in flag_texts():
        found = judged(text)
        met = {m.flag.id: m.condition for m in found.red_flags}
        for flag in knowledge.red_flags.values():
            holds = [
                n for n, when in enumerate(flag.when) if not unmet(when, flag, found, knowledge)
            ]
            if flag.id not in met:
                assert not holds, (text, flag.id)
            elif met[flag.id] is not None:
                assert holds[0] == met[flag.id], (text, flag.id)
                seen += 1
    assert seen > 50


# -- what would change the level --------------------------------------------------------------------------


def test_the_days_that_would_change_the_level() -> None:
    found = explained("botox 90 days ago, eye swelling")
    by_day = {when: level for when, level in changes(found).items() if when.startswith("it is")}
    assert by_day["it is days 0 to 30"] == "urgent"


def test_the_treatment_that_would_change_the_level() -> None:
    found = explained("botox today, my lip is pale")
    assert any("hyaluronic_filler" in w and lv == "emergency" for w, lv in changes(found).items())


def test_a_symptom_told_as_well_or_taken_away_or_worse() -> None:
    found = changes(explained("botox 2 days ago, one eyelid droops a bit"))
    assert found["eyelid_droop was not told"] == "info"
    assert "hoarse_voice was told as well" in found
    rash = explained("botox 2 days ago, i have a few red bumps")
    assert any("getting worse" in when or "severe" in when for when in changes(rash))


def test_what_would_change_is_true() -> None:
    """Telling it gives the level that was foretold."""
    assert changes(explained("botox 9 days ago, no fever"))["fever was told as there"] == str(
        judged("botox 9 days ago, fever").level
    )


def test_earlier_messages_of_the_talk_count() -> None:
    alone = explained("my lip is pale")
    after = explained("my lip is pale", Earlier(treatments=("hyaluronic_filler",), days=1.0))
    assert alone.level != "emergency"
    assert after.level == "emergency"


# -- forms ---------------------------------------------------------------------------------------------


def test_an_empty_message_is_explained_too(engine: Engine) -> None:
    found = explain(engine, "...", FOLDER)
    assert found.words == ()
    assert found.rest == "..."
    assert found.rules == ()


def test_the_page_is_whole_in_itself_and_escapes_the_message() -> None:
    page = explanation_page(explained("<script>alert(1)</script> no fever, cant swalow"), "abc")
    assert "<script" not in page
    assert "&lt;" in page
    assert not re.search(r"(src|href)=|url\(|@import", page)
    assert "swalow" in page
    assert "denied" in page


def test_it_is_json() -> None:
    found = json.loads(json.dumps(explained("cant swallow since botox").as_dict()))
    assert found["level"] == "emergency"
    assert {"words", "scopes", "told", "rules", "nearly", "changes", "entries"} <= set(found)


@pytest.mark.parametrize("text", ["a" * 30_000, "pain " * 4_000, "🙈" * 500])
def test_long_texts_are_explained(text: str) -> None:
    assert explained(text).text == text
