"""Sessions of other versions are read as far as they go."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from bot.content.levels import Level
from bot.conversation.session import Session
from bot.reply.reply import Line, Part, Reply
from bot.store import serial

FULL = Session(
    treatments=("laser", "facelift"),
    treated_on=dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    country="IE",
    language="es",
    level=Level.URGENT,
    symptoms=("bruise",),
    red_flags=("stroke",),
    reasons=("a reason (file:1)",),
    seen=dt.datetime(2026, 1, 5, 3, 4, 5, 678, tzinfo=dt.UTC),
)


def test_every_field_comes_back() -> None:
    assert serial.load_session(serial.dump_session(-100123, FULL)) == (-100123, FULL)
    assert serial.load_session(serial.dump_session(7, Session())) == (7, Session())


@given(
    st.builds(
        Session,
        country=st.none() | st.text(max_size=5),
        symptoms=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    )
)
def test_any_session_comes_back(session: Session) -> None:
    assert serial.load_session(serial.dump_session(1, session)) == (1, session)


def test_unknown_fields_are_dropped_missing_ones_default_and_bad_ones_too() -> None:
    data = json.loads(serial.dump_session(1, FULL))
    data["session"] |= {"shoe_size": 43, "level": "terrifying", "treated_on": "yesterday"}
    del data["session"]["country"]
    found = serial.load_session(json.dumps(data).encode())
    assert found is not None
    assert found[1].treatments == FULL.treatments
    assert (found[1].level, found[1].treated_on, found[1].country) == (None, None, None)


def test_what_is_no_session_is_none() -> None:
    for data in (b"", b"[]", b"{}", b"\xff", b'{"v":1,"chat":1,"session":3}'):
        assert serial.load_session(data) is None


def test_replies_and_reminders_come_back() -> None:
    reply = Reply((Part("headline", (Line("x", bold="y"),)),), Level.EMERGENCY, ("a",))
    assert serial.load_replies(serial.dump_replies(5, (reply,))) == (5, (reply,))
    assert serial.load_reminder(serial.dump_reminder(5, "tomorrow")) == (5, "tomorrow")
    assert serial.load_replies(b"{}") is serial.load_reminder(b"{}") is None
