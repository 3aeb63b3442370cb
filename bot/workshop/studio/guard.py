"""Keeps other pages out: the studio writes files, and a browser sends requests for anybody."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?")
"""Names by which this page is called. Another one is a foreign name that was made to lead here."""
MAX_BODY = 6_000_000
"""Bytes: a file of 2 MB in JSON."""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses foreign hosts and foreign pages; adds the headers that a browser keeps to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        fault = refusal(scope["method"], scope["path"], Headers(scope=scope))
        if fault:
            await PlainTextResponse(fault, HTTPStatus.FORBIDDEN)(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, sending)


def refusal(method: str, path: str, headers: Headers) -> str:
    """Why a request is refused; empty if it is not."""
    host = headers.get("host", "")
    if HOST.fullmatch(host) is None:
        return "The studio answers at http://127.0.0.1 only."
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if not path.startswith("/api/"):
        return ""
    if site not in (None, "same-origin", "none") or origin not in (None, f"http://{host}"):
        return "Another page may not ask the studio."
    if method in ("GET", "HEAD"):
        return ""
    if origin is None and site != "same-origin":
        return "A change has to come from the studio's own page."
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        return "A change has to be sent as application/json."
    if not headers.get("content-length", "").isdigit():
        return "A change has to name its length."
    if int(headers["content-length"]) > MAX_BODY:
        return "Too large."
    return ""
