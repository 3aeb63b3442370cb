"""``aftercare report``: one page that shows what there is, and holds back nothing."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.config import shipped_knowledge
from bot.conversation.engine import Engine
from bot.quality.page import report_page
from bot.quality.report import STANCES, Report, gather_report
from tests.browser import opened
from tests.quality.small import Small, know_few_words


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    know_few_words(monkeypatch)
    return Small(tmp_path / "project")


@pytest.fixture
def page(small: Small, tmp_path: Path) -> Path:
    return written(small, tmp_path)


def written(small: Small, folder: Path, *arguments: str) -> Path:
    file = folder / "report.html"
    result = small.call("report", str(file), *arguments)
    assert result.exit_code == 0, result.output
    return file


def test_experts_stand_with_name_link_and_stance(page: Path) -> None:
    text = page.read_text("utf-8")
    assert '<a href="https://example.org/one" rel="noreferrer">Ada Example, MD</a>' in text
    assert "name not shown</a>, Nurse, Oslo" in text
    assert "2 views, 50 % alike" in text
    assert "They differ." in text
    assert "1 expected, 1 be examined" in text


def test_no_review_is_said_plainly_and_a_review_is_named(small: Small, tmp_path: Path) -> None:
    assert "No clinician has reviewed this knowledge yet." in written(small, tmp_path).read_text()
    small.replace(
        "knowledge/red_flags/pain.yaml", "reviewed_by: none", "reviewed_by: Nora Nurse, RN"
    )
    small.replace("knowledge/red_flags/pain.yaml", "reviewed_on: none", "reviewed_on: 2026-11-01")
    text = written(small, tmp_path).read_text()
    assert "No clinician has reviewed" not in text
    assert "knowledge/red_flags/pain.yaml: signed by Nora Nurse, RN" in text
    assert "has signed 1 of 6 files" in text


def test_the_calendar_says_what_is_due_when(small: Small) -> None:
    small.replace("knowledge/red_flags/pain.yaml", "2099-11-24", "2026-02-03")
    engine = Engine.from_folder(small.knowledge)
    found = gather_report(engine, small.knowledge, (), dt.date(2026, 3, 1))
    late, later = found.calendar
    assert (late.name, late.files) == (
        "2026-02",
        (("2026-02-03", "knowledge/red_flags/pain.yaml"),),
    )
    assert (later.name, later.kinds) == (
        "2099-11", (("red flags", 1), ("symptoms", 2), ("treatments", 1), ("views", 1)),
    )  # fmt: skip
    assert found.coverage.overdue == ("knowledge/red_flags/pain.yaml",)


def test_red_flags_stand_with_their_cases_and_what_is_broken(small: Small) -> None:
    small.write("tests/cases/red_flags/pain.yaml", "hits:\n  - text: filler and a sore toe\n")
    engine = Engine.from_folder(small.knowledge)
    found = gather_report(engine, small.knowledge, (), dt.date(2026, 3, 1))
    occlusion, pain = found.flags
    assert occlusion.flag.id == "occlusion", "the most urgent first"
    assert len(occlusion.hits) == 2
    assert [text for text, _ in occlusion.near_misses] == [
        "filler today, all is well", "white teeth after filler",
    ]  # fmt: skip
    assert occlusion.broken == 0
    assert pain.hits == (("filler and a sore toe", False),)
    assert pain.broken == 1


def test_misses_are_escaped_and_the_worst_are_listed(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "lovely &lt;filler&gt;, thanks" in text
    assert "lovely <filler>" not in text
    assert "got info, accepted urgent" in text
    assert "m-1" not in text, "its level is right"


def test_other_labelled_messages_can_be_named(small: Small, tmp_path: Path) -> None:
    file = tmp_path / "night_shift.jsonl"
    file.write_text('{"id": "n-1", "text": "hello", "level": "emergency"}\n')
    text = written(small, tmp_path, "--messages", str(file)).read_text("utf-8")
    assert "night shift: 1 messages" in text
    assert "lovely" not in text
    file.write_text("no json")
    result = small.call("report", str(tmp_path / "x.html"), "--messages", str(file))
    assert (result.exit_code, f"{file}:1:" in result.stderr) == (2, True)


def test_without_labelled_messages_it_says_so(small: Small, tmp_path: Path) -> None:
    (small.root / "tests/messages/seen.jsonl").unlink()
    assert "No labelled messages were found" in written(small, tmp_path).read_text("utf-8")


def test_a_file_that_cannot_be_written(small: Small, tmp_path: Path) -> None:
    result = small.call("report", str(tmp_path / "no" / "folder.html"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_nothing_is_loaded_and_it_fits_a_phone(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"<(link|img|iframe|script [^>]*src)|@import|url\(", text)
    with opened(page) as tab:
        assert tab.locator("section").count() == 7
        tab.locator(".group summary").first.click()
        tab.locator(".topic summary").first.click()
        assert tab.get_by_text("Calls it usual.").is_visible()
        widths = tab.locator(".topic .bar").first.evaluate(
            "bar => [...bar.children].map((part) => part.getBoundingClientRect().width)"
        )
        assert widths[0] == pytest.approx(widths[1])
    with opened(page, width=360) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((part) => part.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_and_print_have_colours_of_their_own(page: Path) -> None:
    with opened(page) as tab:
        ground = "getComputedStyle(document.body).backgroundColor"
        light = tab.evaluate(ground)
        tab.emulate_media(color_scheme="dark")
        assert tab.evaluate(ground) != light
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate(ground) == "rgb(255, 255, 255)"
        assert not tab.locator("nav").is_visible()


@pytest.fixture(scope="module")
def shipped(engine: Engine) -> Report:
    return gather_report(engine, shipped_knowledge(), (), dt.date(2026, 11, 25))


def test_the_matrix_of_the_shipped_knowledge_fits_on_paper(
    engine: Engine, shipped: Report, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(report_page(shipped, engine.knowledge), "utf-8")
    with opened(file, width=1030) as tab:  # A4 across, less its margins
        tab.emulate_media(media="print")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 1030


def test_every_stance_of_the_model_has_a_colour_and_a_word(engine: Engine, page: Path) -> None:
    style = page.read_text("utf-8").partition("</style>")[0]
    for stance in STANCES:
        assert f".{stance} {{ background" in style
        assert stance in engine.knowledge.wording["en"].stances


def test_the_shipped_knowledge(shipped: Report) -> None:
    """No red flag has a case that is not read as it must be."""
    assert {one.flag.id: one.broken for one in shipped.flags if one.broken} == {}
    assert all(one.hits and one.near_misses for one in shipped.flags)
    assert sum(topics.views for topics in shipped.topics) == shipped.coverage.counts["views"]
