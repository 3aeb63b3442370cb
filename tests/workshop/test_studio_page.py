"""The studio in a browser: from a message to a saved edit, with keys, on a wide and a narrow screen.

It needs Debian's Chromium; where there is none, these tests are left out and say so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine; Debian has it as 'chromium'"
)
PATH = "red_flags/white_lip.yaml"
WHITE = "lip filler yesterday, my lip went white, no headache"
SOON = 60_000
"""Milliseconds for what compiles; other tests may have the processor."""


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge of few entries with cases beside it."""
    place = tmp_path_factory.mktemp("studio")
    shutil.copytree(ROOT / "tests/small_knowledge", place / "knowledge")
    (place / "knowledge/wording").mkdir()
    shutil.copy(ROOT / "knowledge/wording/en.yaml", place / "knowledge/wording")
    cases = place / "tests/cases" / PATH
    cases.parent.mkdir(parents=True)
    cases.write_text('hits:\n  - text: "lip filler, my lip goes white"\n', "utf-8")
    return place / "knowledge"


@pytest.fixture(scope="module")
def address(knowledge: Path) -> Iterator[str]:
    """A studio as its command starts it."""
    command = [sys.executable, "-m", "bot", "--knowledge", str(knowledge), "studio", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.split()[4]
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        assert process.wait(20) == 0
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # other tests may have the processor
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda fault: wrong.append(str(fault)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.locator("#state")).to_contain_text("ready", timeout=SOON)
    yield page
    context.close()
    assert not wrong
    assert {url for url in asked if not url.startswith((address, "data:"))} == set()


def say(page: Page, text: str) -> None:
    page.get_by_label("Message").fill(text)
    page.keyboard.press("Enter")


def rewrite(page: Page, old: str, new: str) -> None:
    box = page.get_by_label("The text of the file")
    text = box.input_value()
    assert old in text
    box.fill(text.replace(old, new))


def find(page: Page, words: str, marked: str = "") -> None:
    page.get_by_label("Find a file").fill(words)
    path = words.replace(" ", "_" if "lip" in words else "/")
    expect(page.locator("#found button").first).to_contain_text(path)
    expect(page.locator("#found button").first).to_contain_text(marked)
    page.keyboard.press("Enter")


def test_from_a_message_to_a_saved_edit_and_a_conflict(page: Page, knowledge: Path) -> None:
    file = knowledge / PATH
    original = file.read_text("utf-8")

    # a message, an emergency, and how it was read
    say(page, WHITE)
    expect(page.locator(".bot.emergency .bubble").first).to_contain_text("EMERGENCY")
    expect(page.locator("#explained .level")).to_have_text("emergency")
    expect(page.locator("#explained .scoped").first).to_have_text(re.compile("headache"))
    expect(page.get_by_label("What the colours and letters mean")).to_contain_text("danger sign")

    # a click on a rule opens its line
    page.locator("#explained .place", has_text=f"{PATH}:10").last.click()
    expect(page.locator("#path")).to_have_text(PATH)
    box = page.get_by_label("The text of the file")
    selected = box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)")
    assert selected == '  - "{lips} .. {white}"'

    # broken: the fault stands at its line, and it is not saved
    rewrite(page, "level: emergency", "level: emergencie")
    expect(page.locator("#faults > li.error").first).to_contain_text("line 5", timeout=SOON)
    expect(page.locator("#faults > li.error").first).to_contain_text("did you mean emergency")
    expect(page.locator("#numbers .error")).to_have_text("● 5")
    expect(page.locator("#progress")).to_contain_text("fault")
    page.keyboard.press("Control+s")
    expect(page.locator("#progress")).to_contain_text("not saved")
    assert file.read_text("utf-8") == original

    # mended, with a narrower phrase: the lowered level is seen before it is saved
    rewrite(page, "level: emergencie", "level: emergency")
    expect(page.locator("#save")).to_be_disabled()
    rewrite(page, "{lips} .. {white}", "{lips} {white}")
    changes = page.locator("#changes")
    expect(changes.locator("article.lowered")).to_contain_text("less urgent", timeout=SOON)
    expect(changes.locator("article .lowered")).to_contain_text("emergency → ")
    expect(changes.locator(".cases li.lowered").first).to_be_visible()
    expect(page.locator("#faults > li")).to_have_count(0)
    page.get_by_role("button", name="edited", exact=True).click()
    expect(page.locator("#explained .level")).not_to_have_text("emergency")
    assert file.read_text("utf-8") == original

    # a conflict: the file is changed on the disk meanwhile
    file.write_text(original + "# by somebody else\n", "utf-8")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    expect(page.locator("#theirs")).to_contain_text("by somebody else")
    assert file.read_text("utf-8").endswith("# by somebody else\n")
    page.get_by_role("button", name=re.compile("Keep mine")).click()
    expect(page.get_by_role("alertdialog")).to_be_hidden()

    # saved
    page.keyboard.press("Control+s")
    expect(page.locator("#progress")).to_contain_text("saved; the phone", timeout=SOON)
    assert '"{lips} {white}"' in file.read_text("utf-8")
    expect(page.locator("#save")).to_be_disabled()
    file.write_text(original, "utf-8")


