"""What each kind of update asks of the bot."""

from __future__ import annotations

from typing import Any

import pytest
import telegram

from bot.channels.telegram.incoming import Work, work_of
from bot.conversation.conversation import Incoming

ME = telegram.User(1, "Aftercare", is_bot=True, username="aftercare_bot")
FILE = {"file_id": "a", "file_unique_id": "b"}
PHOTO = [{**FILE, "width": 1, "height": 1}]


def work(
    kind: str = "private", update: str = "message", bot: bool = False, **fields: Any
) -> Work | None:
    person = {"id": 7, "is_bot": bot, "first_name": "Pat"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": kind}, "from": person}
    if update == "edited_message":
        message["edit_date"] = 2
    return work_of(telegram.Update.de_json({"update_id": 9, update: message | fields}, None), ME)


def parts(**fields: Any) -> list[Incoming]:
    found = work(**fields)
    return list(found.incoming) if found else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bruise", Incoming("text", "bruise")),
        ("/start", Incoming("command", "start")),
        ("/start botulinum_toxin", Incoming("command", "start botulinum_toxin")),
        ("/Start@Aftercare_Bot laser", Incoming("command", "Start laser")),
        ("/country Ireland", Incoming("command", "country Ireland")),
        ("/ cannot breathe", Incoming("text", "/ cannot breathe")),
        ("/: my lip is white", Incoming("text", "/: my lip is white")),
        ("mail me@aftercare_bot2.org", Incoming("text", "mail me@aftercare_bot2.org")),
    ],
)
def test_words_and_commands(text: str, expected: Incoming) -> None:
    assert parts(text=text) == [expected]


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"photo": PHOTO}, ["photo"]),
        ({"photo": PHOTO, "caption": "white lip"}, ["text", "photo"]),
        ({"document": FILE | {"mime_type": "image/jpeg"}}, ["photo"]),
        ({"document": FILE | {"mime_type": "application/pdf"}}, ["document"]),
        ({"document": FILE, "caption": "white lip"}, ["text"]),
        ({"voice": FILE | {"duration": 1}}, ["voice"]),
        ({"video_note": FILE | {"duration": 1, "length": 1}}, ["video"]),
        ({"video": FILE | {"duration": 1, "width": 1, "height": 1}}, ["video"]),
        ({"dice": {"emoji": "🎲", "value": 3}}, ["sticker"]),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, ["location"]),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, ["contact"]),
        (
            {"video": FILE | {"duration": 1, "width": 1, "height": 1}, "caption": "red"},
            ["text", "video"],
        ),
        ({"new_chat_title": "x"}, []),
        ({"text": "hello", "bot": True}, []),
    ],
)
def test_what_is_not_text(fields: dict[str, Any], kinds: list[str]) -> None:
    assert [part.kind for part in parts(**fields)] == kinds


def test_an_edit_is_new_words_but_a_moving_location_is_nothing() -> None:
    assert parts(update="edited_message", text="worse") == [Incoming("text", "worse", edited=True)]
    assert parts(update="edited_message", location={"latitude": 1.0, "longitude": 1.0}) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my lips are swollen", None),
        ("@Aftercare_bot bruise", Incoming("text", "bruise", public=True)),
        ("bruise @aftercare_bot", Incoming("text", "bruise", public=True)),
        ("@aftercare_bot2 bruise", None),
        ("/help", Incoming("command", "help", public=True)),
        ("/help@aftercare_bot", Incoming("command", "help", public=True)),
        ("/help@another_bot", None),
        ("/ what a day", None),
        ("@aftercare_bot", Incoming("command", "start", public=True)),
    ],
)
def test_in_a_group_only_when_addressed(text: str, expected: Incoming | None) -> None:
    assert parts(kind="supergroup", text=text) == ([expected] if expected else [])


def test_in_a_group_an_answer_to_the_bot_is_for_the_bot() -> None:
    ours = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": "group"}, "from": ME.to_dict()}
    assert parts(kind="group", text="bruise", reply_to_message=ours) == [
        Incoming("text", "bruise", public=True)
    ]


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
def test_channels_are_passed_over(kind: str) -> None:
    assert work(kind="channel", update=kind, text="bruise") is None


@pytest.mark.parametrize(
    ("origin", "sent_on"),
    [
        ({"type": "hidden_user", "sender_user_name": "X", "date": 1}, True),
        (
            {
                "type": "user",
                "date": 1,
                "sender_user": {"id": 8, "is_bot": False, "first_name": "X"},
            },
            True,
        ),
        (
            {
                "type": "user",
                "date": 1,
                "sender_user": {"id": 7, "is_bot": False, "first_name": "P"},
            },
            False,
        ),
    ],
)
def test_words_of_somebody_else_are_known(origin: dict[str, Any], sent_on: bool) -> None:
    (part,) = parts(text="white lip", forward_origin=origin)
    assert part.forwarded is sent_on


def test_a_tap_knows_its_message() -> None:
    message = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x"}
    person = {"id": 7, "is_bot": False, "first_name": "Pat"}
    tap = {"id": "q", "from": person, "chat_instance": "x", "data": "c:why", "message": message}
    found = work_of(telegram.Update.de_json({"update_id": 9, "callback_query": tap}, None), ME)
    assert found == Work(9, 7, (Incoming("button", "c:why"),), "q", "tap", 3)
