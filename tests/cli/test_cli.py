"""The command line: what people see, what machines get, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.conftest import ROOT

FIELDS = {
    "level", "treatments", "symptoms", "denied", "days", "red_flags", "entries", "reply",
}  # fmt: skip


def call(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin)


def test_ask_prints_the_reply() -> None:
    result = call("ask", "cant swallow since botox")
    assert result.exit_code == 0
    assert result.output.startswith("🔴 EMERGENCY")
    assert "does not make anyone your doctor" in result.output


def test_ask_knows_the_number_of_a_country() -> None:
    assert "Call 999 now" in call("ask", "--country", "gb", "cant breathe").output


def test_ask_json_is_one_object() -> None:
    answer = json.loads(call("ask", "--json", "botox 3 days ago, bruise, no fever").output)
    assert set(answer) >= FIELDS
    assert answer["level"] == "self_care"
    assert answer["treatments"] == ["botulinum_toxin"]
    assert answer["symptoms"] == ["bruising"]
    assert answer["denied"] == ["fever"]
    assert answer["days"] == 3
    assert "botulinum_toxin.bruising" in answer["entries"]


def test_ask_jsonl_keeps_the_order_and_ignores_other_fields() -> None:
    lines = '{"text": "bruise", "id": 1}\n\n{"text": "cant breathe", "x": [1]}\n'
    answers = [json.loads(line) for line in call("ask", "--jsonl", stdin=lines).output.splitlines()]
    assert [answer["level"] for answer in answers] == ["self_care", "emergency"]
    assert all(set(answer) >= FIELDS for answer in answers)


@pytest.mark.parametrize("line", ["no json", '{"txt": "x"}', '{"text": 3}', "[1]"])
def test_ask_jsonl_names_a_bad_line(line: str) -> None:
    result = call("ask", "--jsonl", stdin='{"text": "bruise"}\n' + line + "\n")
    assert result.exit_code == 2
    assert "stdin:2:" in result.stderr


def test_ask_explain_shows_words_rules_and_files() -> None:
    result = run(
        [sys.executable, "-m", "bot", "ask", "--explain", "cant swalow since botox 2 days ago"],
        capture_output=True, text=True, cwd=ROOT, env={"COLUMNS": "220", "PATH": ""}, check=True,
    )  # fmt: skip
    assert "knowledge/symptoms/nerves/swallowing_difficulty.yaml" in result.stdout
    assert "red flag" in result.stdout
    assert "swalow → swallow" in result.stdout


def test_explain_prints_json_and_a_page(tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    result = call("explain", "--json", "--html", str(page), "cant swalow since botox 2 days ago")
    found = json.loads(result.stdout)
    assert found["repairs"] == [["swalow", "swallow"]]
    assert found["rules"][0]["origin"].startswith("knowledge/red_flags/toxin_distant_spread.yaml:")
    assert "swalow" in page.read_text("utf-8")


def test_explain_marks_words_and_scopes_without_colour() -> None:
    output = call("explain", "no fever, my lip is pale, botox today").output
    assert "no/c ‹fever/S›" in output
    assert "S symptom" in output
    assert "Rules that nearly fired" in output
    assert "vascular_occlusion: has blanching, but only after" in output


def test_explain_without_a_text_says_what_to_write() -> None:
    result = call("explain", stdin="")
    assert result.exit_code == 2
    assert "aftercare explain" in result.stderr


def test_ask_without_a_text_says_what_to_write() -> None:
    result = call("ask", stdin="")
    assert result.exit_code == 2
    assert "aftercare ask" in result.stderr


def test_check_passes_and_counts() -> None:
    result = call("check")
    assert result.exit_code == 0
    assert "28 treatments" in result.output


def test_check_fails_with_every_fault(knowledge_copy: Path) -> None:
    (knowledge_copy / "symptoms/general/headache.yaml").write_text("id: headache\n", "utf-8")
    result = call("--knowledge", str(knowledge_copy), "check", "--json")
    assert result.exit_code == 1
    assert {fault["path"] for fault in json.loads(result.output)} >= {
        "knowledge/symptoms/general/headache.yaml"
    }


def test_check_writes_annotations_for_pull_requests(
    small_knowledge: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = small_knowledge / "symptoms/general/headache.yaml"
    text = file.read_text("utf-8").replace("level: self_care", "level: 'a: 100%,\\n'")
    file.write_text(text.replace("'a: 100%,\\n'", '"a: 100%,\\n"'), "utf-8")
    (small_knowledge / "symptoms/site/swelling.yaml").rename(
        small_knowledge / "symptoms/site/a,b:c%.yaml"
    )
    monkeypatch.chdir(small_knowledge.parent)
    result = call("--knowledge", str(small_knowledge), "check", "--format", "github")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        (
            "::error file=knowledge/symptoms/general/headache.yaml,line=5,col=1::'level' cannot be "
            "'a: 100%25,%0A'; write info, self_care, contact_clinic, urgent or emergency"
        ),
        (
            "::error file=knowledge/symptoms/site/a%2Cb%3Ac%25.yaml,line=1,col=1::the id 'swelling' is "
            "not the file's name; id: a,b:c%25"
        ),
        "2 errors",
    ]
    monkeypatch.chdir(small_knowledge.parent.parent)
    below = call("--knowledge", str(small_knowledge), "check", "--format", "github").output
    assert f"file={small_knowledge.parent.name}/knowledge/symptoms" in below


def test_a_warning_does_not_fail_the_check(small_knowledge: Path) -> None:
    file = small_knowledge / "symptoms/general/headache.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    result = call("--knowledge", str(small_knowledge), "check")
    assert result.exit_code == 0
    assert "headache.yaml:1:1: warning: line ends as Windows writes them" in result.output
    assert "1 warning" in result.output
    shown = call("--knowledge", str(small_knowledge), "check", "--format", "github").output
    assert shown.startswith("::warning file=")


def test_broken_knowledge_is_not_used(knowledge_copy: Path) -> None:
    (knowledge_copy / "sources.yaml").write_text("", "utf-8")
    result = call("--knowledge", str(knowledge_copy), "ask", "bruise")
    assert result.exit_code == 1
    assert "the file is empty" in result.stderr


def test_run_without_a_token_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    result = call("run")
    assert result.exit_code == 2
    assert "@BotFather" in result.stderr


def test_eval_scores_and_lists_misses(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    rows = [
        {"id": "a-1", "text": "cant breathe", "level": "emergency", "accept": ["emergency"],
         "symptoms": ["breathing_difficulty"], "treatments": [], "denied": [], "days": None},
        {"id": "a-2", "text": "bruise after botox 2 days ago, no fever", "level": "self_care",
         "symptoms": ["bruising"], "treatments": ["botulinum_toxin"], "denied": ["fever"],
         "days": 2},
        {"id": "b-1", "text": "hello", "level": "urgent", "accept": ["urgent"]},
    ]  # fmt: skip
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    figures = json.loads(call("eval", "--json", str(file)).output)
    assert figures["messages"] == 3
    assert figures["level_ok"] == round(2 / 3, 4)
    assert figures["under_triage"] == round(1 / 3, 4)
    assert figures["emergencies_found"] == 1.0
    assert figures["days_right"] == 1.0
    assert figures["symptoms"]["f1"] == figures["denied"]["f1"] == 1.0
    assert figures["by_kind"]["a"]["messages"] == 2
    assert [miss["id"] for miss in figures["misses"]] == ["b-1"]
    assert call("eval", "--min-level", "0.9", str(file)).exit_code == 1
    assert "b-1" in call("eval", str(file)).output


@pytest.mark.parametrize(
    ("line", "message"),
    [("x", "no JSON object"), ('{"level": "info"}', "'text' is missing"),
     ('{"text": "x", "level": "bad"}', "none of the five")],
)  # fmt: skip
def test_eval_names_a_bad_line(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text(line, "utf-8")
    result = call("eval", str(file))
    assert result.exit_code == 2
    assert f"{file}:1:" in result.stderr
    assert message in result.stderr


def test_chat_greets_and_ends_with_the_input() -> None:
    result = run(
        [sys.executable, "-m", "bot", "chat"], input="dull headache\n1\n/quit\n", text=True,
        capture_output=True, cwd=ROOT, check=True, env={"PATH": "", "COLUMNS": "100"},
    )  # fmt: skip
    assert "Hello. I am a computer program" in result.stdout
    assert "[1] Botulinum toxin" in result.stdout
    assert "Noted: botulinum toxin" in result.stdout
