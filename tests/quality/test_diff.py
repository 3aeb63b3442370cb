"""``aftercare diff``: what an edit changes, the most dangerous first; and the gate."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from subprocess import run
from typing import Any
from unittest.mock import ANY

import pytest

from bot.content.levels import Level
from bot.quality import behaviour, gate, page
from bot.quality.difference import Change, Edit, Kind, Verdict, compare, words_changed
from bot.quality.messages import Claim
from tests.browser import opened
from tests.conftest import ROOT
from tests.quality.small import FILES, Small, know_few_words

FLAG = "knowledge/red_flags/occlusion.yaml"
PAIN = "knowledge/red_flags/pain.yaml"
TOPIC = "knowledge/views/filler/headache.yaml"
WHITE = "lip filler today and my lip is white"
ACHE = "head hurts since the filler"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    know_few_words(monkeypatch)
    made = Small(tmp_path / "project")
    made.commit("The beginning")
    return made


def changes(small: Small, *arguments: str) -> dict[str, Any]:
    result = small.call("diff", "--json", *arguments)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def by_text(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {change["text"]: change for change in found["changes"]}


def lower(small: Small) -> None:
    small.replace(FLAG, "level: emergency", "level: urgent")


# -- what is found ----------------------------------------------------------------------------


def test_without_an_edit_nothing_is_run(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviour, "behaviour", lambda *_: pytest.fail("a message was answered"))
    assert "the knowledge is the same" in small.call("diff").stdout


def test_a_lowered_level_stands_on_top_with_what_the_label_says(small: Small) -> None:
    lower(small)
    small.replace(TOPIC, "Calls it usual.", "Calls it usual and short.")
    found = changes(small)
    first, *others = found["changes"]
    assert first["text"] == WHITE
    assert first["level"] == ["emergency", "urgent"]
    assert first["label"] == "wrong"
    assert first["against"] == ["tests/cases/red_flags/occlusion.yaml:2 wants emergency"]
    assert [change["kind"] for change in others][-1] == "text"
    assert found["summary"].startswith("3 lowered (2 wrong by their label)")
    shown = small.call("diff").stdout
    assert shown.index("Lowered") < shown.index("Only the text changed")


def test_all_lowered_are_listed_whatever_the_limit(small: Small) -> None:
    lower(small)
    shown = small.call("diff", "--limit", "1").stdout
    assert WHITE in shown
    assert "filler an hour ago, my lips are white" in shown


def test_a_lost_red_flag_counts_even_if_the_level_stays(small: Small) -> None:
    small.replace(PAIN, "any_of: [headache]", "any_of: [headache]\n    severe: true")
    small.replace("knowledge/symptoms/general/headache.yaml", "self_care", "contact_clinic")
    found = by_text(changes(small))["headache after lip filler"]
    assert found["kind"] == "red flag lost"
    assert found["red_flags"] == [["pain"], []]
    assert "-pain" in small.call("diff").stdout


def test_raised_and_what_the_label_says_of_it(small: Small) -> None:
    small.replace(PAIN, "level: contact_clinic", "level: emergency")
    found = changes(small)
    raised = by_text(found)
    assert raised[ACHE]["kind"] == "raised"
    assert (raised[ACHE]["steps"], raised[ACHE]["label"]) == (2, "wrong")
    assert raised["headache after lip filler"]["label"] == "no label"
    assert found["changes"][0]["text"] == ACHE, "what a label calls wrong comes first"


def test_a_change_that_a_label_asked_for_is_right(small: Small) -> None:
    small.replace("tests/messages/seen.jsonl", '"contact_clinic", "accept": ["contact_clinic", "urgent"]',
                  '"urgent", "accept": ["urgent"]')  # fmt: skip
    small.commit()
    small.replace(PAIN, "level: contact_clinic", "level: urgent")
    assert by_text(changes(small))[ACHE]["label"] == "right"


def test_a_new_case_that_asks_for_the_change_says_that_it_is_right(small: Small) -> None:
    small.replace(
        "knowledge/symptoms/general/headache.yaml",
        "phrases:",
        "never: [my head hurts no one]\nphrases:",
    )
    small.write(
        "tests/cases/symptoms/general/headache.yaml",
        "near_misses:\n  - text: filler, my head hurts no one\n",
    )
    found = by_text(changes(small))["filler, my head hurts no one"]
    assert (found["kind"], found["label"], found["against"]) == ("lowered", "right", [])


def test_a_case_that_is_broken_says_that_it_is_wrong(small: Small) -> None:
    small.replace("knowledge/symptoms/general/headache.yaml", "  - headache\n", "")
    found = by_text(changes(small))["headache after lip filler"]
    assert (found["kind"], found["label"]) == ("lowered", "wrong")


def test_a_label_that_takes_both_says_nothing_for_it(small: Small) -> None:
    small.replace(PAIN, "level: contact_clinic", "level: urgent")
    assert by_text(changes(small))[ACHE]["label"] == "accepts both"


def test_other_words_that_are_read(small: Small) -> None:
    small.replace("knowledge/symptoms/general/headache.yaml", '  - "head .. hurts"\n', "")
    found = by_text(changes(small))["my head really hurts"]
    assert found["reading"] == ["-headache"]
    assert found["against"] == [
        "tests/cases/symptoms/general/headache.yaml:3 wants symptom headache"
    ]


def test_entries_that_are_shown_no_longer(small: Small) -> None:
    small.replace(TOPIC, "status: live", "status: retired")
    found = changes(small)
    shown = by_text(found)["headache after lip filler"]
    assert shown["kind"] == "entries"
    assert shown["entries"] == [["filler.headache", "pain"], ["pain"]]
    assert shown["against"] == [
        "tests/cases/views/filler/headache.yaml:2 wants topic filler.headache"
    ]
    assert found["entries_removed"] == [TOPIC]


def test_the_same_change_of_text_stands_once_with_its_replies(small: Small) -> None:
    small.replace(TOPIC, "Calls it usual.", "Calls it usual and short.")
    found = changes(small)
    assert {change["edit"] for change in found["changes"]} == {0}
    assert len(found["changes"]) > 1
    (edit,) = found["edits"]
    assert "Calls it usual." in edit["removed"][0]
    plain = small.call("diff").stdout
    assert "{+and short.+}" not in plain
    assert f"in {len(found['changes'])} replies" in plain
    assert "short.+}" in small.call("diff", "--text").stdout.replace("\n", " ")


def test_entries_and_messages_that_were_added(small: Small) -> None:
    fever = FILES["knowledge/symptoms/general/headache.yaml"].replace("headache", "fever")
    small.write("knowledge/symptoms/general/fever.yaml", fever.replace("head ..", "fever .."))
    small.write("tests/cases/symptoms/general/fever.yaml", "hits:\n  - text: i have a fever\n")
    found = changes(small)
    assert found["entries_added"] == ["knowledge/symptoms/general/fever.yaml"]
    assert found["messages_added"] == ["tests/cases/symptoms/general/fever.yaml:2"]
    assert by_text(found)["i have a fever"]["reading"] == ["+fever"]


def test_a_case_that_is_taken_out_still_counts(small: Small) -> None:
    """Who lowers a level cannot hide it by removing the case."""
    lower(small)
    small.write("tests/cases/red_flags/occlusion.yaml", "hits: []\n")
    found = changes(small)
    assert by_text(found)[WHITE]["label"] == "wrong"
    assert len(found["messages_removed"]) == 3


def test_a_moved_file_is_the_same_messages(small: Small) -> None:
    (small.root / "tests/cases/symptoms/general").rename(small.root / "tests/cases/symptoms/head")
    (small.root / "knowledge/symptoms/general").rename(small.root / "knowledge/symptoms/head")
    lower(small)
    found = changes(small)
    assert found["messages_added"] == found["messages_removed"] == []
    assert found["entries_added"] == found["entries_removed"] == []


def test_near_misses_of_the_red_flags_are_messages_too(small: Small) -> None:
    small.replace(FLAG, "when:", "phrases: [white teeth]\nwhen:")
    found = by_text(changes(small))["white teeth after filler"]
    assert found["against"] == [f"{FLAG}:15 wants no red flag occlusion"]


def test_more_messages_from_elsewhere(small: Small, tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text('{"id": "x", "text": "filler and LIP IS WHITE", "level": "emergency"}\n')
    lower(small)
    found = by_text(changes(small, "--messages", str(file)))["filler and LIP IS WHITE"]
    assert (found["label"], found["places"]) == ("wrong", [f"{file} x"])
    file.write_text("no json")
    result = small.call("diff", "--messages", str(file))
    assert (result.exit_code, f"{file}:1:" in result.stderr) == (2, True)


def test_many_messages_are_answered_by_other_processes_the_same(
    small: Small, tmp_path: Path
) -> None:
    lower(small)
    few = changes(small)
    file = tmp_path / "many.jsonl"
    rows = [{"id": n, "text": f"hello {n}", "level": "info"} for n in range(behaviour.FEW)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    many = changes(small, "--messages", str(file))
    assert many["messages"] == few["messages"] + behaviour.FEW
    assert many["changes"] == few["changes"]
    small.write(FLAG, "broken: [")
    result = small.call("diff", "--messages", str(file))
    assert result.exit_code == 1
    assert f"the working tree: {FLAG}:1:" in result.stderr


def test_the_order_of_danger() -> None:
    def change(old: Level, new: Level, accept: frozenset[Level] | None = None) -> Change:
        def made(level: Level) -> behaviour.Behaviour:
            return behaviour.Behaviour(level, (), (), (), (), (), (), None, "")

        return Change("x", (Claim("here", accept),), made(old), made(new), None)

    wrong = change(Level.EMERGENCY, Level.URGENT, frozenset((Level.EMERGENCY,)))
    far = change(Level.EMERGENCY, Level.INFO)
    near = change(Level.EMERGENCY, Level.URGENT)
    right = change(Level.EMERGENCY, Level.INFO, frozenset((Level.INFO,)))
    raised = change(Level.INFO, Level.EMERGENCY, frozenset((Level.INFO,)))
    assert [wrong.verdict, far.verdict, right.verdict] == [
        Verdict.WRONG, Verdict.UNLABELLED, Verdict.RIGHT,
    ]  # fmt: skip
    order = [wrong, far, near, right, raised]
    assert sorted([raised, right, near, far, wrong], key=Change.danger) == order


def test_words_that_changed() -> None:
    edit = Edit(("Calls it usual and mild",), ("Calls it usual and short",))
    assert words_changed(edit) == [("=", "Calls it usual and"), ("-", "mild"), ("+", "short")]
    other = Edit(("Phone the clinic",), ("Go to a pharmacy now",))
    assert words_changed(other) == [("-", "Phone the clinic"), ("+", "Go to a pharmacy now")]
    assert words_changed(Edit((), ("New",))) == [("+", "New")]


# -- versions ---------------------------------------------------------------------------------


def test_two_revisions_and_the_last_common_commit(small: Small) -> None:
    lower(small)
    second = small.commit("Lowered")
    small.replace(FLAG, "level: urgent", "level: contact_clinic")
    small.commit("Lowered again")
    assert by_text(changes(small, "HEAD~2..HEAD~1"))[WHITE]["steps"] == -1
    assert by_text(changes(small, "HEAD~2", "--to", "HEAD"))[WHITE]["steps"] == -2
    assert by_text(changes(small, "HEAD~1.."))[WHITE]["steps"] == -1
    assert changes(small, f"{second}..{second}")["changes"] == []
    small.git("checkout", "-q", "-b", "side", "HEAD~2")
    small.replace(PAIN, "level: contact_clinic", "level: urgent")
    small.commit("Raised on the side")
    assert {c["kind"] for c in changes(small, "main...side")["changes"]} == {"raised", "text"}
    assert small.call("diff", "HEAD~1..HEAD", "--to", "main").exit_code == 2


def test_the_working_tree_counts_with_files_that_git_does_not_know(small: Small) -> None:
    lower(small)
    assert changes(small)["after"] == "the working tree"
    assert changes(small)["before"].startswith("HEAD (")
    assert changes(small, "HEAD..HEAD")["changes"] == []


def test_an_unknown_revision(small: Small) -> None:
    result = small.call("diff", "nowhere")
    assert result.exit_code == 2
    assert "git knows no revision 'nowhere'; 'git log --oneline' lists" in result.stderr
    assert "no revision '--output=x'" in small.call("diff", "--", "--output=x").stderr


def test_a_shallow_clone_says_how_to_get_the_rest(small: Small, tmp_path: Path) -> None:
    small.commit("A second one")
    small.git("clone", "-q", "--depth", "1", small.root.as_uri(), str(tmp_path / "shallow"))
    clone = Small(tmp_path / "shallow")
    result = clone.call("diff", "HEAD~1")
    assert result.exit_code == 2
    assert "git fetch --unshallow" in result.stderr


def test_no_repository(tmp_path: Path) -> None:
    result = Small(tmp_path / "project").call("diff")
    assert result.exit_code == 2
    assert "in no git repository; run it in a clone" in result.stderr


def test_no_git(small: Small, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = small.call("diff")
    assert (result.exit_code, "git is not installed" in result.stderr) == (2, True)


def test_a_revision_without_knowledge(small: Small) -> None:
    small.git("rm", "-rq", "--cached", "knowledge")
    small.git("commit", "-q", "-m", "Gone")
    result = small.call("diff")
    assert result.exit_code == 2
    assert "there is no knowledge/ in HEAD (" in result.stderr


def test_a_revision_whose_knowledge_has_faults(small: Small) -> None:
    good = (small.root / FLAG).read_text("utf-8")
    small.write(FLAG, "id: occlusion\n")
    small.commit("Broken")
    small.write(FLAG, good)
    result = small.call("diff")
    assert result.exit_code == 2
    assert f"HEAD ({small.git('rev-parse', '--short', 'HEAD')}): {FLAG}:1:" in result.stderr
    assert "compare with a later revision" in result.stderr
    small.commit("Mended")
    small.write(FLAG, "id: occlusion\n")
    assert "correct them first; 'aftercare check'" in small.call("diff").stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "tests/cases/symptoms/general/headache.yaml",
            "hits:\n  - headache\n",
            "headache.yaml:2: no case; write",
        ),
        (
            "tests/cases/symptoms/general/headache.yaml",
            "hits:\n  - {text: x, level: bad}\n",
            "'bad' is no level",
        ),
        (
            "tests/cases/symptoms/general/headache.yaml",
            "- x\n",
            "headache.yaml:1: not what belongs here",
        ),
        ("tests/pairs.yaml", "- {told: x}\n", "tests/pairs.yaml:1: no pair; write"),
        ("tests/messages/seen.jsonl", "\x80", "tests/messages/seen.jsonl:1:"),
    ],
)
def test_a_broken_case_is_named(small: Small, name: str, content: str, said: str) -> None:
    small.write(name, content)
    result = small.call("diff")
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_a_hook_of_git_does_not_lead_astray(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    lower(small)
    assert by_text(changes(small))[WHITE]["steps"] == -1


def test_a_knowledge_folder_that_is_the_repository(small: Small) -> None:
    (small.root / ".git").rename(small.knowledge / ".git")
    inner = Small(small.root)
    inner.root = small.knowledge
    inner.commit("Alone")
    lower(small)
    assert by_text(changes(small))[WHITE]["steps"] == -1


# -- the gate ---------------------------------------------------------------------------------


def test_the_gate_refuses_and_names_messages_and_remedy(small: Small) -> None:
    lower(small)
    small.commit("Softer words")
    result = small.call("diff", "HEAD~1..HEAD", "--gate")
    assert result.exit_code == 1
    assert "refused: 3 messages are told to get help later" in result.stderr
    assert f'emergency → urgent (wrong by its label): "{WHITE}"' in result.stderr
    assert "safety: " in result.stderr
    assert small.call("diff", "HEAD~1..HEAD").exit_code == 0


def test_a_safety_line_in_any_commit_between_lets_it_pass(small: Small) -> None:
    lower(small)
    small.commit("Softer words\n\nSafety: white lips alone are seen the same day")
    small.commit("Another edit")
    result = small.call("diff", "HEAD~2..HEAD", "--gate")
    assert result.exit_code == 0
    assert "lowered with a reason: white lips alone are seen the same day" in result.stderr
    small.replace(FLAG, "level: urgent", "level: contact_clinic")
    assert small.call("diff", "--gate").exit_code == 1, "the line of an older commit"


def test_a_message_under_way_may_hold_the_line(small: Small, tmp_path: Path) -> None:
    lower(small)
    message = tmp_path / "COMMIT_EDITMSG"
    message.write_text("Softer\n\n# safety: a line of comment counts as none\n")
    assert small.call("diff", "--gate", "--commit-message", str(message)).exit_code == 1
    message.write_text("Softer\n\nsafety: seen the same day by the injector\n")
    assert small.call("diff", "--gate", "--commit-message", str(message)).exit_code == 0


def test_raising_needs_no_reason(small: Small) -> None:
    small.replace(PAIN, "level: contact_clinic", "level: emergency")
    assert small.call("diff", "--gate").exit_code == 0


def test_the_gate_of_the_last_commit(small: Small, tmp_path: Path) -> None:
    """``.ci/gate``, as ``.ci/run`` calls it."""
    small.write(".ci/gate", (ROOT / ".ci" / "gate").read_text("utf-8"))

    def gate_of(folder: Path) -> tuple[int, str]:
        aftercare = f"{sys.executable} -m bot --knowledge {folder / 'knowledge'}"
        done = run(
            ["bash", str(folder / ".ci" / "gate")],
            env=os.environ | {"AFTERCARE": aftercare, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    small.commit("No knowledge")
    assert gate_of(small.root) == (0, ANY)
    assert "as it was" in gate_of(small.root)[1]
    lower(small)
    small.commit("Softer")
    code, said = gate_of(small.root)
    assert (code, "refused: 3 messages" in said) == (1, True), said
    small.git("clone", "-q", "--depth", "1", small.root.as_uri(), str(tmp_path / "shallow"))
    code, said = gate_of(tmp_path / "shallow")
    assert (code, "nothing is compared" in said) == (0, True), said
    good = (small.root / FLAG).read_text("utf-8")
    small.write(FLAG, "id: occlusion\n")
    small.commit("Of another program")
    small.write(FLAG, good)
    small.commit("Of this program")
    code, said = gate_of(small.root)
    assert (code, "cannot be used by this program" in said) == (0, True), said


@pytest.mark.parametrize("line", ["safety:", "safety: ok", "safety: it is", "unsafety: a b c"])
def test_a_line_without_a_reason_is_none(line: str) -> None:
    assert gate.reasons([f"Subject\n\n{line}\n"]) == []


# -- pages ------------------------------------------------------------------------------------


def test_the_page_filters_and_loads_nothing(small: Small, tmp_path: Path) -> None:
    lower(small)
    small.replace(TOPIC, "Would look at <it>.", "Would look at <b>it</b> soon.")
    file = tmp_path / "diff.html"
    assert small.call("diff", "--html", str(file)).exit_code == 0
    text = file.read_text("utf-8")
    assert "&lt;b&gt;it&lt;/b&gt;" in text
    assert "<b>it" not in text
    with opened(file) as tab:
        assert tab.locator(".change:visible").count() == 4
        tab.get_by_label("only with something against it").check()
        assert tab.locator(".change:visible").count() == 2
        tab.get_by_label("only with something against it").uncheck()
        tab.get_by_label("lowered").uncheck()
        assert tab.locator(".change:visible").count() == 1
        assert tab.locator("output").inner_text() == "1 shown"
        tab.get_by_label("lowered").check()
        tab.get_by_label("Find").fill("an hour")
        assert tab.locator(".change:visible").count() == 1
        tab.get_by_label("Find").fill("")
        tab.get_by_label("Where the message stands").select_option("tests/cases/red_flags")
        assert tab.locator(".change:visible").count() == 2
        tab.get_by_text("the reply, word by word").first.click()
        assert tab.locator("ins:visible").count() >= 1
    with opened(file, width=360) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_markdown_says_what_the_gate_says_and_mentions_nobody(small: Small) -> None:
    lower(small)
    small.replace(
        "tests/pairs.yaml", "filler today, lip is white", "@someone #12 filler|today, lip is white"
    )
    result = small.call("diff", "--format", "markdown", "--gate")
    assert result.exit_code == 1
    assert "[!CAUTION]" in result.stdout
    assert "🔴 Lowered" in result.stdout
    assert "&#64;someone &#35;12 filler&#124;today" in result.stdout
    small.commit("Softer\n\nsafety: seen the same day by the injector")
    passed = small.call("diff", "HEAD~1..HEAD", "--format", "markdown", "--gate").stdout
    assert "- safety: seen the same day" in passed
    assert "[!CAUTION]" not in passed


def test_a_comment_stays_within_what_github_takes() -> None:
    number = 400

    def made(level: Level, reply: str) -> behaviour.Behaviour:
        ids = tuple(f"some_treatment.some_long_topic_{n}" for n in range(12))
        return behaviour.Behaviour(level, ids, ids, (), ids, (), (), None, reply)

    texts = [f"{n} " + "*|_" * 100 for n in range(number)]
    levels = list(Level)
    old, new = (
        behaviour.Answers(
            behaviour.Inventory("v", {}),
            tuple(
                made(levels[(n + shift * (n % 3)) % 5], f"reply {n} of {shift}: {'*_' * 300}")
                for n in range(number)
            ),
        )
        for shift in (0, 1)
    )
    said = {text: (Claim(f"tests/cases/some_long_name.yaml:{text[:3]}"),) for text in texts}
    found = compare(("a", "b"), (said, said), texts, (old, new))
    assert {Kind.LOWERED, Kind.RAISED, Kind.TEXT} <= set(found.counts)
    shown = page.difference_markdown(found, [], "refused")
    assert 20_000 < len(shown) < 65_536
    assert "more; the page lists all" in shown


def test_both_versions_get_the_same_day(small: Small) -> None:
    """``yesterday`` is counted from the day that is given, in both."""
    texts = ["lip filler on monday, lip is white"]
    old, new = (
        behaviour.both(small.knowledge, small.knowledge, texts, None, day)[0].behaviours[0].days
        for day in (dt.date(2026, 11, 24), dt.date(2026, 11, 26))
    )
    assert (old, new) == (1, 3)
