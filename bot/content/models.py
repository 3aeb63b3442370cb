"""The typed form of every knowledge file. The JSON Schemas for editors come from these models."""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from bot.content.levels import Level
from bot.content.words import words_of
from bot.content.yamlfile import Scalar


def _text(value: Any) -> str:
    if isinstance(value, dict):
        raise PydanticCustomError(
            "text", "a mapping where text belongs; put text that holds ': ' in quotes"
        )
    if not isinstance(value, str):
        raise PydanticCustomError("text", "no text; write text in quotes")
    if isinstance(value, Scalar) and value.looks_typed:
        raise PydanticCustomError(
            "text",
            "'{word}' without quotes is read as yes or no, a number or a date; write \"{word}\"",
            {"word": str(value)},
        )
    if not value.strip():
        raise PydanticCustomError("text", "empty text; write a word or remove the line")
    return value


Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string", "minLength": 1})]
"""Prose or a pattern; keeps its line."""

Phrase = Text
"""A line of the pattern language (see ``bot.content.patterns``)."""


def _slug(value: Any) -> Any:
    if isinstance(value, Scalar) and value.looks_typed:
        return _text(value)
    return str(value) if isinstance(value, str) else value


Slug = Annotated[str, BeforeValidator(_slug), StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


_NAMED_DAY = re.compile(r"(0[1-9]|1[0-2])-(?:([0-3][0-9])|[0-6]-[1-5])$")


def _named_day(value: str) -> str:
    match = _NAMED_DAY.match(value)
    try:
        if match is None:
            raise ValueError
        dt.date(2023, int(match[1]), int(match[2] or 1))
    except ValueError:
        raise PydanticCustomError(
            "named_day",
            "no day of every year; write month-day, as in 10-31, or month-weekday-number",
        ) from None
    return value


NamedDay = Annotated[str, AfterValidator(_named_day)]


def _url(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise PydanticCustomError("url", "no address; write https://...")
    return value


Url = Annotated[Text, AfterValidator(_url)]

_DAYS = r"^\d+(-\d*)?$"


def _days(value: Any) -> Any:
    """``0-7`` (both included), ``7-`` (from day 7 on) or ``3`` (that day)."""
    if not isinstance(value, str):
        return value
    first, dash, last = value.partition("-")
    try:
        low = int(first)
        high = int(last) if last else (None if dash else low)
    except ValueError:
        raise PydanticCustomError(
            "days", "'{v}' is no range of days; write 0-7 or 7-", {"v": str(value)}
        ) from None
    if high is not None and high < low:
        raise PydanticCustomError(
            "days", "'{v}' ends before it starts; write 0-7 or 7-", {"v": str(value)}
        )
    return DayRange(first=low, last=high)


class Model(BaseModel):
    """Frozen, and no field that is not declared."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True
    )


class DayRange(Model):
    """Days since the treatment, both ends included."""

    first: int
    last: int | None

    def covers(self, days: float) -> bool:
        """Whether the day lies in the range. A started day counts as that day."""
        day = int(days)
        return self.first <= day and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        return f"{self.first}-" if self.last is None else f"{self.first}-{self.last}"


Days = Annotated[
    DayRange,
    BeforeValidator(_days),
    WithJsonSchema({"type": ["string", "integer"], "pattern": _DAYS}),
]


def _none(value: Any) -> Any:
    return None if isinstance(value, str) and value == "none" else value


class LifeCycle(Model):
    """Who has checked a file, and when it has to be checked again."""

    status: Literal["draft", "live", "retired"]
    """``draft`` and ``live`` are used, ``retired`` is not."""
    reviewed_by: Annotated[Text | None, BeforeValidator(_none)]
    """Clinician who signed it, or ``none``. Never a name that did not sign."""
    reviewed_on: Annotated[dt.date | None, BeforeValidator(_none)]
    updated: dt.date | None = None
    """The day of the last change to what the file says, as its writer puts it down."""
    review_due: dt.date
    """From this day on the entry shows only its danger signs and 'contact your clinic'."""


class Statement(Model):
    """A sentence that states a fact, and what carries it."""

    text: Text
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Source(Model):
    """A page, label, guideline or study."""

    title: Text
    publisher: Text
    url: Text
    year: Text
    """``not_found`` where the page does not say."""
    kind: Slug
    read: Text
    """How much of it was read when the knowledge was written."""
    doi: Text | None = None


class Sources(Model):
    """sources.yaml"""

    sources: dict[Slug, Source]


class Symptom(LifeCycle):
    """What a person may feel or see, and the ways in which people say it."""

    id: Slug
    name: Text
    """As shown in a reply, after "you mention": plain words."""
    level: Level
    """Told after a treatment, with no rule that says otherwise."""
    untreated_level: Level | None = None
    """Told without any treatment; ``level`` if not given. Never used for danger signs."""
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]
    broader: tuple[Slug, ...] = ()
    """Slugs that are not named as well when this one is found on the same words."""
    places: dict[Slug, Slug] = {}
    """Word class of a place: the symptom that this one is there. Used where the sign itself names
    no place ("lip filler yesterday ... so swollen"): the place named last counts."""
    phrases: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    with_treatment: dict[Slug, tuple[Phrase, ...]] = {}
    """Phrases that mean this only after a treatment of the group or slug that is the key; ``any``
    stands for all."""
    denials: tuple[Phrase, ...] = ()
    """Phrases that say it is not there ("can breathe fine")."""
    never: tuple[Phrase, ...] = ()
    """Look-alikes: what lies inside such a phrase is not this symptom."""


class Expected(Model):
    """What a symptom means in a window of days after a treatment."""

    symptom: Slug
    days: Days
    level: Level
    text: Text
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Treatment(LifeCycle):
    """A treatment: its names, what is expected when, and what helps."""

    id: Slug
    name: Text
    groups: tuple[Slug, ...] = ()
    """Families that rules can name, e.g. ``filler``, ``surgery``, ``skin``."""
    brands: tuple[Text, ...] = ()
    """Shown as examples; matched as written."""
    phrases: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    """How people name it, slang and misspellings included."""
    never: tuple[Phrase, ...] = ()
    broader: tuple[Slug, ...] = ()
    """Treatments that are not named as well when this one is found on the same words."""
    areas: tuple[Text, ...] = ()
    expected: tuple[Expected, ...] = ()
    self_care: tuple[Statement, ...] = ()
    avoid: tuple[Statement, ...] = ()
    follow_up: tuple[Statement, ...] = ()
    notes: tuple[Statement, ...] = ()


class Condition(Model):
    """One way in which a red flag is met: everything given must hold."""

    any_of: tuple[Slug, ...] = ()
    """At least one of these symptoms is present."""
    with_any: tuple[Slug, ...] = ()
    """And at least one of these, another one."""
    and_any: tuple[Slug, ...] = ()
    """And at least one of these as well, different from both."""
    unless: tuple[Slug, ...] = ()
    """None of these symptoms is present: they explain the others."""
    treatments: tuple[Slug, ...] = ()
    """Only after these treatments or groups; else the flag's ``treatments``."""
    area: Slug | None = None
    """Only when this word class stands in the message."""
    days: Days | None = None
    """Only in these days. A window from day 0 holds on an unknown day as well: doubt raises."""
    severe: bool = False
    """Only when told as severe."""
    sudden: bool = False
    worse: bool = False
    """Only when told as getting worse, growing or spreading."""
    one_sided: bool = False


class RedFlag(LifeCycle):
    """A danger sign: when it is met, and what the person must do."""

    id: Slug
    title: Text
    level: Literal[Level.EMERGENCY, Level.URGENT, Level.CONTACT_CLINIC]
    prominence: int = 0
    """Of flags of one level, those with a higher number are named first to people who are told what
    to watch for. A judgement of this project, by how often it matters to people who write."""
    treatments: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Slugs, groups, or ``any`` (with or without a treatment)."""
    signs: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Shown in the list of danger signs: plain words, second person."""
    phrases: tuple[Phrase, ...] = ()
    """Words that meet the flag by themselves."""
    denials: tuple[Phrase, ...] = ()
    never: tuple[Phrase, ...] = ()
    when: tuple[Condition, ...] = ()
    window: Text
    call_first: Literal["emergency_number", "injector", "clinic", "crisis_line"]
    action: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What to do, most urgent first."""
    say: Text | None = None
    """What to say on the phone."""
    do_not: tuple[Text, ...] = ()
    near_misses: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Messages of which no word may meet this flag."""
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]

    @cached_property
    def symptoms(self) -> frozenset[str]:
        """Those with which a condition begins."""
        return frozenset(slug for condition in self.when for slug in condition.any_of)


class View(Model):
    """What one expert holds, in our own words."""

    expert: Annotated[Text | None, BeforeValidator(_none)]
    """As the page shows the name; ``none`` where it shows none."""
    credential: Text
    place: Annotated[Text | None, BeforeValidator(_none)] = None
    stance: Literal["related", "possible", "unlikely", "expected", "be_examined", "treatable"]
    """How the expert sees the link between treatment and symptom."""
    about: tuple[Slug, ...] = ()
    """Symptoms that the view is about; all of the topic if not given."""
    says: Text
    page: Url


class Dispute(Model):
    """Where experts contradict each other or a label, and the cautious side that is taken."""

    text: Text
    cautious: Text
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Topic(LifeCycle):
    """Expert views on one question: treatment and symptom."""

    id: Slug
    title: Text
    treatments: Annotated[tuple[Slug, ...], Field(min_length=1)]
    symptoms: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """The first is what the topic is about; the others lead to it as well."""
    views: Annotated[tuple[View, ...], Field(min_length=1)]
    label: tuple[Statement, ...] = ()
    """What a label, guideline or study says."""
    dispute: Dispute | None = None


class EmergencyNumbers(Model):
    """Whom to call in one country."""

    name: Text
    emergency: Text
    ambulance: Text | None = None
    advice_line: Text | None = None
    crisis_line: Text | None = None
    note: Text | None = None
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Countries(Model):
    """emergency_numbers.yaml"""

    countries: dict[Annotated[str, BeforeValidator(str)], EmergencyNumbers]
    crisis_fallback: Statement


class WordClasses(Model):
    """language/classes.yaml"""

    classes: dict[Slug, Annotated[tuple[Phrase, ...], Field(min_length=1)]]


class Cue(Model):
    """Words that change what the words near them mean (after ConText, Harkema 2009)."""

    meaning: Literal["denied", "possible", "resolved", "history", "hypothetical", "other_person"]
    direction: Literal["forward", "backward", "clause"]
    reach: int = Field(default=8, ge=1, le=60)
    """How many words it acts on."""
    phrases: Annotated[tuple[Phrase, ...], Field(min_length=1)]


class Context(Model):
    """language/context.yaml"""

    cues: tuple[Cue, ...]
    pseudo: tuple[Phrase, ...]
    """Look like cues and are none ("no improvement")."""
    stops: tuple[Phrase, ...]
    """End the reach of a denial ("but")."""
    turns: tuple[Phrase, ...]
    """End the reach of every other cue: the writer turns to what is there now."""
    takes_back: tuple[Phrase, ...]
    """After a clause start they belong to the clause before ("fine, but barely")."""
    doubts: tuple[Phrase, ...] = ()
    """Before a denial they take it back ("i dont think i can breathe properly")."""
    trails: tuple[Phrase, ...] = ()
    """As the last words of a sentence they take a denial back ("breathing ok, sort of")."""
    came_true: tuple[Phrase, ...] = ()
    """At the start of a sentence: what the one before only supposed has happened ("it has")."""
    did_not: tuple[Phrase, ...] = ()
    """At the start of a sentence: what the one before only supposed has not ("none so far")."""
    answers: tuple[Phrase, ...] = ()
    """Words that answer a short question of one's own ("fever? no. breathing? fine.")."""
    clause_starts: tuple[Phrase, ...]
    """Words before which a new clause begins."""


class Qualities(Model):
    """language/qualities.yaml: severity, onset, trend, side, doubt about the treatment."""

    severe: tuple[Phrase, ...]
    mild: tuple[Phrase, ...]
    sudden: tuple[Phrase, ...]
    worse: tuple[Phrase, ...]
    better: tuple[Phrase, ...]
    one_sided: tuple[Phrase, ...]
    both_sides: tuple[Phrase, ...]
    left: tuple[Phrase, ...] = ()
    right: tuple[Phrase, ...] = ()
    spreading: tuple[Phrase, ...] = ()
    """Growing or moving on; counts as worse as well."""
    had_treatment: tuple[Phrase, ...]
    """The writer had the treatment named near these words."""
    future: tuple[Phrase, ...]
    """Said anywhere, the treatment lies ahead unless words next to it say that it was had."""
    session: tuple[Phrase, ...] = ()
    """Words for the latest treatment itself ("my last lot"): a time next to them is its time."""
    planned_treatment: tuple[Phrase, ...]
    """The treatment named near these words lies ahead or is only asked about."""
    perhaps_planned: tuple[Phrase, ...] = ()
    """The same, unless a sign is told: they are also used of what was had ("whats wrong")."""
    to_come: tuple[Phrase, ...] = ()
    """The treatment and the date named after these words lie ahead ("booked for")."""
    had_it: tuple[Phrase, ...] = ()
    """In another sentence than the treatment: it was had after all ("had mine tuesday")."""
    wished: tuple[Phrase, ...] = ()
    """Of a treatment of somebody else: the writer only wants it ("i want it too")."""


class ForeignTime(Model):
    """Amounts of time in one other language."""

    days: dict[Text, float]
    """Words for units, in days."""
    numbers: dict[Text, float] = {}
    before: tuple[Text, ...] = ()
    """Words for "ago" that stand before the number ("hace")."""
    after: tuple[Text, ...] = ()
    """Words for "ago" that stand after the unit."""
    ago: tuple[Text, ...] = ()
    """Units that mean "ago" by themselves."""


class TimeWords(Model):
    """language/time.yaml"""

    units: dict[Slug, tuple[Text, ...]]
    """hour, day, week, month, year: the words for each."""
    numbers: dict[Text, float]
    """Number words ("a couple of": 2)."""
    days_ago: dict[Text, float]
    """Words that name a day by themselves ("yesterday": 1)."""
    ago: tuple[Text, ...]
    since: tuple[Text, ...]
    weekdays: tuple[Text, ...]
    months: tuple[Text, ...]
    ordinals: dict[Text, float] = {}
    """Ordinals in words ("ninth": 9); "twenty first" is put together."""
    named_days: dict[Text, NamedDay] = {}
    """Days with a name: month-day ("10-31"), or month-weekday-number ("11-3-4": the fourth
    Thursday of November; Monday is 0)."""
    elsewhere: dict[Slug, ForeignTime] = {}
    """How other languages tell that something was some days ago."""


class Spelling(Model):
    """language/spelling.yaml"""

    words: dict[Text, Text]
    """Texting forms and misspellings that distance alone does not repair."""
    keep: tuple[Text, ...] = ()
    """Words that are never repaired."""


class Idioms(Model):
    """language/idioms.yaml"""

    idioms: tuple[Phrase, ...]
    """No symptom is read inside these words."""


class Requests(Model):
    """language/requests.yaml"""

    requests: dict[Slug, Annotated[tuple[Phrase, ...], Field(min_length=1)]]
    """What a person may ask or tell besides what they feel; the page of that name answers it."""


class OtherLanguage(Model):
    """What is understood of one language besides English."""

    symptoms: dict[Slug, tuple[Phrase, ...]]
    treatments: dict[Slug, tuple[Phrase, ...]] = {}
    had: tuple[Phrase, ...] = ()
    """Words that say that the treatment named near them was had."""
    denials: tuple[Phrase, ...] = ()
    """Words that deny what follows within four words."""
    days_ago: dict[Text, float] = {}


class OtherLanguages(Model):
    """language/other_languages.yaml"""

    languages: dict[Slug, OtherLanguage]


class Wording(Model):
    """wording/<language>.yaml: every sentence of the bot that is not knowledge."""

    language: Slug
    headlines: dict[Level, Text]
    """First line for each level; ``{number}`` is the emergency number or its general name."""
    first_steps: dict[Level, tuple[Text, ...]]
    """What to do, where no red flag gives its own action."""
    call_first: dict[Slug, Text]
    """Line on whom to call first for a red flag."""
    titles: dict[Slug, Text]
    """Headings of the parts of a reply."""
    stances: dict[Slug, Text]
    """How a view's stance is counted, after "n of m experts": ``say it can be related``."""
    lines: dict[Slug, Text]
    """Sentences with placeholders."""
    buttons: dict[Slug, Text]
    commands: dict[Slug, Text]
    """Descriptions of commands, as Telegram lists them."""
    said: dict[Slug, tuple[Text, ...]]
    """Whole messages that mean something by themselves: answers (yes, none), thanks, a greeting."""
    description: Text
    """What an empty chat shows above the start button; the disclaimer follows it."""
    pages: dict[Slug, tuple[Text, ...]]
    """Answers to commands and to things that are not text, a paragraph an item."""
    disclaimer: Text
    unreviewed: Text
    """Says that no clinician has reviewed the text."""

    @cached_property
    def by_words(self) -> dict[tuple[str, ...], str]:
        """The names of the messages in ``said``, by their words; countries are told otherwise."""
        return {
            words_of(phrase): name
            for name, phrases in self.said.items()
            for phrase in phrases
            if not name.startswith("country_")
        }

    @cached_property
    def longest(self) -> int:
        """Words of the longest of them."""
        return max(map(len, self.by_words), default=0)


class Welcome(Model):
    """welcome/<language>.yaml: one page for people who write another language than English.

    ``{number}`` is the emergency number or ``any_number``, ``{crisis}`` the crisis line.
    """

    language: Slug
    name: Text
    """The language's name for itself."""
    reviewed_by: Annotated[Text | None, BeforeValidator(_none)]
    """Native speaker with clinical training who signed it, or ``none``."""
    any_number: Text
    """What stands for the emergency number while the country is not known."""
    levels: dict[Level, Text]
    """The level of the advice in one line."""
    crisis: Text
    """In place of all else, to somebody who speaks of not wanting to live."""
    page: Annotated[tuple[Text, ...], Field(min_length=2, max_length=4)]
    """When to call at once, and that only English is read."""
    unreviewed: Text
    """Says that nobody has checked the page."""
    disclaimer: Text
    description: Text
    """What an empty chat shows above the start button; the disclaimer follows it."""
    commands: dict[Slug, Text]
    words: Annotated[tuple[Text, ...], Field(min_length=10)]
    """Frequent words that are no English ones, by which the language is known."""
