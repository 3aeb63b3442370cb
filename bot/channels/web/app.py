"""The web side: Telegram's webhook, health and metrics. It knows nothing of Telegram's updates."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.health import Health
from bot.channels.metrics import CONTENT_TYPE, Metrics
from bot.channels.web.outcome import Outcome

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1 << 20
"""Bytes of one update; Telegram's largest are some 100 KiB."""


Receive = Callable[[dict[str, Any]], Awaitable[Outcome]]
Refresh = Callable[[], None]


def make_app(
    health: Health,
    metrics: Metrics,
    refresh: Refresh = lambda: None,
    *,
    hook: tuple[str, str, Receive] | None = None,
) -> Starlette:
    """The application.

    Args:
        health: Asked by ``/healthz`` and ``/readyz``.
        metrics: Shown by ``/metrics``.
        refresh: Called before any of the three, to bring gauges up to date.
        hook: Path of the webhook, its secret, and who takes the updates.
    """

    async def healthz(_: Request) -> Response:
        refresh()
        return _verdict(health.faults(), health)

    async def readyz(_: Request) -> Response:
        refresh()
        return _verdict(health.unready(), health)

    async def show_metrics(_: Request) -> Response:
        refresh()
        return Response(metrics.page(), media_type=CONTENT_TYPE)

    routes = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", show_metrics),
    ]
    if hook is not None:
        path, secret, receive = hook

        async def webhook(request: Request) -> Response:
            given = request.headers.get(SECRET_HEADER, "")
            if not hmac.compare_digest(given.encode(), secret.encode()):
                return Response(status_code=HTTPStatus.FORBIDDEN)
            try:
                body = await _body(request)
            except ClientDisconnect:
                return Response(status_code=HTTPStatus.BAD_REQUEST)
            if body is None:
                return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            try:
                update = json.loads(body)
            except ValueError:
                update = None
            if not isinstance(update, dict):
                return Response(status_code=HTTPStatus.BAD_REQUEST)
            outcome = await receive(update)
            headers = {"Retry-After": "1"} if outcome is Outcome.LATER else None
            return Response(status_code=outcome.value, headers=headers)

        routes.append(Route(path, webhook, methods=["POST"]))
    return Starlette(routes=routes)


async def _body(request: Request) -> bytes | None:
    """The body; None if it is too large."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _verdict(faults: list[str], health: Health) -> Response:
    role = "webhook" if health.webhook else "spare" if health.spare else "polling"
    status = HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK
    return JSONResponse({"ok": not faults, "role": role, "faults": faults}, status_code=status)
