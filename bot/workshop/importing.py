"""A draft of a topic from a page of questions and answers.

No sentence of the page gets into a field that is shown: summaries and stances stay empty, the title
is made of our own names, and the sentences stand beside the summaries as remarks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.content.knowledge import Knowledge
from bot.content.lines import ORIGINAL
from bot.understanding.read import Reader
from bot.understanding.reading import Status
from bot.workshop.drafts import Draft, DraftView, remark, topic
from bot.workshop.page import Page, PageAnswer

MOST_SENTENCES = 60
"""So many sentences of one answer are written beside its summary."""

_CUES: dict[str, re.Pattern[str]] = {
    stance: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for stance, words in {
        "unlikely": r"unlikely|not (?:be )?related|not consistent|unrelated|other than|"
        r"(?:doesn't|does not|don't|do not|cannot|can't) (?:travel|cause|migrate|do)|"
        r"(?:difficult|hard) to explain|not (?:commonly|typically|usually)|coincidence|not due to",
        "possible": r"possib(?:le|ly)|may (?:be|have)|might|could (?:be|have)|difficult to tell|"
        r"cannot be excluded|hard to say|rare(?:ly)?",
        "expected": r"(?:is|are) (?:quite |very )?(?:normal|common|usual|typical|expected)|"
        r"to be expected|nothing to worry",
        "be_examined": r"follow up|consult|examin|evaluat|be seen|see (?:a|your|an)\b|emergency|"
        r"second opinion|neurologist|ophthalmologist",
        "treatable": r"can be (?:treated|dissolved|corrected|fixed)|hyaluronidase|drops|antibiotic|"
        r"will help|easily treated",
        "related": r"caused by|due to (?:the|your)|side effect|complication|reaction to|known to",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Found:
    """What our own reader found in the question."""

    treatments: tuple[str, ...]
    symptoms: tuple[str, ...]


def recognise(page: Page, reader: Reader) -> Found:
    """Treatments and symptoms of the question, in its order."""
    text = ". ".join((page.title.rstrip(".?! "), " ".join(page.question)))
    reading = reader.read(text)
    mentions = sorted(reading.treatments, key=lambda m: m.evidence.start)
    treatments = reading.had or tuple(dict.fromkeys(m.treatment for m in mentions))
    told = (Status.PRESENT, Status.RESOLVED)
    findings = sorted(
        (f for f in reading.findings if f.status in told), key=lambda f: f.evidence.start
    )
    return Found(tuple(treatments), tuple(dict.fromkeys(f.symptom for f in findings)))


def suggest_stances(sentences: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Stances that words of an answer point to, each with the words. Never a decision."""
    found = []
    text = " ".join(sentences)
    for stance, cue in _CUES.items():
        if match := cue.search(text):
            found.append((stance, match.group()))
    return tuple(found)


def draft(
    page: Page,
    found: Found,
    knowledge: Knowledge,
    reader: Reader,
    *,
    slug: str,
    address: str,
    today: dt.date,
) -> Draft:
    """The draft of the topic, with a view for each answer."""
    first, symptom = found.treatments[0], found.symptoms[0]
    name = knowledge.symptoms[symptom].name
    title = f"{name[:1].upper()}{name[1:]} after {knowledge.treatments[first].name}"
    about = "".join(
        [
            remark(
                "Drafted from a page. Write each stance and each summary in your own words, then"
            ),
            remark("delete the lines that begin with '# >': they are the words of the page."),
            *(f"{ORIGINAL}{' '.join(s.split())}\n" for s in page.question[:MOST_SENTENCES]),
        ]
    )
    answers = {"title": (title,), "treatment": found.treatments, "symptom": found.symptoms}
    views = [_view(answer, found, reader, address) for answer in page.answers]
    return topic(slug, answers, views, today, about)


def _view(answer: PageAnswer, found: Found, reader: Reader, address: str) -> DraftView:
    sentences = [answer.title, *answer.sentences] if answer.title else list(answer.sentences)
    return DraftView(
        expert=answer.expert,
        credential=answer.credential,
        place=answer.place,
        page=address,
        stance="",
        original=tuple(sentences[:MOST_SENTENCES]),
        hints=tuple(_hints(sentences, found, reader)),
    )


def _hints(sentences: Sequence[str], found: Found, reader: Reader) -> Iterator[str]:
    for stance, words in suggest_stances(sentences):
        yield f'suggestion, not checked: stance {stance} ("{words}")'
    reading = reader.read(" ".join(sentences))
    about = [s for s in found.symptoms if any(f.symptom == s for f in reading.findings)]
    if about and about != list(found.symptoms):
        yield f"suggestion, not checked: about: [{', '.join(about)}]"
    if len(sentences) > MOST_SENTENCES:
        yield f"the page says more: {len(sentences) - MOST_SENTENCES} sentences are not shown here"
