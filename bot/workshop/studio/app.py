"""The studio's web application. It answers one maintainer's own browser and nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.content.faults import Fault
from bot.conversation.engine import Engine
from bot.workshop.studio.bench import Bench, GoneError, Saved
from bot.workshop.studio.files import ConflictError, Files, NoFileError
from bot.workshop.studio.guard import Guard
from bot.workshop.studio.phone import Phone
from bot.workshop.studio.verdict import answer, cases_beside, difference, lowered, verdict

STATIC = Path(__file__).parent / "static"
MOST_MESSAGES = 5
"""Messages that are answered by both versions."""


class Studio:
    """What stands behind the page."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.files = Files(folder)
        self.folder = self.files.folder
        self.saved = Saved(self.folder, cache)
        self.bench = Bench(self.folder)
        self.phone = Phone(self.folder)
        self._judged: dict[tuple[str, str], dict[str, Any]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keeps the saved knowledge up to date; ends every process on leaving."""
        watching = asyncio.create_task(self.saved.watch())
        self.bench.warm()
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self.bench.close()

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/api/state", self._state),
                Route("/api/tree", self._tree),
                Route("/api/file", self._file),
                Route("/api/save", self._save, methods=["POST"]),
                Route("/api/talk", self._talk, methods=["POST"]),
                Route("/api/draft", self._draft, methods=["POST"]),
                Route("/api/compare", self._compare, methods=["POST"]),
                Route("/api/drop", self._drop, methods=["POST"]),
                Mount("/", StaticFiles(directory=STATIC, html=True)),
            ],
            middleware=[Middleware(Guard)],
            exception_handlers={
                NoFileError: _told(HTTPStatus.NOT_FOUND),
                _BadRequestError: _told(HTTPStatus.BAD_REQUEST),
                _NotReadyError: _told(HTTPStatus.SERVICE_UNAVAILABLE),
            },
        )

    # -- files ----------------------------------------------------------------------------

    async def _state(self, _: Request) -> Response:
        saved, engine = self.saved, self.saved.engine
        countries = engine.knowledge.countries.countries if engine else {}
        return JSONResponse(
            {
                "folder": self.folder.name,
                "state": saved.state,
                "faults": _faults(saved.faults),
                "version": engine.knowledge.version if engine else None,
                "countries": {code: country.name for code, country in countries.items()},
            }
        )

    async def _tree(self, _: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self.files.tree))

    async def _file(self, request: Request) -> Response:
        path = request.query_params.get("path", "")
        return JSONResponse({"path": path, **asdict(self.files.read(path))})

    async def _save(self, request: Request) -> Response:
        path, text, mark = await _strings(request, "path", "text", "mark")
        try:
            now = self.files.save(path, text, mark)
        except ConflictError as conflict:
            return JSONResponse(asdict(conflict.now), HTTPStatus.CONFLICT)
        return JSONResponse(asdict(now))

    # -- the phone --------------------------------------------------------------------------

    async def _talk(self, request: Request) -> Response:
        asked = await _object(request)
        return JSONResponse(await asyncio.to_thread(self.phone.take, self._engine(), asked))

    def _engine(self) -> Engine:
        if self.saved.engine is None:
            if self.saved.state == "faults":
                raise _NotReadyError("The saved knowledge has faults. Mend them, and save.")
            raise _NotReadyError("The knowledge is being compiled. It takes some seconds.")
        return self.saved.engine

    # -- trying an edit ------------------------------------------------------------------------

    async def _draft(self, request: Request) -> Response:
        """Lines of JSON: ``checked`` with faults, ``ready``, ``compared``."""
        page, path, text = await _strings(request, "page", "path", "text")
        self.files.read(path)
        messages = await _messages(request)

        async def lines() -> AsyncIterator[str]:
            async for told in self.bench.trying(page, path, text):
                yield json.dumps(told) + "\n"
            compared = await self._against_saved(page, path, messages)
            if compared is not None:
                yield json.dumps({"state": "compared", **compared}) + "\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def _compare(self, request: Request) -> Response:
        """The same for other messages, the edit being ready."""
        page, path = await _strings(request, "page", "path")
        compared = await self._against_saved(page, path, await _messages(request), cases=False)
        if compared is None:
            raise _NotReadyError("The edit is not compiled.")
        return JSONResponse(compared)

    async def _drop(self, request: Request) -> Response:
        (page,) = await _strings(request, "page")
        self.bench.drop(page)
        return JSONResponse({})

    async def _against_saved(
        self, page: str, path: str, messages: Sequence[str], *, cases: bool = True
    ) -> dict[str, Any] | None:
        engine = self.saved.engine
        kind, beside = "", list[str]()
        if cases:
            kind, beside = await asyncio.to_thread(cases_beside, self.folder, path)
        try:
            edited = await self.bench.ask(page, messages, beside)
        except GoneError:
            return None
        if engine is None:  # nothing to compare with: what is saved has faults
            return {"messages": [], "cases": [], "tried": 0, "kind": kind, "alone": True}
        answers = await asyncio.to_thread(
            lambda: [answer(engine, text, self.folder) for text in messages]
        )
        saved = await asyncio.to_thread(self._verdicts, engine, beside)
        changed = [
            {"text": text, "differs": differs, "lowered": lowered(old, new), "level": new["level"]}
            for text, old, new in zip(beside, saved, edited["verdicts"], strict=True)
            if (differs := difference(old, new))
        ]
        return {
            "messages": [
                {
                    "text": text,
                    "saved": old,
                    "edited": new,
                    "differs": difference(old, new),
                    "lowered": lowered(old, new),
                }
                for text, old, new in zip(messages, answers, edited["answers"], strict=True)
            ],
            "cases": sorted(changed, key=lambda case: not case["lowered"]),
            "tried": len(beside),
            "kind": kind,
        }

    def _verdicts(self, engine: Engine, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Of the saved knowledge, each worked out once."""
        version = engine.knowledge.version
        if any(key[0] != version for key in self._judged):
            self._judged.clear()
        for text in texts:
            if (version, text) not in self._judged:
                self._judged[version, text] = verdict(engine, text)
        return [self._judged[version, text] for text in texts]


class _BadRequestError(ValueError):
    """A request that the page does not send."""


class _NotReadyError(ValueError):
    """Something has to be there first."""


def _told(status: HTTPStatus) -> Callable[[Request, Exception], Response]:
    def handler(_: Request, fault: Exception) -> Response:
        return JSONResponse({"fault": str(fault)}, status)

    return handler


def _faults(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [asdict(fault) for fault in faults]


async def _object(request: Request) -> dict[str, Any]:
    try:
        found = await request.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _BadRequestError("Send a JSON object.")
    return found


async def _strings(request: Request, *names: str) -> list[str]:
    found = await _object(request)
    values = [found.get(name) for name in names]
    if not all(isinstance(value, str) for value in values):
        raise _BadRequestError(f"Send the texts {', '.join(names)}.")
    return [str(value) for value in values]


async def _messages(request: Request) -> list[str]:
    given = (await _object(request)).get("messages") or []
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        raise _BadRequestError("Send messages as a list of texts.")
    return [text[:20_000] for text in given if text.strip()][-MOST_MESSAGES:]
