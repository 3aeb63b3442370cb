"""The operator's file of clinics: used when it checks, refused with every fault and its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.content.clinics import LINK, NAME, check_clinics, load_clinics
from bot.content.faults import KnowledgeError
from bot.conversation.engine import Engine
from tests.engine import CLINICS

GOOD = 'clinics:\n  one:\n    name: "One"\n    phone: ["+353 1 555 0100"]\n'


def test_a_good_file(engine: Engine) -> None:
    clinics, faults = check_clinics(CLINICS, engine.knowledge)
    assert faults == []
    assert clinics["skin_studio"].after_hours == "+353 1 555 0199"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (GOOD.replace("+353 1 555 0100", "01 555 0100"), 4, "with + and the country first"),
        (GOOD.replace("+353 1 555 0100", "+353 (1) 5550100"), 4, "digits and single spaces"),
        (GOOD.replace('"+353 1 555 0100"', "+35315550100"), 4, "without quotes"),
        (GOOD.replace('["+353 1 555 0100"]', "[]"), 4, "phone"),
        (GOOD.replace('    name: "One"\n', ""), 2, "the field 'name' is missing"),
        (GOOD.replace('"One"', '"' + "x" * 61 + '"'), 3, "use at most 60"),
        (GOOD + "    fax: x\n", 5, "no field is called 'fax'"),
        (GOOD + "    website: clinic.example\n", 5, "website"),
        (GOOD + "    country: ZZ\n", 5, "no emergency number is known for 'ZZ'"),
        (GOOD.replace("  one:", "  Skin-Studio:"), 2, "small letters"),
        (GOOD.replace("  one:", "  dysport:"), 2, "name of a treatment"),
        (GOOD.replace("  one:", "  laser:"), 2, "name of a treatment"),
        (GOOD.replace("  one:", "  " + "a" * (NAME + 1) + ":"), 2, "use at most"),
        (GOOD + '  one:\n    name: "Two"\n    phone: ["+1 555 0100"]\n', 5, "stands twice"),
        ("clinics: {}\n", 1, "clinics"),
        ("clinics: &a\n", 1, "anchor"),
    ],
)
def test_a_fault_has_its_line_and_a_remedy(
    text: str, line: int, what: str, engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "clinics.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(KnowledgeError) as refused:
        load_clinics(file, engine.knowledge)
    (fault,) = refused.value.faults
    assert fault.line == line
    assert what in str(fault)


def test_a_clinic_and_any_treatment_fit_into_a_link(engine: Engine) -> None:
    longest = max(map(len, engine.knowledge.treatments))
    assert NAME + len("-") + longest <= LINK


def test_the_check_and_the_start_refuse_a_bad_file(tmp_path: Path) -> None:
    file = tmp_path / "clinics.yaml"
    env = {"AFTERCARE_CLINICS": str(file)}
    checked = CliRunner().invoke(main, ["check"], env=env)
    assert checked.exit_code == 1
    assert "clinics.yaml:1:1: error: the file cannot be read" in checked.output
    file.write_text(GOOD.replace('"One"', "~"), "utf-8")
    asked = CliRunner().invoke(main, ["ask", "hello"], env=env)
    assert asked.exit_code == 1
    assert "clinics.yaml:3:" in asked.output + asked.stderr
    file.write_text(GOOD, "utf-8")
    checked = CliRunner().invoke(main, ["check"], env=env)
    assert checked.exit_code == 0
    assert "1 clinics" in checked.output