def test_it_listens_on_this_machine_only(address: str) -> None:
    port = int(address.rstrip("/").rpartition(":")[2])
    listening = [c for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.ip for c in listening if c.laddr.port == port} == {"127.0.0.1"}
    result = subprocess.run(
        [sys.executable, "-m", "bot", "studio", "--port", str(port)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "take another" in result.stderr


def test_buttons_the_country_and_a_new_talk(page: Page) -> None:
    page.get_by_label("Country").select_option("GB")
    say(page, WHITE)
    expect(page.locator(".bot.emergency .bubble").first).to_contain_text("999")
    page.get_by_role("button", name="New talk").click()
    expect(page.locator(".bubble").first).to_contain_text("computer program")
    say(page, "swollen after lip filler")
    page.locator(".row button", has_text="What experts say").click()
    expect(page.locator(".bubble").last).to_contain_text("Jane Roe")


def test_a_message_is_text_not_html(page: Page) -> None:
    say(page, "<img src=x onerror=alert(1)> <b>swollen</b> & white")
    expect(page.locator(".me")).to_have_text("<img src=x onerror=alert(1)> <b>swollen</b> & white")
    expect(page.locator("#explained .message")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#phone img, #explained img").count() == 0


def test_an_unsaved_edit_outlives_a_reload_and_no_message_does(page: Page) -> None:
    say(page, "secretword and a headache")
    expect(page.locator("#explained .level")).to_be_visible()
    find(page, "general headache")
    expect(page.locator("#path")).to_have_text("symptoms/general/headache.yaml")
    rewrite(page, "id: headache", "# mine\nid: headache")
    stored = page.evaluate(
        "JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})"
    )
    assert "# mine" in stored
    assert "secretword" not in stored
    page.reload()
    find(page, "general headache", marked="unsaved")
    box = page.get_by_label("The text of the file")
    expect(box).to_have_value(re.compile("# mine"))
    page.get_by_role("button", name="Undo all").click()
    expect(box).not_to_have_value(re.compile("# mine"))
    assert page.evaluate("localStorage.length") == 0


def test_keys_and_names_for_everything(page: Page) -> None:
    find(page, "white lip")
    box = page.get_by_label("The text of the file")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Message")).to_be_focused()
    nameless = page.evaluate(
        """[...document.querySelectorAll("button, input, select, textarea")].filter(
             (e) => !(e.textContent.trim() || e.getAttribute("aria-label")
                      || (e.labels && e.labels.length))).map((e) => e.outerHTML)"""
    )
    assert nameless == []


def test_a_phone_is_wide_enough(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 700}, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#state")).to_contain_text("ready", timeout=SOON)
    say(page, WHITE)
    expect(page.locator(".bot.emergency").first).to_be_visible()
    page.get_by_role("button", name="Reading", exact=True).click()
    expect(page.locator("#explained .level")).to_be_visible()
    page.locator("#explained .place", has_text=f"{PATH}:10").last.click()
    expect(page.get_by_label("The text of the file")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background != "rgb(241, 244, 248)"
    context.close()
