"""From a text to its words: repaired, with their places, sentences and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.content.knowledge import origin
from bot.content.words import Word, is_word, split
from bot.understanding.index import BREAK
from bot.understanding.reading import Evidence, Repair
from bot.understanding.vocabulary import MAX_REPAIRS, Options, Vocabulary

COMMA = 2
"""Places that a comma takes: words on both sides of one are no neighbours."""
SHORT_QUESTION = 3
"""Most words of a question that its writer answers ("any fever? no")."""
_SURE_LENGTH = 3
"""A shorter foreign word is too often an English one to vouch for another."""
MAX_RUN = 12
"""Longest word that is looked for in writing without spaces."""

_ANSWERS = {
    "no": ("nope",),
    "none": ("nope",),
    "never": ("nope",),
    "gone": ("gone", "now"),
}
"""How the answer to one's own question is read: it speaks of what stands before it."""
_MISHEARD = {
    (before, "but", after): "butt"
    for before in ("brazilian", "brazilan", "brasilian", "a", "my", "bum", "the")
    for after in ("lift", "lifts", "implant", "implants", "augmentation", "filler")
}
"""Words between others that are another word of the same sound."""
_ONE = re.compile(
    r"(?<![\w./-])\d{1,4}([./-])\d{1,2}\1\d{2,4}(?![\w/-])"
    r"|(?<![\w./-])(?!24/7)(?:0\d/[0-3]\d|[0-3]\d/0\d|(?:(?<=on )|(?<=since ))\d{1,2}/\d{1,2})"
    r"(?![\w/-])"
    r"|(?<![\w.])(?:[a-z]\.){3,}|(?<![\w.])(?:[a-z]\.){2,}[a-z](?!\w)|(?<![\w.])[ap]\.m\.",
    re.IGNORECASE,
)
"""What is one word in spite of its marks: a date in numbers ("02/11/2026", "on 9/11"), an
abbreviation with dots ("p.r.p.")."""
_NEW_SENTENCE = re.compile(r"\s+[A-Z]|\s*$")
_SENTENCE_ENDS = frozenset(".!?;\n…。！？‼⁉")
_SOFT = frozenset(',:()/-–—"')


class Stretch(Protocol):
    """Words in a row, by the numbers of the first and the last."""

    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...


@dataclass(slots=True)
class Tokens:
    """The words of a message after repair."""

    text: str
    forms: list[str]
    spans: list[tuple[int, int]]
    places: list[int]
    sentences: list[int]
    clauses: list[int]
    repairs: list[Repair]
    others: dict[int, tuple[str, ...]]
    """More readings of a mistyped word, by its number."""

    def gap(self, one: Stretch, other: Stretch) -> int:
        """How far two stretches of words are apart, a comma counting as well; 0 if they touch."""
        if one.first > other.first:
            one, other = other, one
        return max(0, self.places[other.first] - self.places[one.last])

    def evidence(self, first: int, last: int, phrase: str) -> Evidence:
        start, end = self.spans[first][0], self.spans[last][1]
        return Evidence(start, end, self.text[start:end], phrase, origin(phrase))


