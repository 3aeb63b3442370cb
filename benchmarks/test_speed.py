"""Speed of reading and answering, as pytest-benchmark sees it: ``make bench``.

The baseline in the same run is rapidfuzz's ``token_set_ratio`` of the message against as many
phrases as the knowledge holds, which is what a fuzzy matcher of whole messages would cost.
"""

from __future__ import annotations

import random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from rapidfuzz import fuzz, process

from bot.config import shipped_knowledge
from bot.content.load import load
from bot.conversation.engine import Engine
from bot.understanding.phrases import phrases_of
from bot.understanding.read import Reader

FORTY_WORDS = (
    "i had botox in my forehead and around the eyes five days ago and since yesterday my left "
    "eyelid is drooping a bit and i have a dull headache but no fever and i can see fine is this"
)
ENGINE = Engine.from_folder(shipped_knowledge())
VOCABULARY = sorted(ENGINE.reader._index.vocabulary)
_random = random.Random(7)
TEXTS = {
    "one word again and again": "chest " * 682,
    "a sign again and again": "chest pain " * 372,
    "negated": "no chest pain and not swollen " * 136,
    "one letter": "a" * 4096,
    "letters": " ".join("abcdefgh"[i % 8] for i in range(2048)),
    "words of the knowledge": " ".join(_random.choice(VOCABULARY) for _ in range(900))[:4096],
    "unknown words": " ".join("".join(_random.choices("etaoinshrdlu", k=7)) for _ in range(512)),
    "marks": "?!.," * 1024,
    "brackets": "((((" * 1024,
    "emoji": "😵💫🤮" * 1000,
    "numbers": "3 weeks ago " * 341,
    "real words": (FORTY_WORDS + ". ") * 22,
}


def test_forty_words_read_and_answered(benchmark: BenchmarkFixture) -> None:
    benchmark(ENGINE.answer, FORTY_WORDS)


def test_forty_words_read(benchmark: BenchmarkFixture) -> None:
    benchmark(ENGINE.reader.read, FORTY_WORDS)


def test_baseline_fuzzy_over_whole_phrases(benchmark: BenchmarkFixture) -> None:
    phrases = [p for s in ENGINE.knowledge.symptoms.values() for p in s.phrases]
    benchmark(process.extract, FORTY_WORDS, phrases, scorer=fuzz.token_set_ratio, limit=5)


@pytest.mark.parametrize("name", TEXTS)
def test_worst_cases_of_4096_characters(benchmark: BenchmarkFixture, name: str) -> None:
    benchmark(ENGINE.answer, TEXTS[name][:4096])


def test_forty_words_with_ten_times_the_phrases(benchmark: BenchmarkFixture) -> None:
    """Synthetic phrases of words that occur and words that do not."""
    knowledge = load(shipped_knowledge())
    reader, builder = Reader(knowledge), phrases_of(knowledge)
    some = reader._index.find(["swollen"], [0])[0].payload
    pool = [*VOCABULARY, *(f"zz{number}" for number in range(4000))]
    for _ in range(9 * len(reader._index)):
        builder.add(" ".join(_random.choices(pool, k=3)), some)
    reader._index = builder.build()
    benchmark(reader.read, FORTY_WORDS)
