"""kill -9 in the middle of the work, again and again: nobody is left without an answer.

The kills fall after so many replies, so they fall on any machine. The long form, at random every
second and beside the library's own loop: ``benchmarks/crash.py``.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.crash import WORDS, Counting, Load, Result, polling, webhook
from tests.postgres import Postgres

KILLS = (5, 31, 2)
"""Each falls after so many replies since the one before."""
FEW = Load(messages=180, chats=60, gap=None, replies=KILLS)


def held(result: Result) -> None:
    assert result.kills == len(KILLS)
    assert result.serving > 0, "in mid-work"
    assert result.unanswered == 0
    assert result.too_often == 0, "one for each kill at which the chat was in flight, at most"
    assert result.repeats <= result.in_flight


async def test_polling_answers_everybody() -> None:
    held(await polling(FEW))


async def test_somebody_who_writes_a_lot_sees_one_repeat_a_kill() -> None:
    held(await polling(Load(messages=90, chats=3, gap=None, replies=KILLS)))


async def test_three_replicas_answer_everybody(postgres: Postgres) -> None:
    """Also those who write while they start."""
    held(await webhook(replace(FEW, early=True), postgres.database()))


async def test_the_librarys_own_loop_loses_most() -> None:
    """Shows that the harness finds a loss: the same messages, the same kill."""
    lost = await polling(
        Load(messages=100, chats=50, gap=None, replies=(5,), patience=4.5), stock=True
    )
    assert lost.kills == 1
    assert lost.unanswered >= 50
    assert lost.waiting == 0, "confirmed: nobody sends them again"


def test_what_is_not_confirmed_is_told_from_a_loss() -> None:
    api = Counting()
    api.say(WORDS.format(day=3), chat=7)
    assert api.waiting() == {(7, 3)}
