"""The studio's answers: who may ask, what an edit is tried with, and that nothing is left running."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bot.workshop.studio.app import Studio
from bot.workshop.studio.bench import Bench, GoneError
from bot.workshop.studio.verdict import cases_beside

HERE = {"Origin": "http://127.0.0.1:8010"}
PATH = "red_flags/white_lip.yaml"
WHITE = "lip filler yesterday, my lip went white"
CASES = f"""hits:
  - text: "{WHITE} and cold"
  - text: "lip filler, pale lips"
  - text: "lips so pale since lip filler"
near_misses:
  - text: "white lip balm"
"""


@pytest.fixture
def folder(small_knowledge: Path) -> Path:
    """A knowledge of few entries with cases beside it, free to be edited."""
    cases = small_knowledge.parent / "tests/cases" / PATH
    cases.parent.mkdir(parents=True)
    cases.write_text(CASES, "utf-8")
    return small_knowledge


@pytest.fixture
async def studio(folder: Path, tmp_path: Path) -> AsyncIterator[Studio]:
    studio = Studio(folder, tmp_path / "cache")
    async with studio.running():
        yield studio
    names = [" ".join(child.cmdline()) for child in psutil.Process().children(recursive=True)]
    assert not [name for name in names if "studio" in name or "compiled" in name]


@pytest.fixture
async def client(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(studio) as client:
        yield client


def asking(studio: Studio, base: str = "http://127.0.0.1:8010") -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=studio.app()), base_url=base, timeout=60
    )


async def compiled(studio: Studio) -> None:
    while studio.saved.state == "compiling":
        await asyncio.sleep(0.05)


async def tried(client: httpx.AsyncClient, text: str, **more: Any) -> list[dict[str, Any]]:
    asked = {"page": "p", "path": PATH, "text": text, "messages": [], **more}
    answer = await client.post("/api/draft", json=asked, headers=HERE)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


# -- who may ask -------------------------------------------------------------------------------------


@pytest.fixture
def idle(folder: Path) -> Studio:
    """A studio of which nothing runs."""
    return Studio(folder)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8010", "127.0.0.1.evil.example", "10.0.0.5", "127.0.0.1:x", ""],
)
@pytest.mark.parametrize("path", ["/", "/api/tree", "/api/file?path=sources.yaml"])
async def test_other_hosts_are_refused(idle: Studio, host: str, path: str) -> None:
    """A foreign name that is made to lead to 127.0.0.1 is no way in."""
    async with asking(idle) as client:
        assert (await client.get(path, headers={"Host": host})).status_code == 403
        assert (await client.get(path, headers={"Host": "localhost:8010"})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8010"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:8010", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:8010", "Content-Type": "text/plain"},
        {"Origin": "http://127.0.0.1:8010", "Content-Type": "application/x-www-form-urlencoded"},
    ],
)
@pytest.mark.parametrize("path", ["save", "draft", "compare", "drop", "talk"])
async def test_changes_from_elsewhere_are_refused(
    idle: Studio, headers: dict[str, str], path: str
) -> None:
    body = json.dumps({"path": PATH, "text": "x", "mark": idle.files.read(PATH).mark, "page": "p"})
    async with asking(idle) as client:
        sent = {"Content-Type": "application/json", **headers}
        answer = await client.post(f"/api/{path}", content=body, headers=sent)
    assert answer.status_code == 403
    assert idle.files.read(PATH).text != "x"


async def test_other_pages_may_not_read_either(idle: Studio) -> None:
    async with asking(idle) as client:
        sent = {"Sec-Fetch-Site": "cross-site"}
        assert (await client.get("/api/tree", headers=sent)).status_code == 403
        answer = await client.get("/api/tree", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        options = await client.options("/api/save", headers={"Origin": "http://evil.example"})
        assert "access-control-allow-origin" not in options.headers


async def test_the_page_brings_what_it_needs_and_allows_nothing_else(idle: Studio) -> None:
    async with asking(idle) as client:
        page = await client.get("/")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for name in ("main.js", "dom.js", "editor.js", "phone.js", "reading.js", "studio.css"):
            part = await client.get(f"/{name}")
            assert part.status_code == 200
            assert not re.search(r"https?://|@import|url\(|innerHTML", part.text)
        for path in ("/../app.py", "/%2e%2e/app.py", "/..%2fapp.py"):
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["../pyproject.yaml", "README.md", "/etc/passwd", "nope.yaml"])
async def test_other_files_are_not_found(idle: Studio, path: str) -> None:
    async with asking(idle) as client:
        answer = await client.get("/api/file", params={"path": path})
        assert answer.status_code == 404
        assert answer.json()["fault"]
        saved = {"path": path, "text": "", "mark": ""}
        assert (await client.post("/api/save", json=saved, headers=HERE)).status_code == 404
        draft = {"page": "p", "path": path, "text": ""}
        assert (await client.post("/api/draft", json=draft, headers=HERE)).status_code == 404


@pytest.mark.parametrize("body", ["", "[]", "x", '{"path": 3}', '{"page": "p", "path": "a"}'])
@pytest.mark.parametrize("path", ["save", "draft", "compare"])
async def test_requests_that_the_page_does_not_send(idle: Studio, body: str, path: str) -> None:
    async with asking(idle) as client:
        sent = {**HERE, "Content-Type": "application/json"}
        answer = await client.post(f"/api/{path}", content=body, headers=sent)
    assert answer.status_code in (400, 503)


async def test_a_body_that_is_too_large_is_refused(idle: Studio) -> None:
    async with asking(idle) as client:
        body = {"path": PATH, "text": "x" * 6_100_000, "mark": ""}
        assert (await client.post("/api/save", json=body, headers=HERE)).status_code == 403


# -- files -----------------------------------------------------------------------------------------


async def test_files_are_listed_opened_saved_and_a_conflict_is_shown(idle: Studio) -> None:
    async with asking(idle) as client:
        assert PATH in (await client.get("/api/tree")).json()
        opened = (await client.get("/api/file", params={"path": PATH})).json()
        saving = {"path": PATH, "text": opened["text"] + "# more\n", "mark": opened["mark"]}
        saved = await client.post("/api/save", json=saving, headers=HERE)
        assert saved.status_code == 200
        again = await client.post("/api/save", json=saving, headers=HERE)
        assert again.status_code == 409
        assert again.json()["mark"] == saved.json()["mark"]
        assert again.json()["text"].endswith("# more\n")


async def test_the_phone_says_when_the_knowledge_is_not_ready(idle: Studio) -> None:
    async with asking(idle) as client:
        answer = await client.post("/api/talk", json={"text": "x"}, headers=HERE)
    assert answer.status_code == 503
    assert "compiled" in answer.json()["fault"]


def test_a_file_that_others_use_is_tried_with_the_cases_of_red_flags(folder: Path) -> None:
    kind, texts = cases_beside(folder, "language/classes.yaml")
    assert kind == "cases of red flags"
    assert texts == [f"{WHITE} and cold", "lip filler, pale lips", "lips so pale since lip filler"]
    assert cases_beside(folder, PATH) == ("cases beside this file", [*texts, "white lip balm"])


@pytest.mark.parametrize("content", ["", "hits: [", "hits:\n  - 3\n  - {txt: a}\n", "- a\n"])
def test_a_case_file_that_cannot_be_read_stops_nothing(folder: Path, content: str) -> None:
    (folder.parent / "tests/cases" / PATH).write_text(content, "utf-8")
    assert cases_beside(folder, PATH) == ("cases beside this file", [])


async def test_knowledge_that_does_not_check_can_be_mended(folder: Path) -> None:
    good = (folder / PATH).read_text("utf-8")
    (folder / PATH).write_text("id: white_lip\n", "utf-8")
    studio = Studio(folder)
    async with studio.running(), asking(studio) as client:
        await compiled(studio)
        assert (await client.get("/api/state")).json()["state"] == "faults"
        answer = await client.post("/api/talk", json={"text": WHITE}, headers=HERE)
        assert answer.status_code == 503
        assert "faults" in answer.json()["fault"]
        told = await tried(client, good, messages=[WHITE])
        assert told[-1]["alone"]
        mark = studio.files.read(PATH).mark
        saving = {"path": PATH, "text": good, "mark": mark}
        assert (await client.post("/api/save", json=saving, headers=HERE)).status_code == 200
        await studio.saved.refresh()
        turn = (await client.post("/api/talk", json={"text": WHITE}, headers=HERE)).json()
        assert turn["replies"][0]["level"] == "emergency"


# -- a whole round -----------------------------------------------------------------------------------


async def test_a_talk_an_edit_and_what_it_changes(
    studio: Studio, client: httpx.AsyncClient, folder: Path
) -> None:
    await compiled(studio)
    state = (await client.get("/api/state")).json()
    assert state["state"] == "ready"
    assert state["countries"]["GB"]

    # the phone: a real talk, with the country that was chosen
    asked = {"text": WHITE, "country": "GB"}
    turn = (await client.post("/api/talk", json=asked, headers=HERE)).json()
    assert turn["replies"][0]["level"] == "emergency"
    assert turn["country"] == "GB"
    assert turn["reading"]["rules"][0]["origin"].startswith("knowledge/red_flags/")
    hard = {"talk": turn["talk"], "kind": "text", "text": "/privacy"}
    page = (await client.post("/api/talk", json=hard, headers=HERE)).json()
    assert page["reading"] is None
    asked = {"text": "swollen after lip filler", "talk": None}
    turn = (await client.post("/api/talk", json=asked, headers=HERE)).json()
    rows = turn["replies"][0]["buttons"]
    button = next(one for row in rows for one in row if one["label"] == "What experts say")
    tapped = {"talk": turn["talk"], "kind": "button", "text": button["data"]}
    after = (await client.post("/api/talk", json=tapped, headers=HERE)).json()
    assert "Jane Roe" in after["replies"][0]["messages"][0]
    assert WHITE not in repr(vars(studio.phone))

    # an edit with faults: all of them, with line and remedy, and nothing is compiled
    text = studio.files.read(PATH).text
    (checked,) = await tried(client, text.replace("level: emergency", "level: emergencie"))
    assert not checked["ok"]
    fault = next(f for f in checked["faults"] if f["path"].endswith(PATH))
    assert (fault["line"], fault["severity"]) == (5, "error")
    assert "emergency" in fault["remedy"]
    (checked,) = await tried(client, "id: [white_lip\n")
    fault = next(f for f in checked["faults"] if f["path"].endswith(PATH))
    assert "never closed" in fault["what"]

    # an edit that lowers the level, seen before it is saved
    worse = text.replace("{lips} .. {white}", "{lips} {white}")
    assert worse != text
    told = await tried(client, worse, messages=[WHITE, "lip filler today, swollen"])
    assert [one["state"] for one in told] == ["checked", "ready", "compared"]
    white, swollen = told[2]["messages"]
    assert white["saved"]["level"] == "emergency"
    assert white["lowered"]
    assert white["saved"]["reply"] != white["edited"]["reply"]
    assert white["differs"][1] == "no longer white_lip"
    assert white["edited"]["explanation"]["level"] == white["edited"]["level"]
    assert not swollen["differs"]
    assert told[2]["tried"] == 4
    assert [case["text"] for case in told[2]["cases"]] == [
        f"{WHITE} and cold", "lip filler, pale lips", "lips so pale since lip filler",
    ]  # fmt: skip
    assert all(case["lowered"] for case in told[2]["cases"])
    assert studio.files.read(PATH).text == text

    # other messages are asked of the same edit
    more = {"page": "p", "path": PATH, "messages": [WHITE]}
    compared = (await client.post("/api/compare", json=more, headers=HERE)).json()
    assert compared["messages"][0]["lowered"]
    await client.post("/api/drop", json={"page": "p"}, headers=HERE)
    assert (await client.post("/api/compare", json=more, headers=HERE)).status_code == 503

    # saved: the phone answers with it
    version = studio.saved.engine and studio.saved.engine.knowledge.version
    mark = studio.files.read(PATH).mark
    saving = {"path": PATH, "text": worse, "mark": mark}
    assert (await client.post("/api/save", json=saving, headers=HERE)).status_code == 200
    await studio.saved.refresh()
    assert studio.saved.engine is not None
    assert studio.saved.engine.knowledge.version != version
    turn = (await client.post("/api/talk", json={"text": WHITE}, headers=HERE)).json()
    assert turn["replies"][0]["level"] != "emergency"

    # knowledge with faults on the disk: the last good one answers, and the faults are told
    (folder / PATH).write_text("id: white_lip\n", "utf-8")
    await studio.saved.refresh()
    state = (await client.get("/api/state")).json()
    assert state["state"] == "faults"
    assert any(fault["path"].endswith(PATH) for fault in state["faults"])
    turn = (await client.post("/api/talk", json={"text": "headache"}, headers=HERE)).json()
    assert turn["replies"][0]["level"] == "self_care"


@pytest.fixture
async def bench(folder: Path) -> AsyncIterator[Bench]:
    bench = Bench(folder)
    yield bench
    await bench.close()
    assert not workers()


def workers() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if any("studio.draft" in part for part in child.cmdline())
    ]


async def heard(bench: Bench, page: str, text: str) -> list[str]:
    return [told["state"] async for told in bench.trying(page, PATH, text)]


async def test_a_newer_edit_ends_the_one_before(bench: Bench, folder: Path) -> None:
    text = (folder / PATH).read_text("utf-8")
    first = asyncio.create_task(heard(bench, "page", text + "# one\n"))
    while not workers():
        await asyncio.sleep(0.02)
    assert await heard(bench, "page", "id: [\n") == ["checked"]
    assert await first in ([], ["checked"])
    with pytest.raises(GoneError):
        await bench.ask("page", [WHITE], [])


async def test_an_older_page_gives_way_to_a_newer_one(
    bench: Bench, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workshop.studio.bench.PAGES", 1)
    older = bench.trying("one", PATH, (folder / PATH).read_text("utf-8") + "# one\n")
    assert (await anext(older))["ok"]
    assert await heard(bench, "two", "id: [\n") == ["checked"]
    assert [told async for told in older] == []


async def test_leaving_ends_the_trial(bench: Bench, folder: Path) -> None:
    text = (folder / PATH).read_text("utf-8")
    task = asyncio.create_task(heard(bench, "page", text + "# one\n"))
    while not workers():
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(GoneError):
        await bench.ask("page", [WHITE], [])
