"""kill -9 at random while many write: nobody is left without an answer.

The long form, beside the library's own loop and by webhook with replicas: ``benchmarks/crash.py``.
"""

from __future__ import annotations

import pytest

from benchmarks.crash import polling, webhook
from tests.postgres import Postgres


async def test_polling_answers_everybody() -> None:
    result = await polling(300, 60, 0.5, pace=60)
    assert result.kills >= 2
    assert result.unanswered == 0
    assert result.repeats <= result.in_hand


async def test_three_replicas_answer_everybody(postgres: Postgres) -> None:
    result = await webhook(300, 60, 0.7, postgres.database(), pace=60)
    assert result.kills >= 2
    assert result.unanswered == 0
    assert result.repeats <= result.in_hand


async def test_the_librarys_own_loop_does_not() -> None:
    result = await polling(100, 50, 0.3, stock=True, patience=4)
    if result.kills == 0:
        pytest.skip("the machine was too slow to kill it in time")
    assert result.unanswered > 0
