"""A stand-in of the Bot API server, written from the Bot API's documentation.

It keeps the parts of the protocol that a bot can get wrong: an update is confirmed only by a
higher offset, asking again too soon with the same offset yields one update, an older poll ends
with 409 when another begins, entities must parse, lengths are counted in UTF-16 after parsing,
callback data is 1 to 64 bytes, taps grow old. What the documentation leaves open is taken from
the source of the server (github.com/tdlib/telegram-bot-api, Client.cpp). Faults are given to it
beforehand.

``python -m tests.standin.server --port 9000`` runs it by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.standin.entities import EntityError, parse_html
from tests.standin.webhook import SECRET, WebhookDelivery

TOKEN = "123456:stand-in-token-abcdefgh"
CALLBACK_AGE = 15 * 60
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
Json = dict[str, Any]


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, text: str, **parameters: Any) -> None:
        super().__init__(text)
        self.code, self.text, self.parameters = code, text, parameters


@dataclass
class Fault:
    """What happens to one call instead of its proper answer."""

    status: int = 0
    text: str = "fault"
    delay: float = 0.0
    """Seconds before anything happens; with ``after_work`` between the work and the failure."""
    cut: bool = False
    """Close the connection in the middle of the answer."""
    after_work: bool = False
    """Do the work first (a message is delivered), then fail."""
    garbage: bool = False
    chat: int | None = None
    parameters: Json = field(default_factory=dict)


class BotApi:
    """The server's state, and its methods by their names in the documentation."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.updates: deque[Json] = deque()
        self.arrived = asyncio.Event()
        self.messages: dict[int, list[Json]] = defaultdict(list)
        self.calls: list[tuple[str, Json]] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.callbacks: dict[str, float] = {}
        self.commands: list[Json] = []
        self.descriptions: dict[str, str] = {}
        self.webhook: WebhookDelivery | None = None
        self.connections = 1
        """Updates delivered to a webhook at the same time, at most."""
        self.blocked: set[int] = set()
        self.gone: set[int] = set()
        self.moved: dict[int, int] = {}
        """Groups that have become supergroups, with their new ids."""
        self.pause_per_chat = 0.0
        """Seconds between two messages to a chat, else 429; Telegram's own is about 1."""
        self._last_message: dict[int, float] = {}
        self.slow: dict[int, float] = {}
        self._update_ids = itertools.count(1000)
        self._message_ids = itertools.count(1)
        self._poll: asyncio.Event | None = None
        """Set to end the long poll under way."""
        self._asked, self._asked_at = 0, float("-inf")
        self._runner: web.AppRunner | None = None
        self.url = ""

    # -- for tests ----------------------------------------------------------------------

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1; returns the address."""
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        server: Any = site._server
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self.url

    async def stop(self) -> None:
        """Stop listening."""
        await self._drop_webhook()
        if self._poll is not None:
            self._poll.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def push(self, **update: Any) -> int:
        """Something happens at Telegram; returns the update's id."""
        number = next(self._update_ids)
        self.updates.append({"update_id": number, **update})
        self.arrived.set()
        return number

    def message(self, chat: int = 1, kind: str = "private", **fields: Any) -> Json:
        """A message of a person, as an update carries it."""
        person = {"id": abs(chat), "is_bot": False, "first_name": "Pat"}
        base: Json = {
            "message_id": next(self._message_ids),
            "date": int(time.time()),
            "chat": {"id": chat, "type": kind, "first_name": "Pat"},
            "from": person,
        }
        text = fields.get("text", "")
        if text.startswith("/"):
            length = len(text.split()[0])
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return base | fields

    def say(self, text: str, chat: int = 1, kind: str = "private") -> int:
        """A person writes."""
        return self.push(message=self.message(chat, kind, text=text))

    def tap(self, data: str, chat: int = 1, under: Json | None = None) -> int:
        """A person taps a button under the last message, or under another one."""
        last = under or self.messages[chat][-1]
        key = f"cb{next(self._message_ids)}"
        self.callbacks[key] = time.time()
        person = {"id": chat, "is_bot": False, "first_name": "Pat"}
        return self.push(
            callback_query={
                "id": key,
                "from": person,
                "chat_instance": "x",
                "data": data,
                "message": last,
            }
        )

    def tap_label(self, label: str, chat: int = 1) -> int:
        """A person taps the newest button with this label; its message comes with the tap."""
        for message in reversed(self.messages[chat]):
            for button in itertools.chain(*message["buttons"]):
                if button["text"] == label:
                    return self.tap(button["callback_data"], chat, message)
        raise LookupError(f"no button {label!r}")

    def delete(self, chat: int = 1) -> None:
        """A person deletes the bot's last message: it can no longer be edited."""
        self.messages[chat].pop()

    def texts(self, chat: int = 1) -> list[str]:
        """What the bot has said to a chat."""
        return [message["text"] for message in self.messages[chat]]

    async def wait_for(self, count: int, chat: int = 1, seconds: float = 8.0) -> list[str]:
        """Wait until the bot has said so many things to a chat."""
        end = time.monotonic() + seconds
        while len(self.messages[chat]) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.messages[chat])} of {count}: {self.texts(chat)}")
            await asyncio.sleep(0.01)
        return self.texts(chat)

    # -- HTTP ---------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _answer(401, "Unauthorized")
        try:
            data = await _parameters(request)
        except ConnectionResetError:  # a bot that was killed while it asked
            return web.Response(status=400)
        self.calls.append((method, data))
        fault = self._fault(method, data)
        if fault is not None and not fault.after_work:
            await asyncio.sleep(fault.delay)
            if fault.status or fault.cut or fault.garbage:
                return await self._fail(fault, request)
        handler = getattr(self, f"do_{method}", None)
        if handler is None:
            return _answer(404, "Not Found: method not found")
        try:
            result = await handler(data)
        except ApiError as failed:
            return _answer(failed.code, failed.text, **failed.parameters)
        if fault is not None and fault.after_work:
            await asyncio.sleep(fault.delay)
            return await self._fail(fault, request)
        return web.json_response({"ok": True, "result": result})

    def _fault(self, method: str, data: Json) -> Fault | None:
        waiting = self.faults[method]
        for fault in waiting:
            if fault.chat is None or str(fault.chat) == str(data.get("chat_id")):
                waiting.remove(fault)
                return fault
        return None

    @staticmethod
    async def _fail(fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.cut:
            response = web.StreamResponse(headers={"Content-Length": "500"})
            await response.prepare(request)
            await response.write(b'{"ok":')
            if request.transport is not None:
                request.transport.close()
            return response
        if fault.garbage:
            return web.Response(status=fault.status or 200, text="<html>Bad gateway</html>")
        return _answer(fault.status, fault.text, **fault.parameters)

    # -- methods --------------------------------------------------------------------------

    async def do_getMe(self, _: Json) -> Json:  # noqa: N802 - the API's name
        return {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "Aftercare",
            "username": "aftercare_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def do_getUpdates(self, data: Json) -> list[Json]:  # noqa: N802
        if self.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        offset = int(data.get("offset", 0))
        limit = min(max(int(data.get("limit", 100)), 1), 100)
        timeout = min(float(data.get("timeout", 0)), 50.0)
        now = time.monotonic()
        if offset == self._asked and timeout < 3 and now < self._asked_at + 3:
            timeout = 3
        if offset == self._asked and now < self._asked_at + 0.5:
            limit = 1
        self._asked, self._asked_at = offset, now
        if offset < 0:
            offset = max((u["update_id"] for u in self.updates), default=0) + 1 + offset
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        if not self.updates and timeout:
            await self._long_poll(timeout)
        batch = list(itertools.islice(self.updates, limit))
        if allowed := data.get("allowed_updates"):
            batch = [u for u in batch if any(kind in u for kind in allowed)]
        return batch

    async def _long_poll(self, timeout: float) -> None:
        if self._poll is not None:
            self._poll.set()
        ended = self._poll = asyncio.Event()
        self.arrived.clear()
        waits = [asyncio.create_task(event.wait()) for event in (self.arrived, ended)]
        await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if ended.is_set():
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure "
                "that only one bot instance is running",
            )
        self._poll = None

    async def do_setWebhook(self, data: Json) -> bool:  # noqa: N802
        url, secret = str(data.get("url", "")), str(data.get("secret_token", ""))
        if secret and not SECRET.fullmatch(secret):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        if self.webhook is not None and self.webhook.goes_to(url, secret):
            return True  # "Webhook is already set": what is under way goes on
        await self._drop_webhook()
        if url:
            if not url.startswith(("https://", "http://127.0.0.1")):
                raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
            connections = self.connections
            self.webhook = WebhookDelivery(self.updates, self.arrived, url, secret, connections)
        return True

    async def do_getWebhookInfo(self, _: Json) -> Json:  # noqa: N802
        return {
            "url": "" if self.webhook is None else self.webhook._url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }

    async def do_deleteWebhook(self, _: Json) -> bool:  # noqa: N802
        await self._drop_webhook()
        return True

    async def _drop_webhook(self) -> None:
        if self.webhook is not None:
            await self.webhook.stop()
            self.webhook = None

    async def do_sendChatAction(self, data: Json) -> bool:  # noqa: N802
        self._reachable(data)
        if data.get("action") not in ACTIONS:
            raise ApiError(400, "Bad Request: wrong parameter action in request")
        return True

    async def do_sendMessage(self, data: Json) -> Json:  # noqa: N802
        chat = self._reachable(data)
        if chat in self.slow:
            await asyncio.sleep(self.slow[chat])
        text, kinds = self._text(data)
        self._keep_pace(chat)
        message = {
            "message_id": next(self._message_ids),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "Pat"},
            "text": text,
            "kinds": kinds,
            "buttons": self._buttons(data),
        }
        self.messages[chat].append(message)
        return {k: v for k, v in message.items() if k not in ("kinds", "buttons")}

    async def do_editMessageText(self, data: Json) -> Json:  # noqa: N802
        chat = self._reachable(data)
        number = int(data.get("message_id", 0))
        if not number:
            raise ApiError(400, "Bad Request: message identifier is not specified")
        for message in self.messages[chat]:
            if message["message_id"] == number:
                text, kinds = self._text(data)
                buttons = self._buttons(data)
                if (message["text"], message["buttons"]) == (text, buttons):
                    raise ApiError(
                        400,
                        "Bad Request: message is not modified: specified new "
                        "message content and reply markup are exactly the same",
                    )
                message.update(text=text, kinds=kinds, buttons=buttons)
                return {k: v for k, v in message.items() if k not in ("kinds", "buttons")}
        raise ApiError(400, "Bad Request: message to edit not found")

    async def do_answerCallbackQuery(self, data: Json) -> bool:  # noqa: N802
        came = self.callbacks.pop(str(data.get("callback_query_id")), None)
        if came is None or time.time() - came > CALLBACK_AGE:
            raise ApiError(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        return True

    async def do_setMyCommands(self, data: Json) -> bool:  # noqa: N802
        commands = data.get("commands", [])
        if len(commands) > 100:
            raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self._language(data)
        self.commands = commands
        return True

    async def do_setMyDescription(self, data: Json) -> bool:  # noqa: N802
        if len(data.get("description", "")) > 512:
            raise ApiError(400, "Bad Request: description is too long")
        self._language(data)
        self.descriptions["long"] = data.get("description", "")
        return True

    async def do_setMyShortDescription(self, data: Json) -> bool:  # noqa: N802
        if len(data.get("short_description", "")) > 120:
            raise ApiError(400, "Bad Request: short description is too long")
        self._language(data)
        self.descriptions["short"] = data.get("short_description", "")
        return True

    @staticmethod
    def _language(data: Json) -> None:
        if not re.fullmatch("([a-z]{2})?", str(data.get("language_code") or "")):
            raise ApiError(400, "Bad Request: invalid language code specified")

    # -- what messages must be -----------------------------------------------------------

    def _reachable(self, data: Json) -> int:
        chat = str(data.get("chat_id", ""))
        if not re.fullmatch(r"-?\d+", chat) or int(chat) in self.gone:
            raise ApiError(400, "Bad Request: chat not found")
        if int(chat) in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if int(chat) in self.moved:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[int(chat)],
            )
        return int(chat)

    def _keep_pace(self, chat: int) -> None:
        now = time.monotonic()
        left = self._last_message.get(chat, float("-inf")) + self.pause_per_chat - now
        if left > 0:
            after = max(1, round(left))
            raise ApiError(429, f"Too Many Requests: retry after {after}", retry_after=after)
        self._last_message[chat] = now

    @staticmethod
    def _text(data: Json) -> tuple[str, list[str]]:
        text = str(data.get("text", ""))
        kinds: list[str] = []
        if data.get("parse_mode") not in (None, "", "HTML"):
            raise ApiError(400, "Bad Request: unsupported parse_mode")
        if data.get("parse_mode") == "HTML":
            try:
                text, kinds = parse_html(text)
            except EntityError as failed:
                raise ApiError(400, f"Bad Request: can't parse entities: {failed}") from None
        if not text.strip():
            raise ApiError(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise ApiError(400, "Bad Request: message is too long")
        return text, kinds

    @staticmethod
    def _buttons(data: Json) -> list[list[Json]]:
        markup = data.get("reply_markup") or {}
        rows: list[list[Json]] = markup.get("inline_keyboard", [])
        if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
            raise ApiError(400, "Bad Request: reply markup is too long")
        for row in rows:
            for button in row:
                size = len(button.get("callback_data", "").encode())
                if "url" not in button and not 1 <= size <= 64:
                    raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
                if not button.get("text"):
                    raise ApiError(400, "Bad Request: BUTTON_TEXT_EMPTY")
        return rows


def _answer(code: int, text: str, **parameters: Any) -> web.Response:
    body: Json = {"ok": False, "error_code": code, "description": text}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)


async def _parameters(request: web.Request) -> Json:
    """Parameters from the query, a form, a multipart form or JSON; nested ones come as JSON."""
    data: Json = dict(request.query)
    if request.content_type == "application/json":
        data |= await request.json()
    elif request.can_read_body:
        data |= dict(await request.post())
    for name in ("reply_markup", "allowed_updates", "commands", "link_preview_options"):
        if isinstance(data.get(name), str):
            data[name] = json.loads(data[name])
    return data


async def _serve(port: int) -> None:
    api = BotApi()
    print(await api.start(port), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=9000)
    asyncio.run(_serve(arguments.parse_args().port))
