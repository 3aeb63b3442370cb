"""What an edit of the knowledge changes in behaviour, the most dangerous first."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from bot.content.levels import Level
from bot.quality.behaviour import Answers, Behaviour, Inventory
from bot.quality.messages import Claim, Said


class Kind(StrEnum):
    """What is worst about a change. In this order they are shown."""

    LOWERED = "lowered"
    FLAG_LOST = "red flag lost"
    RAISED = "raised"
    ENTRIES = "entries"
    READING = "reading"
    TEXT = "text"


TITLES = {
    Kind.LOWERED: "Lowered: people are told to get help later",
    Kind.FLAG_LOST: "Red flags lost, level kept",
    Kind.RAISED: "Raised: people are told to get help sooner",
    Kind.ENTRIES: "Other topics or red flags shown",
    Kind.READING: "Read differently, nothing else changed",
    Kind.TEXT: "Only the text changed",
}


class Verdict(StrEnum):
    """What the labels and cases say of the new behaviour."""

    WRONG = "wrong"
    UNLABELLED = "no label"
    BOTH = "accepts both"
    RIGHT = "right"
    """And what was before was wrong."""


VERDICTS = {
    Verdict.WRONG: "the label says this is wrong",
    Verdict.UNLABELLED: "no label",
    Verdict.BOTH: "the label accepts both",
    Verdict.RIGHT: "the label says this is right, before was wrong",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """The same change of text in any number of replies."""

    removed: tuple[str, ...]
    """Lines of the reply that are gone."""
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A message that the two versions treat differently."""

    text: str
    claims: tuple[Claim, ...]
    old: Behaviour
    new: Behaviour
    edit: int | None
    """Number of the change of text in ``Difference.edits``; None: the text is the same."""

    @property
    def steps(self) -> int:
        """By how many levels it rises; below 0 it falls."""
        return self.new.level.rank - self.old.level.rank

    @property
    def flags_lost(self) -> tuple[str, ...]:
        """Red flags met before and no longer."""
        return _less(self.old.red_flags, self.new.red_flags)

    @property
    def flags(self) -> tuple[str, ...]:
        """``-id`` for each red flag lost, ``+id`` for each that is met now; or their new order."""
        return _in_order(self.old.red_flags, self.new.red_flags)

    @property
    def entries(self) -> tuple[str, ...]:
        """``-id`` for each entry that is no longer shown, ``+id`` for each that is now; or their
        new order."""
        return _in_order(self.old.entries, self.new.entries)

    @property
    def reading(self) -> tuple[str, ...]:
        """What is read otherwise: ``+headache``, ``-denied fever``, ``days 2 → 3``."""
        found = [*_signed(self.old.symptoms, self.new.symptoms)]
        found += _signed(self.old.denied, self.new.denied, "denied ")
        found += _signed(self.old.treatments, self.new.treatments, "treatment ")
        if self.old.days != self.new.days:
            found.append(f"days {_number(self.old.days)} → {_number(self.new.days)}")
        return tuple(found)

    @property
    def kind(self) -> Kind:
        """The worst that happened."""
        if self.steps < 0:
            return Kind.LOWERED
        if self.flags_lost:
            return Kind.FLAG_LOST
        if self.steps > 0:
            return Kind.RAISED
        if self.old.entries != self.new.entries or self.old.red_flags != self.new.red_flags:
            return Kind.ENTRIES
        return Kind.READING if self.reading else Kind.TEXT

    @property
    def verdict(self) -> Verdict:
        """What the labels and cases say; one that objects is enough."""
        if any(self.new.level not in a for c in self.claims if (a := c.accept) is not None):
            return Verdict.WRONG
        if set(self.against) - set(_objections(self.claims, self.old)):
            return Verdict.WRONG
        if set(_objections(self.claims, self.old)) - set(self.against):
            return Verdict.RIGHT
        labelled = any(claim.accept is not None for claim in self.claims)
        return Verdict.BOTH if labelled else Verdict.UNLABELLED

    @property
    def against(self) -> tuple[str, ...]:
        """What the labels and cases hold against the new behaviour, each with its place."""
        return _objections(self.claims, self.new)

    def danger(self) -> tuple[int, int, int, str]:
        """Sorts the most dangerous first: the kind, what the label says, by how many levels."""
        return (
            list(Kind).index(self.kind),
            list(Verdict).index(self.verdict),
            -abs(self.steps),
            self.claims[0].place,
        )


