"""The worker without a network: a request object that records, in place of HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.client import QuietBot
from bot.channels.telegram.worker import Worker
from bot.conversation.engine import Engine
from bot.store.memory import MemoryStore
from tests.standin.entities import parse_html

TOKEN = "1:offline"
ME = {"id": 1, "is_bot": True, "first_name": "Aftercare", "username": "aftercare_bot"}


class Recording(BaseRequest):
    """Hands out updates, as long as they are not confirmed, and notes what is sent."""

    def __init__(self, updates: list[dict[str, Any]]) -> None:
        self.updates = updates
        self.sent: list[dict[str, Any]] = []
        self.confirmed = asyncio.Event()

    @property
    def read_timeout(self) -> float | None:
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        data = request_data.parameters if request_data else {}
        result: Any = True
        match url.rpartition("/")[2]:
            case "getMe":
                result = ME
            case "getUpdates":
                offset = data.get("offset") or 0
                self.updates = [u for u in self.updates if u["update_id"] >= offset]
                result = self.updates[:100]
                if not self.updates:
                    self.confirmed.set()
                    await asyncio.sleep(0.001)
            case "sendMessage":
                self.sent.append(data)
                chat = {"id": data["chat_id"], "type": "private"}
                result = {"message_id": 1, "date": 1, "chat": chat}
        return 200, json.dumps({"ok": True, "result": result}).encode()


async def replies(engine: Engine, updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the worker sends for updates."""
    request = Recording(updates)
    bot = QuietBot(TOKEN, request=request, get_updates_request=request)
    worker = Worker(bot, engine, MemoryStore())
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(request.confirmed.wait(), 10)
    worker.stop()
    await task
    return request.sent


def texting(number: int, text: str, chat: int = 7) -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "Pat"}
    message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}}
    return {"update_id": number, "message": message | {"from": person, "text": text}}


async def test_a_message_goes_through_without_a_network(engine: Engine) -> None:
    (sent,) = await replies(engine, [texting(5, "cant swallow my food since botox 3 days ago")])
    assert sent["chat_id"] == 7
    assert sent["text"].startswith("<b>🔴 EMERGENCY")
    assert sent["parse_mode"] == "HTML"
    assert sent["link_preview_options"] == {"is_disabled": True}


async def test_150_chats_are_all_answered(engine: Engine) -> None:
    sent = await replies(engine, [texting(n, "bruise after botox", n) for n in range(1, 151)])
    assert {message["chat_id"] for message in sent} == set(range(1, 151))


words = st.sampled_from(
    ["botox", "filler", "laser", "yesterday", "can't breathe", "no fever", "bruise", "<b>", "&amp;",
     "/help", "/country", "/start", "Ireland", "white lip", "😀", "5 days ago", "headache", "@x"]
)  # fmt: skip
texts = st.lists(words, min_size=1, max_size=8).map(" ".join) | st.text(min_size=1, max_size=300)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(texts.filter(str.strip), min_size=1, max_size=4))
def test_whatever_is_written_every_message_ends_with_the_disclaimer(
    engine: Engine, written: list[str]
) -> None:
    updates = [texting(number, text) for number, text in enumerate(written, 1)]
    sent = asyncio.run(replies(engine, updates))
    assert sent
    disclaimer = engine.knowledge.wording["en"].disclaimer
    for message in sent:
        plain, _ = parse_html(message["text"])
        assert plain.endswith(disclaimer)
        assert len(plain.encode("utf-16-le")) // 2 <= 4096
