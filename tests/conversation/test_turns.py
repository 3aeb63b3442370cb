"""What a file of lines cannot say: time, reminders, what is kept, flood, groups."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest

from bot.content.levels import Level
from bot.conversation.conversation import Conversation, Incoming, Turn
from bot.conversation.engine import Engine
from bot.conversation.session import TOGETHER, Session
from bot.reply.render import html_messages, plain

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


class Talk:
    """A chat at a clock of its own."""

    def __init__(self, engine: Engine) -> None:
        self.conversation = Conversation(engine)
        self.session = Session()
        self.now = NOW
        self.data: dict[str, str] = {}

    def send(self, incoming: Incoming) -> Turn:
        turn = self.conversation.respond(incoming, self.session, self.now)
        self.session = turn.session
        for reply in turn.replies:
            self.data |= {b.label: b.data for row in reply.buttons for b in row}
        return turn

    def say(self, text: str) -> Turn:
        if text.startswith("/"):
            return self.send(Incoming("command", text[1:]))
        return self.send(Incoming("text", text))

    def tap(self, label: str) -> Turn:
        return self.send(Incoming("button", self.data[label]))


@pytest.fixture
def talk(engine: Engine) -> Talk:
    return Talk(engine)


def text_of(turn: Turn) -> str:
    return "\n".join(plain(reply) for reply in turn.replies)


def test_what_was_told_yesterday_does_not_make_todays_bruise_an_emergency(talk: Talk) -> None:
    assert talk.say("my lip went white after filler today").replies[0].level is Level.EMERGENCY
    talk.now += TOGETHER + dt.timedelta(minutes=1)
    assert talk.say("a small bruise").replies[0].level is not Level.EMERGENCY
    assert talk.session.treatments == ("unspecified_filler",)


def test_the_same_sign_a_day_later_raises(talk: Talk) -> None:
    assert talk.say("botox 2 days ago, bruise").replies[0].level is Level.SELF_CARE
    talk.now += dt.timedelta(days=1)
    assert talk.say("still the bruise").replies[0].level is Level.CONTACT_CLINIC


def test_after_an_emergency_the_advice_stays_urgent(talk: Talk) -> None:
    talk.say("my lip went white after filler today")
    turn = talk.say("my lip is not white any more")
    assert turn.replies[0].level is not None
    assert turn.replies[0].level.rank >= Level.URGENT.rank


def test_a_reminder_is_kept_cancelled_and_asked_once(talk: Talk) -> None:
    talk.say("botox 2 days ago, headache")
    talk.tap("Remind me to check again")
    turn = talk.tap("In 4 hours")
    assert turn.reminder is not None
    assert turn.reminder.due == NOW + dt.timedelta(hours=4) == talk.session.remind_at
    talk.now += dt.timedelta(hours=4)
    due = talk.conversation.remind(turn.reminder.id, talk.session, talk.now)
    assert "You asked me to write" in text_of(due)
    talk.session = due.session
    assert talk.session.remind_at is None
    assert talk.say("yes").replies[0].level is Level.CONTACT_CLINIC


def test_a_reminder_after_everything_was_told_long_ago_still_asks(talk: Talk) -> None:
    talk.say("botox 2 days ago, headache")
    talk.now += dt.timedelta(hours=24)
    due = talk.conversation.remind("check", talk.session, talk.now)
    assert "how is it now" in text_of(due)
    talk.session = due.session
    assert talk.say("still the headache").replies[0].level is Level.CONTACT_CLINIC


@pytest.mark.parametrize("command", ["/forget", "/new"])
def test_forgetting_cancels_the_reminder(talk: Talk, command: str) -> None:
    talk.say("botox 2 days ago, headache")
    talk.tap("Remind me to check again")
    kept = talk.tap("In 24 hours").reminder
    cancelled = talk.say(command).reminder
    assert kept is not None
    assert cancelled is not None
    assert (cancelled.id, cancelled.due) == (kept.id, None)


def test_what_is_helpful_is_counted_once(talk: Talk) -> None:
    talk.say("botox 2 days ago, headache")
    assert talk.tap("👎 Not helpful").feedback == "not_helpful"
    assert talk.tap("👍 Helpful").feedback is None


def test_everything_a_session_holds_is_a_slug_a_day_or_a_setting(
    talk: Talk, engine: Engine
) -> None:
    talk.say("zebra botox yesterday, left eyelid droops, xylophone headache much worse, no fever")
    talk.tap("None of these")
    known = engine.knowledge
    for name in ("symptoms", "denied"):
        assert set(getattr(talk.session, name)) <= set(known.symptoms)
    assert {text.split()[0] for text in talk.session.told} <= set(known.symptoms)
    assert set(talk.session.ruled_out) <= set(known.red_flags)
    for field in dataclasses.fields(Session):
        assert "zebra" not in repr(getattr(talk.session, field.name))
        assert "xylophone" not in repr(getattr(talk.session, field.name))


def test_one_question_at_a_time_and_none_twice(talk: Talk) -> None:
    asked = []
    turn = talk.say("headache")
    for answer in ("botox", "3", "none of these", "no", "skip"):
        questions = [p for r in turn.replies for p in r.parts if p.kind == "question"]
        assert len(questions) <= 1
        asked += [questions[0].lines[-1].text] if questions else []
        turn = talk.say(answer)
    assert len(asked) == len(set(asked)) == 5


def test_every_button_of_every_question_is_short_enough(talk: Talk, engine: Engine) -> None:
    for treatment in engine.knowledge.treatments:
        talk.session = Session(treatments=(treatment,), told=("headache",), began=NOW, seen=NOW)
        turn = talk.send(Incoming("photo"))
        buttons = itertools.chain(*turn.replies[0].buttons)
        assert all(1 <= len(button.data.encode()) <= 64 for button in buttons)


def test_each_sign_of_each_checklist_raises_at_once(talk: Talk, engine: Engine) -> None:
    for treatment in engine.knowledge.treatments:
        for number in range(6):
            talk.session = Session(treatments=(treatment,), began=NOW, seen=NOW)
            row = talk.send(Incoming("photo")).replies[0].buttons[0]
            level = talk.send(Incoming("button", row[number].data)).replies[0].level
            assert level in (Level.URGENT, Level.EMERGENCY)


def test_an_emergency_is_one_screen_with_a_number_to_copy(talk: Talk, engine: Engine) -> None:
    talk.say("/country gb")
    for flag in engine.knowledge.red_flags.values():
        if flag.level is not Level.EMERGENCY:
            continue
        talk.session = Session(
            country="GB", treatments=("unspecified_filler",), began=NOW, seen=NOW
        )
        reply = talk.send(Incoming("button", f"s:{flag.id}:{talk.session.tag}")).replies[0]
        (message,) = html_messages(reply)
        assert message.startswith("<b>🔴")
        assert len(plain(reply)) < 1900
        assert [part.kind for part in reply.parts][:2] == ["headline", "action"]
        assert reply.buttons == ()
        if flag.call_first in ("emergency_number", "injector"):
            assert "<code>999</code>" in message


def test_danger_in_a_waiting_message_is_known_beforehand(talk: Talk) -> None:
    talk.say("i had filler today")
    waiting = talk.conversation.is_danger
    assert waiting(Incoming("text", "my lip is white"), talk.session, NOW)
    assert not waiting(Incoming("text", "a small bruise"), talk.session, NOW)
    assert not waiting(Incoming("photo"), talk.session, NOW)


def test_a_group_leaves_nothing_of_anybody_behind(talk: Talk) -> None:
    turn = talk.send(Incoming("text", "botox 2 days ago, headache", public=True))
    assert turn.session == Session()
    turn = talk.send(Incoming("command", "country uk", public=True))
    assert turn.session.country == "GB"
    assert turn.session.treatments == ()


def test_a_wall_of_text_is_read_to_its_end(talk: Talk) -> None:
    wall = ("and then we talked about the weather and my holiday. " * 80)[:4050]
    turn = talk.say(wall + " my throat is closing up")
    assert turn.replies[0].level is Level.EMERGENCY
    assert all(len(html_messages(reply)) == 1 for reply in turn.replies)


def test_colour_never_stands_without_its_word(engine: Engine) -> None:
    wording = engine.knowledge.wording["en"]
    for text in (
        *wording.headlines.values(),
        *wording.call_first.values(),
        *wording.buttons.values(),
    ):
        assert sum(char.isalpha() for char in text) >= 5
