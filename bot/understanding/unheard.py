"""Words of a message that nothing here knows, chosen so that none tells of a person.

They are for the maintainers, who learn from them what the knowledge lacks (docs/decisions.md, *What
was asked and not known*). Whatever could be a name, a number, an address or a pasted text is left
out, also where that loses a word worth knowing.
"""

from __future__ import annotations

from bot.content.words import fold
from bot.understanding.vocabulary import Vocabulary

SHORTEST, LONGEST = 4, 20
"""Letters of a word that may be counted."""
MOST = 5
"""Such words in one message; one with more is no English, or a pasted text, and gives none."""
FEW = 2
"""So many count also in a message that has hardly any other words; of more, each needs three other
words beside it."""
_LEADING = "([{\"'“‘*-"
_TRAILING = ".,!?;:)]}\"'”’…*-"
_BEFORE_NAMES = frozenset(
    "dr doctor prof professor mr mrs ms miss sir madam nurse surgeon injector name named names to "
    "called im am iam this is is with by from at near in husband wife partner mum mom mother "
    "sister brother daughter son friend dear hi hello hey thanks regards love clinic".split()
)
"""After these a word that nobody knows is too often somebody's name, or a place's."""


def unheard(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The words, each once and in no order.

    A word has 4 to 20 small letters of the English alphabet and stands alone: nothing with a digit,
    an ``@``, a capital, a dot or a slash inside. Words after *dr*, *named*, *with* and the like are
    left out.
    """
    found: set[str] = set()
    before = ""
    chunks = text.split()
    for chunk in chunks:
        word = chunk.lstrip(_LEADING).rstrip(_TRAILING)
        plain = word.isascii() and word.isalpha() and word.islower()
        if plain and SHORTEST <= len(word) <= LONGEST and before not in _BEFORE_NAMES:
            if vocabulary.unheard(word):
                found.add(word)
        before = fold(word)
    most = max(FEW, min(MOST, len(chunks) // 4))
    return frozenset(found) if len(found) <= most else frozenset()
