"""The same conversations through the real Telegram stack, over HTTP, against the stand-in.

What arrives must be what the conversation room says, word for word and button for button.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import pytest

from bot.conversation.engine import Engine
from tests.conversation.script import PERSON, Line, Room, Said, Script, check, parameters, said_of
from tests.standin.server import BotApi

FILE = {"file_id": "a", "file_unique_id": "b"}
ATTACHED: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{**FILE, "width": 1, "height": 1}]},
    "voice": {"voice": {**FILE, "duration": 1}},
    "video": {"video": {**FILE, "duration": 1, "width": 1, "height": 1}},
    "sticker": {
        "sticker": {
            **FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False,
            "is_video": False,
        }
    },
    "location": {"location": {"latitude": 1.0, "longitude": 1.0}},
    "contact": {"contact": {"phone_number": "1", "first_name": "x"}},
    "document": {"document": FILE},
    "poll": {
        "poll": {
            "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
            "allows_revoting": False, "members_only": False,
        }
    },
}  # fmt: skip
GROUP = -5


def send(api: BotApi, line: Line) -> int:
    """The person's line at Telegram; returns the chat in which it is answered."""
    if "tap" in line:
        api.tap_label(line["tap"])
    elif "sends" in line:
        caption = {"caption": line["with"]} if "with" in line else {}
        api.push(message=api.message(**ATTACHED[line["sends"]], **caption))
    elif "edits" in line:
        api.push(edited_message=api.message(text=line["edits"]) | {"edit_date": 1})
    elif "forwards" in line:
        origin = {"type": "hidden_user", "sender_user_name": "X", "date": 1}
        api.push(message=api.message(text=line["forwards"], forward_origin=origin))
    elif "group" in line:
        text = line["group"]
        name = "" if text.startswith("/") else "@aftercare_bot "
        api.say(name + text, chat=GROUP, kind="supergroup")
        return GROUP
    else:
        api.say(line["person"])
    return 1


async def arrives(api: BotApi, chat: int, before: int, room: Said) -> Said:
    """Wait until what the room says has arrived; returns what has arrived."""
    end = time.monotonic() + 8
    while time.monotonic() < end:
        messages = api.messages[chat]
        new = messages[-len(room.texts) :] if room.edited else messages[before:]
        if [message["text"] for message in new] == room.texts:
            labels = [b["text"] for m in new for b in itertools.chain(*m["buttons"])]
            return Said(room.texts, labels, room.level, room.edited)
        await asyncio.sleep(0.01)
    new = [message["text"] for message in api.messages[chat][before:]]
    raise AssertionError(f"the room says\n{room.texts}\nand these arrived\n{new}")


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("script", list(parameters()))
async def test_conversation_over_http(script: Script, api: BotApi, engine: Engine) -> None:
    room, said = Room(engine), Said()
    for number, line in enumerate(script.lines, 1):
        if not any(key in line for key in PERSON):
            check(line, said, f"line {number}")
            continue
        before = {chat: len(api.messages[chat]) for chat in (1, GROUP)}
        expected = said_of(room.send(line))
        chat = send(api, line)
        said = await arrives(api, chat, before[chat], expected)
        assert said.labels == expected.labels
    for method, data in api.calls:
        if method == "sendMessage":
            assert data["parse_mode"] == "HTML", "nothing had to be sent plainer"
