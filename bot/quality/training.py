"""Trains the safety net on the project's own text: ``make net``.

Logistic regression by stochastic gradient descent with AdaGrad steps, the same result each time.
Emergencies count as danger, everything else as harmless; both count the same in all.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.config import shipped_knowledge
from bot.content.knowledge import Knowledge
from bot.content.levels import Level
from bot.content.load import load
from bot.quality.typos import mistyped
from bot.understanding.read import Reader
from bot.understanding.safety_net import BUCKETS, FILE, features

EPOCHS = 6
RATE = 0.4
DECAY = 2e-5
"""Pull of each touched weight towards zero at each step."""
TYPO_SEED = 7


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and whether it tells of an emergency."""

    text: str
    danger: bool


def examples(knowledge: Knowledge, tests: Path, benign: Path) -> Iterator[Example]:
    """Everything that may be learned from: cases, messages that were seen, benign sentences."""
    for file in sorted((tests / "cases").rglob("*.yaml")):
        content = yaml.safe_load(file.read_text("utf-8")) or {}
        own = _level(knowledge, file)
        for part in ("hits", "denied", "near_misses"):
            for case in content.get(part) or ():
                level = Level(case["level"]) if "level" in case else own
                yield Example(case["text"], part == "hits" and level is Level.EMERGENCY)
    for line in (tests / "messages" / "seen.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for _ in range(3):  # real messages weigh more than cases of one phrase
            yield Example(row["text"], row["level"] == Level.EMERGENCY)
    for line in benign.read_text("utf-8").splitlines():
        yield Example(line, danger=False)


def _level(knowledge: Knowledge, file: Path) -> Level:
    if "red_flags" in file.parts:
        return knowledge.red_flags[file.stem].level
    if "symptoms" in file.parts:
        return knowledge.symptoms[file.stem].level
    return Level.INFO


def train(reader: Reader, found: list[Example]) -> bytes:
    """The file of weights."""
    chance = random.Random(1)  # noqa: S311 - no secret
    found = found + [Example(mistyped(e.text, TYPO_SEED), e.danger) for e in found[::2]]
    rows = []
    for example in found:
        words, _ = reader.words(example.text)
        pairs = dict.fromkeys(zip(words, ["", *words[:-1]], strict=True))
        buckets = [bucket for word, before in pairs for bucket in features(word, before)]
        if buckets:
            rows.append((buckets, example.danger))
    share = sum(danger for _, danger in rows) / len(rows)
    weights = [0.0] * BUCKETS
    squares = [1e-6] * BUCKETS
    bias, bias_square = 0.0, 1e-6
    for _ in range(EPOCHS):
        chance.shuffle(rows)
        for buckets, danger in rows:
            size = 1 / math.sqrt(len(buckets))
            score = sum(weights[b] for b in buckets) * size + bias
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - danger
            error *= 0.5 / share if danger else 0.5 / (1 - share)
            step = error * size
            for b in buckets:
                gradient = step + DECAY * weights[b]
                squares[b] += gradient * gradient
                weights[b] -= RATE * gradient / math.sqrt(squares[b])
            bias_square += error * error
            bias -= RATE * error / math.sqrt(bias_square)
    most = max(abs(w) for w in weights)
    scale = most / 127
    body = bytes(round(w / scale) & 0xFF for w in weights)
    return f"{scale:.8g} {bias:.8g}\n".encode() + body


def main() -> None:
    """Write the weights beside the code that reads them. It takes about 20 seconds."""
    root = Path(__file__).resolve().parents[2]
    knowledge = load(shipped_knowledge())
    found = list(examples(knowledge, root / "tests", root / "tests" / "honeypot" / "everyday.txt"))
    target = root / "bot" / "understanding" / FILE
    target.write_bytes(train(Reader(knowledge), found))
    dangers = sum(example.danger for example in found)
    print(f"{target.name}: {len(found)} texts, {dangers} of them emergencies")


if __name__ == "__main__":
    main()