@dataclass(frozen=True)
class Difference:
    """Two versions compared over all messages."""

    before: str
    after: str
    versions: tuple[str, str]
    """Of the knowledge: twelve digits of its hash."""
    messages: int
    changes: tuple[Change, ...]
    """The most dangerous first."""
    edits: tuple[Edit, ...]
    """Changes of text, those of most replies first."""
    entries_added: tuple[str, ...]
    """Paths of treatments, symptoms, red flags and topics that are new."""
    entries_removed: tuple[str, ...]
    messages_added: tuple[str, ...]
    """Places of messages that only the new version has."""
    messages_removed: tuple[str, ...]

    @cached_property
    def counts(self) -> dict[Kind, int]:
        """How many changes of each kind."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in Kind if found[kind]}

    @property
    def lowered(self) -> tuple[Change, ...]:
        """Messages with a lower level."""
        return tuple(change for change in self.changes if change.kind is Kind.LOWERED)

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    @cached_property
    def texts(self) -> list[tuple[int, list[Change]]]:
        """Edits that changed nothing but text, by number, with the replies they stand in; those
        of most replies first."""
        found: dict[int, list[Change]] = {}
        for change in self.of(Kind.TEXT):
            if change.edit is not None:
                found.setdefault(change.edit, []).append(change)
        return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))

    @property
    def summary(self) -> str:
        """One line."""
        if not self.messages:
            return "the knowledge is the same"
        if not self.changes:
            return f"no change in {self.messages:,} messages"
        parts = []
        for kind, number in self.counts.items():
            wrong = sum(c.verdict is Verdict.WRONG for c in self.of(kind) if c.steps)
            label = f" ({wrong} wrong by their label)" if wrong else ""
            parts.append(f"{number:,} {_SUMMARY[kind]}{label}")
        return ", ".join(parts) + f"; of {self.messages:,} messages"

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "before": self.before,
            "after": self.after,
            "versions": list(self.versions),
            "messages": self.messages,
            "summary": self.summary,
            "counts": {kind.value: number for kind, number in self.counts.items()},
            "changes": [_as_dict(change) for change in self.changes],
            "edits": [
                {"removed": list(edit.removed), "added": list(edit.added)} for edit in self.edits
            ],
            "entries_added": list(self.entries_added),
            "entries_removed": list(self.entries_removed),
            "messages_added": list(self.messages_added),
            "messages_removed": list(self.messages_removed),
        }


_SUMMARY = {
    Kind.LOWERED: "lowered",
    Kind.FLAG_LOST: "with a red flag lost",
    Kind.RAISED: "raised",
    Kind.ENTRIES: "with other entries",
    Kind.READING: "read differently",
    Kind.TEXT: "with other text",
}


def compare(
    names: tuple[str, str],
    said: tuple[Said, Said],
    texts: Sequence[str],
    answers: tuple[Answers, Answers],
) -> Difference:
    """Compare what two versions make of the same texts.

    What a message is held to is what the new version's files say of it; a message that only the
    old version had keeps what was said of it there.
    """
    edits: Counter[Edit] = Counter()
    found: list[tuple[str, Behaviour, Behaviour, Edit | None]] = []
    for text, old, new in zip(texts, answers[0].behaviours, answers[1].behaviours, strict=True):
        if old == new:
            continue
        edit = _edit(old.reply, new.reply) if old.reply != new.reply else None
        if edit is not None:
            edits[edit] += 1
        if edit is not None or _but_topics(old) != _but_topics(new):
            found.append((text, old, new, edit))
    ordered = sorted(edits, key=lambda edit: (-edits[edit], edit.removed, edit.added))
    number = {edit: place for place, edit in enumerate(ordered)}
    changes = [
        Change(
            text,
            said[1].get(text) or said[0][text],
            old,
            new,
            None if edit is None else number[edit],
        )
        for text, old, new, edit in found
    ]
    before, after = answers[0].inventory, answers[1].inventory
    return Difference(
        names[0],
        names[1],
        (before.version, after.version),
        len(texts),
        tuple(sorted(changes, key=Change.danger)),
        tuple(ordered),
        _paths(after, before),
        _paths(before, after),
        _places(said[1], said[0]),
        _places(said[0], said[1]),
    )


ALIKE = 0.6
"""Lines that share fewer of their words are other lines: mixed word by word they say nothing."""


def words_changed(edit: Edit) -> list[tuple[str, str]]:
    """The edit as a word diff: (``=``, ``-`` or ``+``, words) in reading order."""
    old, new = (re.findall(r"\S+|\n", "\n".join(lines)) for lines in (edit.removed, edit.added))
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [(sign, _joined(words)) for sign, words in (("-", old), ("+", new)) if words]
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(("=", _joined(old[a:b])))
            continue
        if a < b:
            found.append(("-", _joined(old[a:b])))
        if c < d:
            found.append(("+", _joined(new[c:d])))
    return found


def _joined(words: Iterable[str]) -> str:
    return re.sub(r" ?\n ?", "\n", " ".join(words))


def _edit(old: str, new: str) -> Edit:
    before, after = old.splitlines(), new.splitlines()
    removed: list[str] = []
    added: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            removed += before[a:b]
            added += after[c:d]
    return Edit(tuple(removed), tuple(added))


def _but_topics(found: Behaviour) -> tuple[Any, ...]:
    return (
        found.level, found.red_flags, found.entries,
        found.symptoms, found.denied, found.treatments, found.days,
    )  # fmt: skip


def _objections(claims: Iterable[Claim], found: Behaviour) -> tuple[str, ...]:
    return tuple(text for claim in claims if (text := _objection(claim, found)))


def _objection(claim: Claim, new: Behaviour) -> str | None:
    if claim.accept is not None and new.level not in claim.accept:
        wanted = " or ".join(level for level in Level if level in claim.accept)
        return f"{claim.place} wants {wanted}"
    if claim.subject is None:
        return None
    read = claim.id in getattr(new, claim.subject)
    if read is claim.holds:
        return None
    what = f"{claim.subject.rstrip('s').replace('_', ' ')} {claim.id}"
    return f"{claim.place} wants {'' if claim.holds else 'no '}{what}"


def _as_dict(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "text": change.text,
        "places": [claim.place for claim in change.claims],
        "level": [change.old.level.value, change.new.level.value],
        "steps": change.steps,
        "label": change.verdict.value,
        "against": list(change.against),
        "red_flags": [list(change.old.red_flags), list(change.new.red_flags)],
        "entries": [list(change.old.entries), list(change.new.entries)],
        "reading": list(change.reading),
        "edit": change.edit,
    }


def _paths(one: Inventory, other: Inventory) -> tuple[str, ...]:
    return tuple(path for name, path in sorted(one.files.items()) if name not in other.files)


def _places(one: Said, other: Said) -> tuple[str, ...]:
    return tuple(claims[0].place for text, claims in one.items() if text not in other)


def _less(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for item in one if item not in other)


def _in_order(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    moved = () if old == new else ("order: " + " > ".join(new),)
    return _signed(old, new) or moved


def _signed(old: tuple[str, ...], new: tuple[str, ...], what: str = "") -> tuple[str, ...]:
    gone = [f"-{what}{item}" for item in _less(old, new)]
    come = [f"+{what}{item}" for item in _less(new, old)]
    return (*gone, *come)


def _number(days: float | None) -> str:
    return "none" if days is None else f"{days:g}"