class Tokeniser:
    """``tokenise(text)`` gives ``Tokens``; unknown words are repaired on the way."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        clause_starts: Iterable[str],
        units: frozenset[str],
        numbers: frozenset[str],
        answers: Iterable[str] = (),
        foreign: frozenset[str] = frozenset(),
    ) -> None:
        """``units`` and ``numbers`` are words of time: after a number a unit is the likeliest.

        ``foreign`` are such words of other languages: next to a number or one another they are
        left as they are.

        ``answers`` belong to a short question before them: "breathing? fine." is one statement.
        """
        self._answers = frozenset(answers)
        self._foreign = foreign
        self._vocabulary = vocabulary
        self._clause_starts = frozenset(clause_starts)
        self._units = units
        self._numbers = numbers
        self._run_words = frozenset(word for word in vocabulary.own if word[0] >= "\u3040")

    def tokenise(self, text: str) -> Tokens:
        """The words of ``text`` with their offsets."""
        tokens = Tokens(text, [], [], [], [], [], [], {})
        place = sentence = clause = 0
        last_end = 0
        memory: dict[str, Options] = {}
        words = self._mended(_whole(text, split(text)))
        begun, answered = 0, -2
        for number, word in enumerate(words):
            form = word.form
            if "\n" in text[last_end : word.start]:
                place, sentence, clause = place + BREAK, sentence + 1, clause + 1
            last_end = word.end
            if not is_word(form):
                if form == "?" and self._answered(words, number, len(tokens.forms) - begun):
                    answered = number
                    continue
                if form in _SENTENCE_ENDS:
                    begun = len(tokens.forms)
                    place, sentence, clause = place + BREAK, sentence + 1, clause + 1
                elif form in _SOFT and form not in "-/":
                    place += COMMA
                continue
            options = memory.get(form)
            if options is None:
                contracted = word.end - word.start > len(form)
                options = self._options(form, len(tokens.repairs), contracted=contracted)
                memory[form] = options
            if form in self._foreign and self._among_foreign(words, number):
                options = ((form,),)
            if number == answered + 1:
                options = (_ANSWERS.get(form, options[0]),)
            read_as = options[0]
            if len(options) > 1:
                read_as = self._fitting(options, tokens.forms)
                tokens.others[len(tokens.forms)] = tuple(
                    o[0] for o in options if o != read_as and len(o) == 1
                )
            if read_as != (form,):
                tokens.repairs.append(
                    Repair(text[word.start : word.end], " ".join(read_as), word.start)
                )
            parts = [(part, word.start, word.end) for part in read_as]
            if form[0] >= "\u3040" and len(form) > 1 and read_as == (form,):
                parts = [
                    (part, word.start + at, min(word.start + at + len(part), word.end))
                    for part, at in self._segments(form)
                ]
            for part, start, end in parts:
                if part in self._clause_starts:
                    place, clause = place + BREAK, clause + 1
                tokens.forms.append(part)
                tokens.spans.append((start, end))
                tokens.places.append(place)
                tokens.sentences.append(sentence)
                tokens.clauses.append(clause)
                place += 1
        return tokens

    def _answered(self, words: list[Word], number: int, length: int) -> bool:
        """Whether a question of one to three words is answered by the next word."""
        after = words[number + 1].form if number + 1 < len(words) else ""
        return 0 < length <= SHORT_QUESTION and after in self._answers

    def _among_foreign(self, words: list[Word], number: int) -> bool:
        """Whether a number or another foreign word of time stands next to a foreign one."""
        near = [words[i].form for i in (number - 1, number + 1) if 0 <= i < len(words)]
        return any(w.isdigit() or (w in self._foreign and len(w) >= _SURE_LENGTH) for w in near)

    def _options(
        self, form: str, repaired: int, *, contracted: bool
    ) -> tuple[tuple[str, ...], ...]:
        if repaired > MAX_REPAIRS and not self._vocabulary.knows(form):
            return ((form,),)
        return self._vocabulary.options(form, contracted=contracted)

    def _fitting(self, options: Options, before: list[str]) -> tuple[str, ...]:
        """After a number a unit of time ("2 wekes"), else the likeliest word."""
        if before and (before[-1] in self._numbers or before[-1].isdigit()):
            for option in options:
                if option[0] in self._units:
                    return option
        return options[0]

    def _mended(self, words: list[Word]) -> list[Word]:
        """Words that were torn in two are one again ("swol len", "ey elid")."""
        knows = self._vocabulary.knows
        out: list[Word] = []
        for word in words:
            if (
                out
                and word.start == out[-1].end + 1
                and len(word.form) + len(out[-1].form) >= 5
                and not (knows(word.form) and knows(out[-1].form))
                and out[-1].form.isalpha()
                and out[-1].form + word.form in self._vocabulary.own
            ):
                last = out.pop()
                word = Word(last.form + word.form, last.start, word.end)  # noqa: PLW2901
            out.append(word)
        for number in range(1, len(out) - 1):
            word = out[number]
            heard = _MISHEARD.get((out[number - 1].form, word.form, out[number + 1].form))
            if heard is not None:
                out[number] = Word(heard, word.start, word.end)
        return out

    def _segments(self, run: str) -> list[tuple[str, int]]:
        """Words of the knowledge inside a run of characters without spaces, the longest first."""
        found, spot = [], 0
        while spot < len(run):
            for size in range(min(MAX_RUN, len(run) - spot), 0, -1):
                if run[spot : spot + size] in self._run_words:
                    found.append((run[spot : spot + size], spot))
                    spot += size
                    break
            else:
                spot += 1
        return found or [(run, 0)]


def _whole(text: str, words: list[Word]) -> list[Word]:
    """Dates in numbers and abbreviations with dots, each as one word."""
    whole: list[Word] = []
    for match in _ONE.finditer(text):
        form, end = match.group().lower(), match.end()
        if form[0].isalpha():
            form = form.replace(".", "")
            if _NEW_SENTENCE.match(text, end) and text[end - 1] == ".":
                end -= 1  # "had P.R.P. Now my head hurts"
        whole.append(Word(form, match.start(), end))
    if not whole:
        return words
    out: list[Word] = []
    number = 0
    for word in words:
        while number < len(whole) and word.start >= whole[number].end:
            number += 1
        if number == len(whole) or word.start < whole[number].start:
            out.append(word)
        elif word.start == whole[number].start:
            out.append(whole[number])
    return out
