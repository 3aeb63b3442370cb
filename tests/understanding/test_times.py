"""Days since the treatment from the ways in which people tell time."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.config import shipped_knowledge
from bot.content.load import check
from bot.content.words import words_of
from bot.understanding.times import TimeReader

TODAY = dt.date(2026, 11, 24)  # a Tuesday


@pytest.fixture(scope="module")
def reader() -> TimeReader:
    knowledge, _ = check(shipped_knowledge())
    assert knowledge is not None
    return TimeReader(knowledge.time)


@pytest.mark.parametrize(
    ("text", "days", "kind"),
    [
        ("3 weeks ago", 21, "ago"),
        ("three wks ago", 21, "ago"),
        ("a couple of days ago", 2, "ago"),
        ("2 and a half weeks ago", 17.5, "ago"),
        ("2 weeks and 3 days ago", 17, "ago"),
        ("3w post", 21, "after"),
        ("48 hrs after", 2, "after"),
        ("20 min ago", 20 / 1440, "ago"),
        ("two to three days ago", 3, "ago"),
        ("morpheus8 2 weeks ago", 14, "ago"),
        ("3 - 4 weeks ago", 28, "ago"),
        ("about a month ago", 30, "ago"),
        ("for months", 60, "duration"),
        ("for weeks", 14, "duration"),
        ("half a year ago", 182.5, "ago"),
        ("a fortnight ago", 14, "ago"),
        ("yesterday", 1, "ago"),
        ("the day before yesterday", 2, "ago"),
        ("this morning", 0, "ago"),
        ("last week", 7, "ago"),
        ("day 5", 5, "day_number"),
        ("pod 3", 3, "day_number"),
        ("week two", 14, "day_number"),
        ("on friday", 4, "weekday"),
        ("last tuesday", 7, "weekday"),
        ("on 3 november", 21, "date"),
        ("november 3rd", 21, "date"),
        ("the 24th of december", 335, "date"),
        ("for 3 days", 3, "duration"),
    ],
)
def test_reads(reader: TimeReader, text: str, days: float, kind: str) -> None:
    (found,) = reader.find(words_of(text), TODAY)
    assert (found.days, found.kind) == (pytest.approx(days), kind)


@pytest.mark.parametrize("text", ["20 units", "2 ml", "next friday", "1 side only", "may be"])
def test_reads_no_time(reader: TimeReader, text: str) -> None:
    assert reader.find(words_of(text), TODAY) == []


@pytest.mark.parametrize(
    ("text", "days", "kind"),
    [
        ("three fridays ago", 18, "ago"),
        ("in march", 254, "month"),
        ("in 2024", 876, "month"),
        ("two weeks since", 14, "now"),
        ("2 weeks in", 14, "now"),
        ("third day after", 3, "after"),
        ("a month before my op", 30, "before"),
        ("twenty-one days ago", 21, "ago"),
        ("hace dos semanas", 14, "ago"),
        ("on halloween", 24, "date"),
    ],
)
def test_reads_more(reader: TimeReader, text: str, days: float, kind: str) -> None:
    (found,) = reader.find(words_of(text), TODAY)
    assert (found.days, found.kind) == (pytest.approx(days), kind)


@pytest.mark.parametrize(
    "text", ["it may be", "on the first try", "sat down", "in the sun", "first week of it"]
)
def test_reads_no_time_in_words_of_another_meaning(reader: TimeReader, text: str) -> None:
    assert reader.find(words_of(text), TODAY) == []
