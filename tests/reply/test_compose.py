"""What a reply shows: danger first, sources, honest silence, overdue entries."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.content.levels import Level
from bot.conversation.engine import Engine
from bot.reply.compose import Audience
from bot.reply.render import html_messages, plain

TODAY = dt.date(2026, 11, 24)


def parts(engine: Engine, text: str, today: dt.date = TODAY) -> list[str]:
    return [part.kind for part in engine.answer(text, today=today)[1].parts]


def test_the_level_and_the_action_come_before_everything_else(engine: Engine) -> None:
    for text in ("cant breathe", "botox 2 days ago, bruise", "calf pain after lipo"):
        assert parts(engine, text)[:3] == ["headline", "reason", "action"]


def test_an_emergency_folds_all_but_what_has_to_be_done(engine: Engine) -> None:
    assessment, reply = engine.answer("cant swallow since botox 3 days ago")
    assert assessment.level is Level.EMERGENCY
    shown = [part for part in reply.parts if not part.folded]
    assert {part.kind for part in shown} <= {
        "headline", "reason", "action", "say", "do_not", "note", "disclaimer",
    }  # fmt: skip
    assert sum(len(line.text) for part in shown for line in part.lines) < 1200
    assert any(part.kind == "views" and part.folded for part in reply.parts)
    assert reply.buttons == ()


def test_every_view_is_linked_and_named_as_its_page_shows(engine: Engine) -> None:
    _, reply = engine.answer("headache since dysport yesterday")
    (views,) = [part for part in reply.parts if part.kind == "views"]
    assert views.lines
    for line in views.lines:
        assert line.bold
        assert line.url is not None
        assert line.url.startswith("http")


def test_the_reply_says_that_nobody_has_reviewed_it(engine: Engine) -> None:
    assert "No clinician has reviewed" in plain(engine.answer("bruise after botox")[1])


def test_an_overdue_topic_shows_no_views(engine: Engine) -> None:
    text = "headache since dysport yesterday"
    assert "views" in parts(engine, text)
    late = engine.answer(text, today=dt.date(2028, 1, 1))[1]
    assert "views" not in [part.kind for part in late.parts]
    assert "due for review" in plain(late)
    assert "changes" in [part.kind for part in late.parts]


@pytest.mark.parametrize(("country", "number"), [("GB", "999"), ("US", "911"), (None, "local")])
def test_the_number_is_that_of_the_country(
    engine: Engine, country: str | None, number: str
) -> None:
    _, reply = engine.answer("cant breathe", Audience(country))
    assert number in reply.parts[0].lines[0].text


def test_markup_of_a_person_never_reaches_the_reply(engine: Engine) -> None:
    _, reply = engine.answer("<b>botox</b> & <script> headache")
    assert all("<script>" not in message for message in html_messages(reply))


def test_a_question_without_a_sign_gets_no_guess(engine: Engine) -> None:
    assessment, reply = engine.answer("how much is lip filler?")
    assert assessment.level is Level.INFO
    assert "views" not in [part.kind for part in reply.parts]


def test_danger_signs_to_watch_for_are_named_by_prominence(engine: Engine) -> None:
    """Not by how many rules a flag happens to have: a new rule must not reorder every reply."""
    flags = engine.composer.danger_flags([], limit=100)
    order = [(-flag.level.rank, -flag.prominence, flag.id) for flag in flags]
    assert order == sorted(order)
    assert flags[0].id == "anaphylaxis"
