"""In which language a message is written, as far as there is a page for it.

Frequent words, and those of the phrases in which danger is read (``other_languages.yaml``), are
enough: the answer only decides whether a page in that language is added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.content.knowledge import Knowledge
from bot.content.words import words_of
from bot.understanding.vocabulary import common_words

SURE = 2
"""Different words of a language that a message must hold; a message of one word: one."""
SHARE = 4
"""One word in so many must be of the language: an English talk may quote some."""

LONG = 4
"""Letters of a word of a phrase from which on it tells the language, if it is no English word."""


class Tongues:
    """Knows the languages of the welcome pages by their words."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._languages: dict[str, set[str]] = {}
        for language, page in knowledge.welcome.items():
            self._add(language, page.words)
            read = knowledge.other_languages.languages.get(language)
            for phrases in read.symptoms.values() if read else ():
                self._add(language, phrases, foreign=True)

    def _add(self, language: str, texts: Iterable[str], *, foreign: bool = False) -> None:
        english = common_words()
        for text in texts:
            for word in words_of(text):
                if not (foreign and (len(word) < LONG or word in english)):
                    self._languages.setdefault(word, set()).add(language)

    def of(self, text: str) -> str | None:
        """The code of the language of a message; None for English and for all others."""
        words = words_of(text)
        found: Counter[str] = Counter()
        for word in set(words):
            found.update(self._languages.get(word, ()))
        if not found:
            return None
        language, count = max(found.items(), key=lambda item: (item[1], item[0]))
        enough = count >= min(SURE, len(words)) and count * SHARE >= len(set(words))
        return language if enough else None
