"""What may be confirmed: never an update that has not been answered."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.ledger import BATCH, Ledger


def taken(*numbers: int) -> Ledger:
    ledger = Ledger()
    for number in ledger.received(None, numbers):
        ledger.take(number, 0.0)
    return ledger


def test_the_offset_is_the_lowest_that_is_not_done() -> None:
    ledger = taken(5, 6, 7)
    ledger.finish(6)
    assert ledger.offset() == 5
    ledger.finish(5)
    assert ledger.offset() == 7
    ledger.finish(7)
    assert ledger.offset() == 8


def test_nothing_is_confirmed_before_the_first_update() -> None:
    assert Ledger().offset() is None


def test_what_comes_again_is_known() -> None:
    ledger = taken(5, 6, 7)
    ledger.finish(6)
    assert ledger.received(5, [5, 6, 7, 8]) == [8]


def test_after_its_patience_an_update_is_set_aside_and_not_taken_twice() -> None:
    ledger = taken(5, 6)
    ledger.finish(6)
    assert ledger.late(59.0) == []
    assert ledger.late(60.0) == [5]
    assert ledger.offset() == 5, "until its answer is safe"
    ledger.set_aside([5], safe=False)
    assert ledger.offset() == 7
    assert (ledger.waiting, ledger.aside, ledger.lost) == (0, 1, 1)
    assert ledger.received(5, [5, 6, 7]) == [7]
    ledger.finish(5)
    assert ledger.aside == 0


def test_a_full_batch_without_anything_new_shortens_patience() -> None:
    numbers = list(range(1, BATCH + 1))
    ledger = taken(*numbers)
    for number in numbers[1:]:
        ledger.finish(number)
    assert ledger.received(1, numbers) == []
    assert ledger.late(4.0) == []
    assert ledger.late(5.0) == [1]
    ledger.set_aside([1], safe=True)
    assert ledger.offset() == BATCH + 1
    assert (ledger.aside, ledger.lost) == (1, 0)


def test_an_outage_does_not_use_up_patience() -> None:
    ledger = taken(5)
    ledger.outage(55.0)
    assert ledger.late(100.0) == []
    assert ledger.late(115.0) == [5]


def test_telegram_may_count_from_elsewhere_after_a_quiet_week() -> None:
    ledger = taken(5000)
    ledger.finish(5000)
    assert ledger.received(5001, [17]) == [17]
    ledger.take(17, 0.0)
    assert ledger.offset() == 17
    ledger.finish(17)
    assert ledger.offset() == 18
    assert ledger.received(18, []) == []
    assert ledger.offset() == 18


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["come", "poll", "finish", "kill"]), max_size=60))
def test_whatever_happens_every_update_is_answered(steps: list[str]) -> None:
    """A small Telegram: keeps what is not confirmed, hands out at most three."""
    pending: list[int] = []
    answered: set[int] = set()
    ledger, working, number = Ledger(), set[int](), 100

    def poll() -> None:
        offset = ledger.offset()
        if offset is not None:
            assert all(n in answered for n in pending if n < offset)
            pending[:] = [n for n in pending if n >= offset]
        for new in ledger.received(offset, pending[:3]):
            ledger.take(new, 0.0)
            assert new not in working
            working.add(new)

    def finish() -> None:
        done = working.pop()
        answered.add(done)
        ledger.finish(done)

    for step in [*steps, "kill"]:
        if step == "come":
            number += 1
            pending.append(number)
        elif step == "poll":
            poll()
        elif step == "finish" and working:
            finish()
        elif step == "kill":
            ledger, working = Ledger(), set()
    while pending:
        poll()
        while working:
            finish()
    assert answered == set(range(101, number + 1))
