"""``aftercare new``: what it writes, what it refuses, what it asks."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path
from subprocess import Popen

import pytest
import yaml
from click.testing import CliRunner, Result

import bot.cli.new
from bot.cli import main
from bot.content.load import check, load
from tests.conftest import ROOT

SYMPTOM = (
    "symptom", "dry_lips", "--name", "dry lips", "--area", "skin", "--level", "self_care",
    "--phrase", "dry {lips}", "--phrase", "{lips} .. (cracked|dry)", "--source", "labels_policy",
    "--hit", "my lips are so dry", "--hit", 'they said "cracked: wait", lips dry', "--hit", "dry lip",
    "--near-miss", "dry shampoo",
)  # fmt: skip
TREATMENT = (
    "treatment", "lip_laser", "--name", "laser on the lips", "--group", "laser", "--brand", "Lipo #1",
    "--phrase", "lip laser", "--hit", "lip laser today", "--hit", "a", "--hit", "b", "--near-miss", "c",
)  # fmt: skip
FLAG = (
    "red-flag", "blue_lip", "--title", "A blue lip", "--level", "urgent", "--treatment", "filler",
    "--sign", "your lip turns blue", "--phrase", "{lips} .. blue", "--any-of", "swelling",
    "--with-any", "headache", "--window", "Within hours.", "--call-first", "injector", "--action",
    "Phone the injector: now.", "--near-miss", "blue lip gloss", "--source", "labels_policy",
    "--hit", "my lip is blue", "--hit", "lips went blue", "--hit", "lip all blue",
)  # fmt: skip
TOPIC = (
    "topic", "--treatment", "lip_filler", "--symptom", "headache", "--title", "Headache: lip filler",
    "--expert", "Zoë Ōta, MD", "--credential", "Dermatologist", "--place", "none", "--stance",
    "possible", "--says", "Thinks that it can come from it.", "--page", "https://example.org/a",
    "--hit", "a", "--hit", "b", "--hit", "c", "--near-miss", "d",
)  # fmt: skip


def new(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    words = ["--knowledge", str(folder), "new", *arguments, *(() if stdin else ("--yes",))]
    return CliRunner().invoke(main, words, input=stdin)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (SYMPTOM, "symptoms/skin/dry_lips.yaml"),
        (TREATMENT, "treatments/lip_laser.yaml"),
        (FLAG, "red_flags/blue_lip.yaml"),
        (TOPIC, "views/lip_filler/headache.yaml"),
    ],
)
def test_what_is_written_checks_at_once(
    small_knowledge: Path, arguments: tuple[str, ...], place: str
) -> None:
    result = new(small_knowledge, *arguments)
    assert result.exit_code == 0, result.output
    assert "It checks." in result.output
    assert check(small_knowledge)[1] == []
    text = (small_knowledge / place).read_text("utf-8")
    assert "status: draft\nreviewed_by: none\nreviewed_on: none\n" in text
    assert "schema/" in text.splitlines()[0]
    cases = (small_knowledge.parent / "tests/cases" / place).read_text("utf-8")
    assert f"# Cases of knowledge/{place}" in cases
    assert len(yaml.safe_load(cases)["hits"]) == 3
    assert yaml.safe_load(cases)["hits"][0]["text"] == arguments[arguments.index("--hit") + 1]


def test_a_red_flag_holds_what_was_said(small_knowledge: Path) -> None:
    new(small_knowledge, *FLAG)
    flag = load(small_knowledge).red_flags["blue_lip"]
    assert flag.level == "urgent"
    assert flag.when[0].any_of == ("swelling",)
    assert flag.when[0].with_any == ("headache",)
    assert flag.action == ("Phone the injector: now.",)
    cases = yaml.safe_load(
        (small_knowledge.parent / "tests/cases/red_flags/blue_lip.yaml").read_text("utf-8")
    )
    assert cases["hits"][0] == {"text": "my lip is blue", "level": "urgent"}


def test_nothing_is_made_up_and_blanks_are_named(small_knowledge: Path) -> None:
    result = new(small_knowledge, *TOPIC[:7])
    assert result.exit_code == 0
    assert "views/lip_filler/headache.yaml:7: 'views' is an empty list" in result.output
    assert "0 of 3 messages that must find it" in result.output
    assert "no near miss" in result.output
    result = new(small_knowledge, *FLAG[:10], *FLAG[16:24])
    assert "nothing meets it yet" in result.output
    assert "'sources' is an empty list" in result.output


def test_missing_answers_are_all_named(small_knowledge: Path) -> None:
    result = new(small_knowledge, "symptom", "--level", "urgent")
    assert result.exit_code == 2
    assert "missing: SLUG, --name, --area, --phrase." in result.stderr
    no_terminal = new(small_knowledge, "symptom", stdin="dry_lips\n")
    assert no_terminal.exit_code == 2
    assert "missing: SLUG" in no_terminal.stderr


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--level", "self-care", "no choice 'self-care'; did you mean 'self_care'?"),
        ("--source", "label_policy", "no source 'label_policy'; did you mean 'labels_policy'?"),
        ("--phrase", "(dry", "'(' is not closed; write ')'"),
        ("--phrase", "{lip} dry", "no word class 'lip'; did you mean 'lips'?"),
        ("--phrase", "My  head hurts", "the phrase stands in symptoms/headache already"),
        ("--area", "The Skin", "'The Skin' is no short name"),
        ("--name", "dry \u2014 lips", "a long dash"),
    ],
)
def test_a_wrong_answer_is_refused_and_nothing_written(
    small_knowledge: Path, option: str, value: str, message: str
) -> None:
    result = new(small_knowledge, *SYMPTOM, option, value)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", " ")
    assert not (small_knowledge / "symptoms/skin").exists()


@pytest.mark.parametrize("slug", ["Dry", "dry-lips", "../dry", "1dry", "dry lips"])
def test_a_name_that_is_no_file_name_is_refused(small_knowledge: Path, slug: str) -> None:
    result = new(small_knowledge, "symptom", slug, *SYMPTOM[2:])
    assert result.exit_code == 2
    assert "is no short name" in result.stderr


def test_nothing_is_ever_overwritten(small_knowledge: Path) -> None:
    cases = small_knowledge.parent / "tests/cases/symptoms/skin/dry_lips.yaml"
    cases.parent.mkdir(parents=True)
    cases.write_text("hits: []\n", "utf-8")
    result = new(small_knowledge, *SYMPTOM)
    assert result.exit_code == 1
    assert "is there already and stays as it is" in result.stderr
    assert cases.read_text("utf-8") == "hits: []\n"
    assert not (small_knowledge / "symptoms/skin/dry_lips.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        (("symptom", "head_ache", *SYMPTOM[2:]), "there is already the symptom 'headache'"),
        (("red-flag", "lip_white", *FLAG[2:]), "there is already the red-flag 'white_lip'"),
        (("topic", "swollen", "--treatment", "lip_filler", "--symptom", "swelling", "--title", "x"),
         "there is already the topic 'lip_filler.swelling': add a view there?"),
    ],
)  # fmt: skip
def test_what_is_there_already_is_pointed_at(
    small_knowledge: Path, arguments: tuple[str, ...], warning: str
) -> None:
    result = new(small_knowledge, *arguments)
    assert warning in result.stderr
    assert result.exit_code == 0


def test_another_draft_with_blanks_hinders_nobody(small_knowledge: Path) -> None:
    new(small_knowledge, *TOPIC[:7])
    assert "It checks." in new(small_knowledge, *SYMPTOM).output


def test_questions_are_asked_again_until_the_answer_fits(
    small_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.cli.new, "asks", lambda: True)
    answers = [
        "Head Ache", "head_ache", "a head ache", "general", "high", "self_care", "my head hurts",
        "head aches", "", "", "head aches badly", "", "", "y",
    ]  # fmt: skip
    result = new(small_knowledge, "symptom", stdin="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.output
    assert "'Head Ache' is no short name" in result.output
    assert "no choice 'high'" in result.output
    assert "stands in symptoms/headache already" in result.output
    assert "Go on with a new file?" in result.output
    written = yaml.safe_load(
        (small_knowledge / "symptoms/general/head_ache.yaml").read_text("utf-8")
    )
    assert written["phrases"] == ["head aches"]
    assert written["sources"] == []


def test_who_declines_writes_nothing(
    small_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.cli.new, "asks", lambda: True)
    answers = ["lip_filler", "", "swelling", "", "Swelling", "", "", "", "n"]
    result = new(small_knowledge, "topic", "swollen", stdin="\n".join(answers) + "\n")
    assert "add a view there?" in result.output
    assert "credential" not in result.output
    assert result.exit_code == 1
    assert not (small_knowledge / "views/lip_filler/swollen.yaml").exists()


def test_in_a_terminal_it_asks(small_knowledge: Path) -> None:
    """The same with a terminal instead of a pretended one."""
    ours, theirs = pty.openpty()
    process = Popen(
        [sys.executable, "-m", "bot", "--knowledge", str(small_knowledge), "new", *SYMPTOM[:1],
         *SYMPTOM[2:]],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT,
    )  # fmt: skip
    os.write(ours, b"dry_lips\n")
    assert process.wait(60) == 0
    os.close(ours)
    os.close(theirs)
    assert (small_knowledge / "symptoms/skin/dry_lips.yaml").is_file()
