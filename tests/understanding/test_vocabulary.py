"""Words that are mistyped are read as all that they may stand for; real words stay."""

from __future__ import annotations

import pytest

from bot.triage.assessment import Assessment
from bot.understanding.vocabulary import Vocabulary, sound
from tests.engine import judged

OWN = "swollen tongue breathe breathing vision dyspport blanching lips fever cant eyelid stomach botox"
WORDS = Vocabulary(
    OWN.replace("dyspport", "dysport").split(), {"brethe": "breathe"}, ["bool"], names=["botox"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("swolen", "swollen"),  # a letter left out
        ("swolllen", "swollen"),  # doubled
        ("swolken", "swollen"),  # the key beside it
        ("swlolen", "swollen"),  # two swapped
        ("wsollen", "swollen"),  # the first two
        ("swollennnn", "swollen"),  # stretched
        ("brething", "breathing"),
        ("dyspport", "dysport"),
        ("brethe", "breathe"),  # listed
        ("stumak", "stomach"),  # by its sound
    ],
)
def test_a_slip_is_repaired(typed: str, meant: str) -> None:
    assert WORDS.repair(typed) == (meant,)


@pytest.mark.parametrize("word", ["never", "bleaching", "limps", "house", "bool", "38"])
def test_a_real_word_stays(word: str) -> None:
    assert WORDS.options(word) == ((word,),)


def test_a_slip_may_stand_for_several_words() -> None:
    assert ("botox",) in WORDS.options("botos")
    assert ("cant",) in WORDS.options("canf")


def test_an_apostrophe_tells_a_contraction_from_an_ant() -> None:
    assert WORDS.options("ant", contracted=True)[0] == ("cant",)
    assert WORDS.options("ant")[0] == ("ant",)


def test_two_words_written_as_one() -> None:
    assert WORDS.repair("swollentongue") == ("swollen", "tongue")


def test_words_that_sound_alike_share_a_key() -> None:
    assert sound("stumak") == sound("stomach")
    assert sound("fone") == sound("phone")
    assert sound("fever") != sound("never")


def found(text: str) -> Assessment:
    return judged(text)


def test_a_word_torn_in_two_is_one() -> None:
    assert "tongue_swelling" in found("my ton gue is swol len").symptoms


def test_another_reading_completes_a_danger_sign_and_denies_nothing() -> None:
    assert found("lip filer yesterday, my lio is wjite").level.value == "emergency"
    assert "breathing_difficulty" in found("botox yesterday, i canh breatje").symptoms
